//! Groups of the nodes of a list.

use super::*;
use crate::graphql::groups::Measure;

/// A grouping of which nothing is wanted yet.
pub(super) fn grouping(field: &Merged<'_>, is_page: bool) -> Groups {
    let (measures, records) = (Vec::new(), Vec::new());
    Groups { when: field.when, is_page, asked: asked(field), measures, records }
}

impl<'a> Planner<'a> {
    /// A page of groups.
    pub(super) fn groups(
        &mut self,
        field: &Merged<'a>,
        planned: &mut Groups,
    ) -> Option<Vec<PlannedField<GroupsPart>>> {
        let mut parts = Vec::new();
        for part in self.collector.fields("GroupListPayload", &field.places)? {
            let what = match name(&part) {
                "__typename" => GroupsPart::TypeName,
                "nodes" => GroupsPart::Nodes(self.group(&part.places, planned)?),
                "pageInfo" => GroupsPart::PageInfo(self.page_info(&part, &mut false)?),
                "totalCount" => GroupsPart::Total,
                _ => return None,
            };
            parts.push(slot(&part, what));
        }
        Some(parts)
    }

    /// A group.
    pub(super) fn group(
        &mut self,
        places: &[Place<'a>],
        planned: &mut Groups,
    ) -> Option<Vec<PlannedField<Group>>> {
        let mut parts = Vec::new();
        for part in self.collector.fields("GroupAggregates", places)? {
            let what = match name(&part) {
                "__typename" => Group::TypeName,
                "values" => Group::Values,
                "keys" => Group::Keys(self.group_keys(&part, planned)?),
                other => {
                    let measure = measure(other)?;
                    planned.measures.push((part.when, measure, asked(&part)));
                    Group::Measure(planned.measures.len() - 1, measure)
                }
            };
            parts.push(slot(&part, what));
        }
        Some(parts)
    }

    fn group_keys(
        &mut self,
        field: &Merged<'a>,
        planned: &mut Groups,
    ) -> Option<Vec<PlannedField<GroupKey>>> {
        let mut parts = Vec::new();
        for part in self.collector.fields("GroupKeyPayload", &field.places)? {
            let what = match name(&part) {
                "__typename" => GroupKey::TypeName,
                "value" => GroupKey::Value,
                "record" => {
                    planned.records.push((part.when, self.one_of_each(&part, Entry::Nodes)?));
                    GroupKey::Record(planned.records.len() - 1)
                }
                _ => return None,
            };
            parts.push(slot(&part, what));
        }
        Some(parts)
    }
}

/// The measure that a field tells.
fn measure(field: &str) -> Option<Measure> {
    Some(match field {
        "count" => Measure::Count,
        "distinct" => Measure::Distinct,
        "sum" => Measure::Sum,
        "average" => Measure::Average,
        "median" => Measure::Median,
        "min" => Measure::Min,
        "max" => Measure::Max,
        "earliest" => Measure::Earliest,
        "latest" => Measure::Latest,
        _ => return None,
    })
}
