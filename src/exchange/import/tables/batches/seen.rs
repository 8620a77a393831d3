//! What earlier rows of a file have said of the same runs. Of a file of any length nothing but
//! digests is kept.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use entity::batch;
use entity::id::BatchId;

use super::super::entered::Entered;
use super::alike::{Found, ShortDay, Traits, choose};
use super::read::Read;

/// Tells values apart.
pub(super) fn digest(what: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// The same in few bytes; never nought.
pub(super) fn brief(what: &(impl Hash + ?Sized)) -> u32 {
    (digest(what) >> 32) as u32 | 1
}

/// What two rows of one run may contradict each other in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Key,
    Programme,
    Number,
    Label,
    Title,
    /// The title to the letter, where [`Part::Title`] is the same for all spellings of it.
    Spelling,
    Language,
    Starts,
    Ends,
    Participants,
    Registered,
    Countries,
    Mode,
    Status,
    Capacity,
}

impl Part {
    pub(super) const ALL: [Self; 15] = [
        Self::Key,
        Self::Programme,
        Self::Number,
        Self::Label,
        Self::Title,
        Self::Spelling,
        Self::Language,
        Self::Starts,
        Self::Ends,
        Self::Participants,
        Self::Registered,
        Self::Countries,
        Self::Mode,
        Self::Status,
        Self::Capacity,
    ];
}

/// Digests of the parts of a row, in the order of [`Part::ALL`]; nought where nothing is given.
pub(super) type Parts = [u32; Part::ALL.len()];

/// A run of which some row has been read.
#[derive(Debug)]
struct EarlierRow {
    id: Option<BatchId>,
    /// The first row of it.
    line: u64,
    parts: Parts,
    /// In which line each part was given first.
    lines: [u64; Part::ALL.len()],
}

impl EarlierRow {
    fn digest(&self, part: Part) -> Option<u32> {
        Some(self.parts[part as usize]).filter(|digest| *digest != 0)
    }

    fn traits(&self) -> Traits {
        Traits {
            label: self.digest(Part::Label),
            titles: self.digest(Part::Title).into_iter().collect(),
            starts: self.digest(Part::Starts).map(ShortDay).into_iter().collect(),
            ends: self.digest(Part::Ends).map(ShortDay).into_iter().collect(),
        }
    }
}

/// Runs that may be the same.
#[derive(Debug, Default)]
struct SimilarRuns {
    named: Vec<usize>,
    /// Those of which no row gives a key or a number.
    unnamed: Vec<usize>,
}

/// What the rows of a file have said so far.
#[derive(Debug, Default)]
pub(in super::super::super) struct Seen {
    runs: Vec<EarlierRow>,
    /// Runs by their ids, keys and numbers.
    by: HashMap<u64, usize>,
    /// Runs by what else they are known by.
    alike: HashMap<u64, SimilarRuns>,
    /// In which line a place of a run was given first.
    places: HashMap<(usize, u64), u64>,
    /// The batches that rows were carried out as.
    pub(super) entered: Entered<(BatchId, String)>,
}

/// What is said of one run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Earlier {
    run: usize,
    /// The first row of it.
    pub(super) line: u64,
}

impl Seen {
    /// The run of which a row is one more: by the batch that it is, its key or its number; by what
    /// else it is known by where it gives neither.
    pub(super) fn find(&self, read: &Read, there: Option<&batch::Model>) -> Found<Earlier> {
        if let Some(run) = self.named(names(read, there.map(|row| row.id))) {
            return Found::One(run);
        }
        if read.is_named() {
            return Found::None;
        }
        match (self.near(read, |near| near.named.iter().chain(&near.unnamed)), there) {
            // The register has another one that is meant as well.
            (Found::One(one), Some(row)) if self.id(one) != Some(row.id) => {
                Found::Several(vec![one])
            }
            // The register has the very same.
            (Found::Near(_), Some(_)) => Found::None,
            (found, _) => found,
        }
    }

    /// The run that is this batch.
    pub(super) fn of(&self, row: &batch::Model) -> Option<Earlier> {
        self.named(vec![digest(&("id", row.id))])
    }

