//! Connections.

use super::*;

impl<'a> Writer<'a> {
    pub(super) fn connection(&mut self, list: &'a List, level: &'a Level, parent: usize) -> Done {
        let page = level.pages.get(parent).cloned().unwrap_or_default();
        let row = |number| CurrentRow { plan: &list.rows, level, number };
        self.fields(&list.parts, |writer, part, _| match &part.what {
            Part::TypeName(name) => writer.text(name),
            Part::Nodes(object) => {
                writer.items(page.rows.clone(), |writer, number| writer.object(object, row(number)))
            }
            Part::Edges(parts) => writer.items(page.rows.clone(), |writer, number| {
                writer.fields(parts, |writer, part, _| match &part.what {
                    EdgePart::TypeName(name) => writer.text(name),
                    EdgePart::Node(object) => writer.object(object, row(number)),
                    EdgePart::Cursor => writer.cursor(list, row(number)),
                })
            }),
            Part::PageInfo(parts) => writer.page_info(list, parts, level, &page),
            Part::Groups(number, parts) => match writer.grouped(list, level, *number)? {
                Some(groups) => writer.groups(parts, &list.groups[*number], groups, parent),
                None => writer.null(),
            },
            Part::GroupList(number, parts) => match writer.grouped(list, level, *number)? {
                Some(groups) => writer.group_list(parts, &list.groups[*number], groups, parent),
                None => writer.null(),
            },
            Part::Total => {
                let count = level.counts.get(parent).copied().unwrap_or_default();
                value::json(&i32::try_from(count).unwrap_or(i32::MAX), &mut writer.out);
                Ok(())
            }
        })
    }

    fn page_info(
        &mut self,
        list: &'a List,
        parts: &'a [PlannedField<Info>],
        level: &'a Level,
        page: &ChildRange,
    ) -> Done {
        // Nothing is told of what lies around a page on which nothing stands.
        let keyset = level.keyset.as_ref().filter(|_| !page.rows.is_empty() || page.more);
        let (before, behind) = keyset.map_or((false, false), |keyset| keyset.neighbours(page.more));
        self.fields(parts, |writer, part, _| {
            let end = match part.what {
                Info::TypeName => return writer.text("PageInfo"),
                Info::HasPrevious | Info::HasNext => {
                    let has = if matches!(part.what, Info::HasPrevious) { before } else { behind };
                    value::json(&has, &mut writer.out);
                    return Ok(());
                }
                Info::Start => page.rows.clone().next(),
                Info::End => page.rows.clone().next_back(),
            };
            match end {
                Some(number) => writer.cursor(list, CurrentRow { plan: &list.rows, level, number }),
                None => writer.null(),
            }
        })
    }

    /// Writes the place of a row in its list.
    fn cursor(&mut self, list: &'a List, row: CurrentRow<'a>) -> Done {
        let pos = list.asked.pos;
        let Some(keyset) = &row.level.keyset else { return self.null() };
        let first = row.at(list.rows.reads.cells.len());
        let columns = &list.rows.reads.noun.table.columns;
        let values = keyset.columns().zip(first..);
        let values = values.map(|(column, at)| row.row().cell(at, &columns[column].holds));
        let values: Result<Vec<_>, _> = values.collect();
        let values = values.map_err(|error| self.failed(error, pos))?;
        self.text(&keyset.cursor(values).0)
    }
}
