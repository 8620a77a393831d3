//! What the root leads to.

use super::*;

/// Ids that `nodes` takes at most.
const MOST_NODES: usize = LARGEST_PAGE as usize;

/// What was read for a field of the root.
pub struct RootRows {
    /// The list; or the objects, those of a noun on one level.
    pub levels: Vec<Level>,
    /// Where each object is; none where it is not there. A list has none of these.
    pub items: Vec<Option<Item>>,
}

/// Where an object is that the root leads to.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// The number of its noun among those that are asked for.
    pub noun: usize,
    /// The number of its level.
    pub level: usize,
    /// The number of its page there.
    pub page: usize,
}

impl RootRows {
    /// One object.
    fn one(noun: usize, level: Level) -> Self {
        Self { levels: vec![level], items: vec![Some(Item { noun, level: 0, page: 0 })] }
    }
}

/// What was read for a field of the root; or why nothing was.
pub type Read = Result<RootRows, Error>;

impl LevelExecutor<'_> {
    /// Reads an object of the root: a level of one row, or of none.
    async fn one(&self, one: &One) -> Result<Level, Error> {
        let arguments = self.arguments(&one.asked);
        let condition = match one.entry {
            Entry::Key(_, name, key) => {
                return self.keyed(&one.record, key(argument(&arguments, name))?, false).await;
            }
            Entry::Mine(_, key) => {
                return match key(self.reader.visible()) {
                    Some(key) => self.keyed(&one.record, key, false).await,
                    None => Ok(Level::default()),
                };
            }
            Entry::By(_, condition) => condition(argument(&arguments, "by"))?,
            Entry::Node | Entry::Nodes | Entry::Own | Entry::List(_) => {
                return Err(self.reader.fail("this leads to no one object"));
            }
        };
        let rows = self.rows(self.reading(&one.record.rows).all(condition)).await?;
        self.object(&one.record, Level { rows, ..Level::default() }, None).await
    }

    /// Reads what a field of the root leads to; none where it is not wanted, or where nothing has
    /// to be read for it.
    pub async fn root(&self, root: &PlannedField<Root>) -> Option<Read> {
        if !self.mask.has(root.when) {
            return None;
        }
        Some(match &root.what {
            Root::TypeName(_) | Root::Own(_) => return None,
            Root::List(list) => {
                let read = self.list(list, &[], self.largest_page(false), None).await;
                read.map(|(level, _)| RootRows { levels: vec![level], items: Vec::new() })
            }
            Root::One(one) => self.one(one).await.map(|level| RootRows::one(0, level)),
            Root::Node(ones) => self.node(ones).await,
            Root::Nodes(asked, ones) => self.nodes(asked, ones).await,
        })
    }

    /// Reads the object that an opaque id names.
    async fn node(&self, ones: &[One]) -> Result<RootRows, Error> {
        let [first, ..] = ones else { return Err(self.reader.fail("there is no noun")) };
        let (noun, key) =
            self.named(&parsed::<ID>(argument(&self.arguments(&first.asked), "id"))?, ones)?;
        Ok(RootRows::one(noun, self.keyed(&ones[noun].record, key, false).await?))
    }

    /// Reads the objects that opaque ids name: those of a noun at once.
    async fn nodes(&self, asked: &FieldArguments, ones: &[One]) -> Result<RootRows, Error> {
        let ids: Vec<ID> = parsed(argument(&self.arguments(asked), "ids"))?;
        if ids.len() > MOST_NODES {
            return Err(bad_input(format!(
                "`ids` takes at most {MOST_NODES} ids, not {}",
                ids.len()
            )));
        }
        let named = ids.iter().map(|id| self.named(id, ones).map(Some));
        self.several(ones, named.collect::<Result<Vec<_>, _>>()?).await
    }

    /// Reads objects, each of the noun of a number among `ones`: those of a noun at once.
    pub(super) async fn several(
        &self,
        ones: &[One],
        named: Vec<Option<(usize, Key)>>,
    ) -> Result<RootRows, Error> {
        let mut keys: BTreeMap<usize, KeySet> = BTreeMap::new();
        let mut items: Vec<Option<(usize, usize)>> = Vec::with_capacity(named.len());
        for named in named {
            items.push(named.map(|(noun, key)| (noun, keys.entry(noun).or_default().number(key))));
        }
        let places: Vec<usize> = keys.keys().copied().collect();
        let reads =
            keys.into_iter().map(|(noun, keys)| self.objects(&ones[noun].record.rows, keys, true));
        let levels = try_join_all(reads).await?;
        let item = |item: Option<(usize, usize)>| {
            let (noun, page) = item?;
            let level = places.iter().position(|known| *known == noun)?;
            Some(Item { noun, level, page })
        };
        Ok(RootRows { levels, items: items.into_iter().map(item).collect() })
    }

    /// The number of the noun among `ones` whose object an opaque id names, and its key.
    fn named(&self, id: &ID, ones: &[One]) -> Result<(usize, Key), Error> {
        let (kind, key) = parse_id(id)?;
        let kind = format!("{kind:?}");
        let noun = ones.iter().position(|one| one.record.rows.reads.noun.name == kind);
        Ok((noun.ok_or_else(|| self.reader.fail(format!("{kind} is no noun")))?, key))
    }
}
