//! Lists of all parents at once.

use super::*;

impl LevelExecutor<'_> {
    /// Reads a list of each of `keys`, and the object with it whose list it is. With what was read
    /// comes the place in its rows from which on those of the object stand.
    pub(super) async fn list(
        &self,
        list: &List,
        keys: &[Key],
        largest: u64,
        parent: Option<SelectContext<'_>>,
    ) -> Result<(Level, Option<usize>), Error> {
        let arguments = self.arguments(&list.asked);
        let noun = list.rows.reads.noun;
        let keyset = Keyset::new(noun, &arguments, largest)?;
        let condition = match argument(&arguments, "filter") {
            Value::Null => Condition::all(),
            filter => (noun.condition)(filter, &Scope::new(self.reader))?,
        };
        let places: Vec<usize> =
            if list.tells_places { keyset.columns().collect() } else { Vec::new() };
        let behind = list.rows.reads.cells.len() + places.len();
        let pages = async {
            let mut pages = vec![ChildRange::default(); keys.len().max(1)];
            if !self.wants(&list.reads_rows) {
                return Ok((Vec::new(), pages));
            }
            let (link, condition) = (&list.link, condition.clone());
            let page = Page { link, condition, keyset: &keyset, more: &places, keys, parent };
            let mut rows = self.query(self.reading(&list.rows).page(&page)).await?;
            let divided =
                divide(&mut rows, (keys.len() > 1).then_some(behind), &keyset, &mut pages);
            divided.map_err(|error| self.fail(error))?;
            Ok((rows, pages))
        };
        let counts = try_join(self.counts(list, &condition, keys), pages);
        let groups = list.groups.iter().map(async |groups| {
            if self.mask.has(groups.when) {
                Some(self.groups(list, groups, &condition, keys).await)
            } else {
                None
            }
        });
        let (read, groups) = join(counts, join_all(groups)).await;
        let (counts, (rows, pages)) = read?;
        // Its list may have rows where it may not be seen itself.
        let object = match (parent.and_then(|parent| parent.reads.id_at()), rows.first()) {
            (Some(key), Some(row)) => {
                let missing = row.is_null(behind + key).map_err(|error| self.fail(error))?;
                (!missing).then_some(behind)
            }
            _ => None,
        };
        let (rows, keyset) = (Arc::new(rows), Some(keyset));
        let level =
            Level { rows, pages, counts, groups, keyset, in_list: true, ..Level::default() };
        Ok((self.behind(&list.rows, level, None).await?, object))
    }

    async fn counts(
        &self,
        list: &List,
        condition: &Condition,
        keys: &[Key],
    ) -> Result<Vec<i64>, Error> {
        if !self.wants(&list.counts) {
            return Ok(Vec::new());
        }
        let counted = self.reading(&list.rows).counted(&list.link, condition.clone(), keys);
        let (link, reader, of) = (list.link.clone(), self.reader.clone(), keys.to_vec());
        let counts: Keyed<i64> =
            self.put(async move { link.count(counted, &reader, &of).await }).await?;
        if keys.is_empty() {
            return Ok(counts.into_values().collect());
        }
        Ok(keys.iter().map(|key| counts.get(key).copied().unwrap_or_default()).collect())
    }
}

/// Divides rows into the pages of their parents, which come one after another: the number of each,
/// from 1, stands at a place of its rows where there are several.
fn divide(
    rows: &mut [Row],
    number: Option<usize>,
    keyset: &Keyset,
    pages: &mut [ChildRange],
) -> Result<(), DbErr> {
    let limit = usize::try_from(keyset.limit).unwrap_or(usize::MAX);
    let parent_of = |row: &Row| number.map_or(Ok(1), |at| row.number(at));
    let mut begin = 0;
    while begin < rows.len() {
        let parent = parent_of(&rows[begin])?;
        let mut end = begin + 1;
        while end < rows.len() && parent_of(&rows[end])? == parent {
            end += 1;
        }
        let shown = begin..end.min(begin + limit);
        if keyset.backward {
            rows[shown.clone()].reverse();
        }
        if let Some(page) =
            usize::try_from(parent - 1).ok().and_then(|parent| pages.get_mut(parent))
        {
            *page = ChildRange { more: end - begin > limit, rows: shown };
        }
        begin = end;
    }
    Ok(())
}