    fn named(&self, names: Vec<u64>) -> Option<Earlier> {
        let run = *names.into_iter().find_map(|name| self.by.get(&name))?;
        Some(Earlier { run, line: self.runs.get(run)?.line })
    }

    /// The run of which a row that gives key or number may be one more, though none of its rows
    /// gives them.
    pub(super) fn unnamed(&self, read: &Read) -> Option<Earlier> {
        match self.near(read, |near| near.unnamed.iter().chain(&[])) {
            Found::None => None,
            Found::One(one) => Some(one),
            Found::Several(several) => several.first().copied(),
            Found::Near(near) => {
                near.into_iter().map(|(one, _)| one).find(|one| self.id(*one).is_none())
            }
        }
    }

    fn near<'a, I: Iterator<Item = &'a usize>>(
        &'a self,
        read: &Read,
        which: impl Fn(&'a SimilarRuns) -> I,
    ) -> Found<Earlier> {
        let keys = read.alike.wanted();
        let near = keys.iter().filter_map(|key| self.alike.get(key)).flat_map(which);
        let near: BTreeSet<usize> = near.copied().collect();
        let near = near.into_iter().filter_map(|run| {
            let earlier = self.runs.get(run)?;
            Some((Earlier { run, line: earlier.line }, earlier.traits()))
        });
        choose(&read.alike.traits(), near)
    }

    /// The batch of the register that a run is, or has become; none where it is yet to be entered.
    pub(super) fn id(&self, of: Earlier) -> Option<BatchId> {
        self.runs.get(of.run)?.id.or_else(|| Some(self.entered.of(of.line)?.0))
    }

    /// The line in which a part of a run was given before `line`, and whether it was given as here.
    pub(super) fn given(
        &self,
        of: Earlier,
        part: Part,
        parts: &Parts,
        line: u64,
    ) -> Option<(u64, bool)> {
        let earlier = self.runs.get(of.run)?;
        let before = earlier.digest(part)?;
        let first = earlier.lines[part as usize];
        (first != line).then_some((first, parts[part as usize] == before))
    }

    /// The line in which a place of a run was given before `line`.
    pub(super) fn given_place(&self, of: Earlier, place: u64, line: u64) -> Option<u64> {
        self.places.get(&(of.run, place)).copied().filter(|first| *first != line)
    }

    /// Keeps what a row says.
    pub(super) fn keep(
        &mut self,
        read: &Read,
        (of, id): (Option<Earlier>, Option<BatchId>),
        place: Option<u64>,
        line: u64,
    ) {
        let run = of.map_or(self.runs.len(), |earlier| earlier.run);
        if of.is_none() {
            let none = [0; Part::ALL.len()];
            self.runs.push(EarlierRow { id, line, parts: none, lines: [0; Part::ALL.len()] });
        }
        let Some(earlier) = self.runs.get_mut(run) else { return };
        earlier.id = earlier.id.or(id);
        let mut parts = read.parts;
        if earlier.digest(Part::Spelling).is_some_and(|it| it != parts[Part::Spelling as usize]) {
            // The language is that of a spelling which is not taken.
            parts[Part::Language as usize] = 0;
        }
        for ((digest, first), new) in earlier.parts.iter_mut().zip(&mut earlier.lines).zip(parts) {
            if *digest == 0 && new != 0 {
                (*digest, *first) = (new, line);
            }
        }
        for name in names(read, id) {
            self.by.entry(name).or_insert(run);
        }
        for key in read.alike.traits().keys(read.alike.programme) {
            let near = self.alike.entry(key).or_default();
            let runs = if read.is_named() { &mut near.named } else { &mut near.unnamed };
            if runs.last() != Some(&run) {
                runs.push(run);
            }
        }
        if let Some(place) = place {
            self.places.entry((run, place)).or_insert(line);
        }
    }
}

/// What no two batches have in common, the surest first.
fn names(read: &Read, id: Option<BatchId>) -> Vec<u64> {
    let id = id.map(|id| digest(&("id", id)));
    let key = read.key.as_ref().map(|key| digest(&("key", key)));
    let number = read.number.map(|number| digest(&("number", read.alike.programme, number)));
    id.into_iter().chain(key).chain(number).collect()
}
