//! Groups of the nodes of a list.

use super::*;
use crate::engine::fetch::GroupLevel;
use crate::engine::plan::{GroupKey, Groups, GroupsPart};
use crate::graphql::groups::{GroupRow, Measure, Measured};

impl<'a> Writer<'a> {
    /// What was counted by values for a grouping of a list.
    pub(super) fn grouped(
        &mut self,
        list: &'a List,
        level: &'a Level,
        number: usize,
    ) -> Result<Option<&'a GroupLevel>, Failed> {
        match level.groups.get(number).and_then(Option::as_ref) {
            Some(Ok(groups)) => Ok(Some(groups)),
            Some(Err(error)) => Err(self.report(error, list.groups[number].asked.pos)),
            None => Ok(None),
        }
    }

    pub(super) fn groups(
        &mut self,
        parts: &'a [PlannedField<GroupsPart>],
        planned: &'a Groups,
        level: &'a GroupLevel,
        parent: usize,
    ) -> Done {
        let page = &level.pages[parent];
        self.fields(parts, |writer, part, _| match &part.what {
            GroupsPart::TypeName => writer.text("GroupListPayload"),
            GroupsPart::Nodes(parts) => writer.group_list(parts, planned, level, parent),
            GroupsPart::PageInfo(parts) => writer.fields(parts, |writer, part, _| {
                let out = &mut writer.out;
                match part.what {
                    Info::TypeName => value::json(&"PageInfo", out),
                    Info::HasPrevious => value::json(&page.has_previous, out),
                    Info::HasNext => value::json(&page.has_next, out),
                    Info::Start => value::json(&page.groups.first().map(place), out),
                    Info::End => value::json(&page.groups.last().map(place), out),
                }
                Ok(())
            }),
            GroupsPart::Total => {
                value::json(&i32::try_from(page.total).unwrap_or(i32::MAX), &mut writer.out);
                Ok(())
            }
        })
    }

    pub(super) fn group_list(
        &mut self,
        parts: &'a [PlannedField<Group>],
        planned: &'a Groups,
        level: &'a GroupLevel,
        parent: usize,
    ) -> Done {
        let groups = &level.pages[parent].groups;
        self.items(0..groups.len(), |writer, number| {
            let group = &groups[number];
            writer.fields(parts, |writer, part, _| {
                match &part.what {
                    Group::TypeName => value::json(&"GroupAggregates", &mut writer.out),
                    Group::Values => {
                        let values = level.values.iter().enumerate();
                        let values: Vec<Option<String>> =
                            values.map(|(place, of)| group.shown(place, *of)).collect();
                        value::json(&values, &mut writer.out);
                    }
                    Group::Keys(parts) => {
                        return writer.items(0..level.values.len(), |writer, place| {
                            let item = level.item(parent, number, place);
                            writer.group_key(parts, planned, level, (group, place, item))
                        });
                    }
                    Group::Measure(number, measure) => {
                        let at = level.measures[*number];
                        measured(*measure, at.map(|at| &group.measures[at]), &mut writer.out);
                    }
                }
                Ok(())
            })
        })
    }

    fn group_key(
        &mut self,
        parts: &'a [PlannedField<GroupKey>],
        planned: &'a Groups,
        level: &'a GroupLevel,
        (group, place, item): (&'a GroupRow, usize, usize),
    ) -> Done {
        self.fields(parts, |writer, part, _| match part.what {
            GroupKey::TypeName => writer.text("GroupKeyPayload"),
            GroupKey::Value => {
                value::json(&group.shown(place, level.values[place]), &mut writer.out);
                Ok(())
            }
            GroupKey::Record(number) => {
                let read = level.records.get(number).and_then(Option::as_ref);
                let ones = &planned.records[number].1;
                match read {
                    Some(read) => writer.or_null(|writer| writer.item(ones, read, item)),
                    None => writer.null(),
                }
            }
        })
    }
}

fn place(group: &GroupRow) -> &str {
    &group.place.0
}

/// Writes a measure; one of nothing is unknown, and a count is a number of the API's own size.
fn measured(measure: Measure, measured: Option<&Measured>, out: &mut Vec<u8>) {
    match measured {
        Some(Measured::Whole(number)) if matches!(measure, Measure::Count | Measure::Distinct) => {
            let number = number.unwrap_or_default();
            value::json(&i32::try_from(number).unwrap_or(i32::MAX), out);
        }
        Some(Measured::Whole(number)) => value::json(number, out),
        Some(Measured::Real(number)) => value::json(number, out),
        Some(Measured::Date(date)) => value::json(date, out),
        None => out.extend_from_slice(b"null"),
    }
}
