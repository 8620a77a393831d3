//! Connections.

use super::groups::grouping;
use super::*;

impl<'a> Planner<'a> {
    pub(super) fn list(
        &mut self,
        field: &Merged<'a>,
        noun: &'static Noun,
        link: ParentLink,
    ) -> Option<List> {
        let mut rows = RowPlan { reads: Reads::new(noun), children: Vec::new() };
        let connection = format!("{}Connection", noun.name);
        let mut parts = Vec::new();
        let (mut tells_places, mut reads_rows, mut counts, mut groups) =
            (false, Vec::new(), Vec::new(), Vec::new());
        for part in self.collector.fields(&connection, &field.places)? {
            let what = match name(&part) {
                "__typename" => Part::TypeName(connection.clone()),
                "nodes" => Part::Nodes(self.object(&mut rows, noun, OWN, &part.places)?),
                "edges" => Part::Edges(self.edges(&mut rows, noun, &part, &mut tells_places)?),
                "pageInfo" => Part::PageInfo(self.page_info(&part, &mut tells_places)?),
                "totalCount" => Part::Total,
                "groups" => {
                    let mut planned = grouping(&part, true);
                    let shown = self.groups(&part, &mut planned)?;
                    groups.push(planned);
                    Part::Groups(groups.len() - 1, shown)
                }
                "groupedBy" => {
                    let mut planned = grouping(&part, false);
                    let shown = self.group(&part.places, &mut planned)?;
                    groups.push(planned);
                    Part::GroupList(groups.len() - 1, shown)
                }
                _ => return None,
            };
            match what {
                Part::Nodes(_) | Part::Edges(_) | Part::PageInfo(_) => reads_rows.push(part.when),
                Part::Total => counts.push(part.when),
                Part::TypeName(_) | Part::Groups(..) | Part::GroupList(..) => {}
            }
            parts.push(slot(&part, what));
        }
        if !reads_rows.is_empty() {
            // A row is a row, also where nothing of it is shown.
            rows.reads.id(OWN);
        }
        Some(List {
            link,
            asked: asked(field),
            parts,
            rows,
            tells_places,
            reads_rows,
            counts,
            groups,
        })
    }

    fn edges(
        &mut self,
        rows: &mut RowPlan,
        noun: &'static Noun,
        field: &Merged<'a>,
        tells_places: &mut bool,
    ) -> Option<Vec<PlannedField<EdgePart>>> {
        let edge = format!("{}Edge", noun.name);
        let mut parts = Vec::new();
        for part in self.collector.fields(&edge, &field.places)? {
            let what = match name(&part) {
                "__typename" => EdgePart::TypeName(edge.clone()),
                "node" => EdgePart::Node(self.object(rows, noun, OWN, &part.places)?),
                "cursor" => {
                    *tells_places = true;
                    EdgePart::Cursor
                }
                _ => return None,
            };
            parts.push(slot(&part, what));
        }
        Some(parts)
    }

    pub(super) fn page_info(
        &mut self,
        field: &Merged<'a>,
        tells_places: &mut bool,
    ) -> Option<Vec<PlannedField<Info>>> {
        let mut parts = Vec::new();
        for part in self.collector.fields("PageInfo", &field.places)? {
            let what = match name(&part) {
                "__typename" => Info::TypeName,
                "hasPreviousPage" => Info::HasPrevious,
                "hasNextPage" => Info::HasNext,
                "startCursor" => Info::Start,
                "endCursor" => Info::End,
                _ => return None,
            };
            *tells_places |= matches!(what, Info::Start | Info::End);
            parts.push(slot(&part, what));
        }
        Some(parts)
    }
}
