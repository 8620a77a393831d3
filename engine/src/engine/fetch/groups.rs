//! Groups of the nodes of a list, of all parents at once, and the records that they are groups of.

use super::*;
use crate::engine::plan::Groups;
use crate::graphql::filter::Values;
use crate::graphql::groups::{GroupPage, GroupRequest, GroupRow, Grouped, MeasureRequest};

/// How many groups are told where none is asked for.
const USUAL_GROUPS: i32 = 20;

/// What was counted by values.
#[derive(Default)]
pub struct GroupLevel {
    /// What the values are.
    pub values: Vec<Values>,
    /// The places of the measures that were selected among those of a group; none for one that is
    /// of nothing or not wanted.
    pub measures: Vec<Option<usize>>,
    /// The groups of each parent.
    pub pages: Vec<GroupPage>,
    /// For each of the wanted records what was read of them: the first item of a group stands
    /// behind those of the groups before it. None where it is not wanted.
    pub records: Vec<Option<RootRows>>,
}

impl GroupLevel {
    /// The number of the item of a group's value, among those of the records.
    pub fn item(&self, parent: usize, group: usize, place: usize) -> usize {
        let before: usize = self.pages[..parent].iter().map(|page| page.groups.len()).sum();
        (before + group) * self.values.len() + place
    }
}

impl LevelExecutor<'_> {
    pub(super) async fn groups(
        &self,
        list: &List,
        groups: &Groups,
        condition: &Condition,
        keys: &[Key],
    ) -> Result<GroupLevel, Error> {
        let request = self.requested(groups)?;
        let noun = list.rows.reads.noun;
        let of = Grouped {
            table: noun.table.name.clone(),
            id: noun.table.columns[noun.table.id].name,
            groups: noun.groups,
            visible: self.reader.visible(),
            has_paths: groups.is_page,
        };
        let backend = self.reader.db().get_database_backend();
        let grouping = request.grouping(of, &Scope::new(self.reader), backend)?;
        let (values, measures) = (grouping.values(), grouping.selected());
        let rows = self.reading(&list.rows).counted(&list.link, condition.clone(), keys);
        let statement = grouping.statement(rows, list.link.parent_column(keys), backend);
        let reader = self.reader.clone();
        let read = self.put(async move { reader.heavy().query_all(&statement).await }).await?;
        let found = grouping.pages(&list.link, &read, keys);
        let mut found = found.map_err(|error| self.fail(error))?;
        let pages: Vec<GroupPage> = if keys.is_empty() {
            vec![found.drain().map(|(_, page)| page).next().unwrap_or_default()]
        } else {
            keys.iter().map(|key| found.remove(key).unwrap_or_default()).collect()
        };
        let records = groups.records.iter().map(async |(when, ones)| {
            if !self.mask.has(*when) {
                return Ok(None);
            }
            let rows = pages.iter().flat_map(|page| &page.groups);
            self.records_of(ones, &values, rows).await.map(Some)
        });
        let records = try_join_all(records).await?;
        Ok(GroupLevel { values, measures, pages, records })
    }

    /// What is asked of groups, in this request.
    fn requested(&self, groups: &Groups) -> Result<GroupRequest, Error> {
        let arguments = self.arguments(&groups.asked);
        let given = |name| argument(&arguments, name);
        let measures = groups.measures.iter().map(|(when, measure, asked)| {
            if !self.mask.has(*when) {
                return Ok(None);
            }
            let of = parsed(argument(&self.arguments(asked), "of"))?;
            Ok(Some(MeasureRequest { measure: *measure, of }))
        });
        let name = if groups.is_page { "by" } else { "fields" };
        Ok(GroupRequest {
            argument: name,
            may_be_one: groups.is_page,
            by: parsed(given(name))?,
            of: parsed(given("of"))?,
            measures: measures.collect::<Result<_, Error>>()?,
            order: parsed::<Option<_>>(given("orderBy"))?.unwrap_or_default(),
            having: parsed::<Option<_>>(given("having"))?.unwrap_or_default(),
            // Null is no number, also where nothing at all would be.
            first: match arguments.iter().find(|(name, _)| name == "first") {
                Some((_, first)) => parsed(first.clone())?,
                None => USUAL_GROUPS,
            },
            after: parsed(given("after"))?,
        })
    }

    /// The records whose keys the values of groups are.
    async fn records_of<'a>(
        &self,
        ones: &[One],
        values: &[Values],
        groups: impl Iterator<Item = &'a GroupRow>,
    ) -> Result<RootRows, Error> {
        let mut named = Vec::new();
        for group in groups {
            for (place, of) in values.iter().enumerate() {
                let key = group.key(place, *of).and_then(|(kind, key)| {
                    let kind = format!("{kind:?}");
                    let noun =
                        ones.iter().position(|one| one.record.rows.reads.noun.name == kind)?;
                    Some((noun, key))
                });
                named.push(key);
            }
        }
        self.several(ones, named).await
    }
}
