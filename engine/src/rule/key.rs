//! Keys of records whose writers give none: made of what tells the record apart, so that people can
//! read them. Keys of people, and of what follows from people, are digits that nobody can guess.

use std::collections::{HashMap, HashSet};
use std::marker::PhantomData;

use entity::tombstone;
use entity::vocabulary::RecordKind;
use sea_orm::sea_query::{Expr, ExprTrait, Query, UnionType};
use sea_orm::{
    ActiveValue, ColumnTrait, Condition, ConnectionTrait, DbErr, IdenStatic, Iterable, SqlErr,
};

use super::check::KEY_LENGTH;
use crate::db::{IDS_PER_QUERY, Memory, News, Write, any_of};
use crate::record::Record;
use crate::text::fold;

/// The letters of a number behind a stem, with its hyphen.
const NUMBER: usize = 8;
/// Digits enough that no two of a kind meet.
const DIGITS: usize = 12;
/// How many stems one query asks about with their numbers: SQLite takes no deeper expression than
/// 1000.
const STEMS_PER_QUERY: usize = 200;
/// So many stems are asked about with their numbers at once.
const FEW: usize = 20;
/// How many taken keys one query reads. A stem that has as many is numbered no further: keys that
/// begin with it end in digits that nobody else has.
const MOST_TAKEN: u64 = 10_000;

/// What a key of a record of `E` begins with. The first record has the stem itself as its key, the
/// next ones `-2`, `-3` … behind it.
#[derive(Debug, PartialEq, Eq)]
pub struct Stem<E> {
    text: String,
    /// Whether the first record has a number too.
    is_counted: bool,
    of: PhantomData<fn() -> E>,
}

impl<E> Clone for Stem<E> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), is_counted: self.is_counted, of: PhantomData }
    }
}

impl<E: Record> Stem<E> {
    /// The key of what the record belongs to, and what tells it apart there: a name, a title, a
    /// code or a number, however that is written. A name of which a key can have nothing (it is
    /// written in another script) is replaced by the kind of record.
    ///
    /// What is too long is cut at a word.
    pub fn of(parent: &str, own: &str) -> Self {
        const MOST: usize = KEY_LENGTH - NUMBER;
        let (mut letters, is_whole) = letters_of(own);
        let is_named = letters.bytes().any(|byte| byte.is_ascii_lowercase());
        if letters.is_empty() || !is_named && (!is_whole || parent.is_empty()) {
            let kind = E::KIND.to_string().to_ascii_lowercase().replace('_', "-");
            letters = if letters.is_empty() { kind } else { format!("{kind}-{letters}") };
        }
        let text = if parent.is_empty() {
            cut(&letters, MOST).to_owned()
        } else {
            let own = cut(&letters, (MOST / 2).max(MOST.saturating_sub(parent.len() + 1)));
            format!("{}-{own}", cut(parent, MOST - own.len() - 1))
        };
        Self { text, is_counted: false, of: PhantomData }
    }

    /// What tells a record apart that belongs to no other.
    pub fn named(own: &str) -> Self {
        Self::of("", own)
    }

    /// The key of what the record belongs to, where nothing is known that tells it apart there: the
    /// records are counted from 1.
    pub fn counted(parent: &str) -> Self {
        let text = cut(parent, KEY_LENGTH - NUMBER).to_owned();
        Self { text, is_counted: true, of: PhantomData }
    }

    fn numbered(&self, number: u32) -> String {
        let text = &self.text;
        if number == 1 && !self.is_counted { text.clone() } else { format!("{text}-{number}") }
    }

    fn place(&self) -> Place {
        (E::KIND, self.text.clone(), self.is_counted)
    }
}

/// The letters and digits of a text that a key can have, with hyphens between, and whether none of
/// its letters is lost.
pub fn letters_of(text: &str) -> (String, bool) {
    let mut key = String::new();
    let mut is_whole = true;
    for c in fold(text).chars() {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            key.push(c);
        } else {
            is_whole &= !c.is_alphanumeric();
            if !key.ends_with('-') && !key.is_empty() {
                key.push('-');
            }
        }
    }
    key.truncate(key.trim_end_matches('-').len());
    (key, is_whole)
}

/// The beginning of a key: whole words, unless the first word alone is too long.
fn cut(key: &str, most: usize) -> &str {
    let Some(head) = key.get(..most).filter(|_| key.len() > most) else { return key };
    let is_between = key.as_bytes().get(most) == Some(&b'-');
    let words = if is_between { Some(most) } else { head.rfind('-').filter(|end| *end > 0) };
    head.get(..words.unwrap_or(most)).unwrap_or_default().trim_end_matches('-')
}

/// A key that nobody can guess: `stem`, and digits that no other has.
pub fn unguessable_key(w: &Write, stem: &str) -> String {
    let id = w.new_id().simple().to_string();
    let stem = cut(stem, KEY_LENGTH - DIGITS - 1);
    format!("{stem}-{}", id.get(id.len() - DIGITS..).unwrap_or_default())
}

/// The key that the writer gave, else one that is made of the stem.
pub async fn key_or<E: Record>(
    w: &Write,
    given: Option<&String>,
    stem: Stem<E>,
) -> Result<ActiveValue<String>, DbErr> {
    Ok(ActiveValue::Set(match given {
        Some(key) => key.clone(),
        None => made_key(w, stem).await?,
    }))
}

/// A key that no record of the kind has, made of the stem.
pub async fn made_key<E: Record>(w: &Write, stem: Stem<E>) -> Result<String, DbErr> {
    Ok(made_keys(w, vec![(None, stem)]).await?.swap_remove(0))
}

/// A key for each of many records: the one that is given, else one that is made of the stem. What
/// is taken is asked for once for all of them.
pub async fn made_keys<E: Record>(
    w: &Write,
    wanted: Vec<(Option<String>, Stem<E>)>,
) -> Result<Vec<String>, DbErr> {
    let (mut given, mut stems) = (HashSet::new(), Vec::new());
    for (key, stem) in &wanted {
        match key {
            Some(key) => drop(given.insert(key.clone())),
            None => stems.push(stem.clone()),
        }
    }
    look_up_keys(w, &stems).await?;
    w.remembered(|keys: &mut Keys| {
        given.into_iter().for_each(|key| keys.take(E::KIND, key, false));
    });
    let mut keys = Vec::with_capacity(wanted.len());
    for (key, stem) in wanted {
        let key = match key {
            Some(key) => key,
            None => chosen(w, &stem).await?,
        };
        keys.push(key);
    }
    Ok(keys)
}

async fn chosen<E: Record>(w: &Write, stem: &Stem<E>) -> Result<String, DbErr> {
    // The name of a person may stand in whatever the stem is made of.
    if E::PERSONAL.contains(&"key") {
        return Ok(unguessable_key(w, &E::KIND.to_string().to_ascii_lowercase()));
    }
    loop {
        match w.remembered(|keys: &mut Keys| keys.choose(stem)) {
            Choice::Key(key) => return Ok(key),
            Choice::Crowded => return Ok(unguessable_key(w, &stem.text)),
            Choice::Unknown => look_up_keys(w, std::slice::from_ref(stem)).await?,
        }
    }
}

/// Asks which keys are taken that begin with these stems: what is made of them afterwards asks no
/// more.
pub async fn look_up_keys<E: Record>(w: &Write, stems: &[Stem<E>]) -> Result<(), DbErr> {
    let Some(column) = E::Column::iter().find(|column| column.as_str() == "key") else {
        return Ok(());
    };
    let mut unknown: HashMap<&str, (&Stem<E>, usize)> = HashMap::new();
    w.remembered(|keys: &mut Keys| {
        for stem in stems.iter().filter(|stem| keys.is_unknown(stem)) {
            unknown.entry(&stem.text).or_insert((stem, 0)).1 += 1;
        }
    });
    // Of many stems most are those of no record: only of others it matters which numbers are taken.
    let is_few = unknown.len() <= FEW;
    let is_rare = |(stem, times): &(&Stem<E>, usize)| *times == 1 && !stem.is_counted && !is_few;
    let (rare, others): (Vec<_>, Vec<_>) = unknown.into_values().partition(is_rare);
    let mut crowded: Vec<&Stem<E>> = others.into_iter().map(|(stem, _)| stem).collect();
    // In an order that does not depend on chance, so that writes lock no index entries crosswise.
    crowded.sort_by(|one, other| one.text.cmp(&other.text));
    for some in rare.chunks(IDS_PER_QUERY) {
        let texts: Vec<&str> = some.iter().map(|(stem, _)| stem.text.as_str()).collect();
        let taken = read::<E>(w, column, |key| key.is_in(texts.iter().copied()).into()).await?;
        let taken: HashSet<String> = taken.into_iter().collect();
        w.remembered(|keys: &mut Keys| {
            for (stem, _) in some.iter().filter(|(stem, _)| !taken.contains(&stem.text)) {
                keys.stems.insert(stem.place(), Known::Free);
            }
        });
        crowded.extend(some.iter().map(|of| of.0).filter(|stem| taken.contains(&stem.text)));
    }
    for some in crowded.chunks(STEMS_PER_QUERY) {
        let which = |key: Expr| {
            let of_stem = |stem: &&Stem<E>| {
                // Behind the hyphen a digit: `:` is the sign that follows `9`.
                let (first, last) = (format!("{}-0", stem.text), format!("{}-:", stem.text));
                let numbered = key.clone().gte(first).and(key.clone().lt(last));
                Condition::any().add(key.clone().eq(&stem.text)).add(numbered)
            };
            any_of(some.iter().map(of_stem).collect())
        };
        let taken = read::<E>(w, column, which).await?;
        let is_full = taken.len() as u64 >= MOST_TAKEN;
        w.remembered(|keys: &mut Keys| {
            taken.into_iter().for_each(|key| keys.take(E::KIND, key, false));
            for stem in some {
                let known = if is_full { Known::Crowded } else { Known::Next(1) };
                keys.stems.insert(stem.place(), known);
            }
        });
    }
    Ok(())
}

/// The keys of records, void ones included, of which `which` holds.
async fn read<E: Record>(
    w: &Write,
    key: E::Column,
    which: impl Fn(Expr) -> Condition,
) -> Result<Vec<String>, DbErr> {
    let own = which(Expr::col((E::default(), key)));
    let mut keys = Query::select();
    keys.column((E::default(), key)).from(E::default().table_ref()).cond_where(own);
    let void = which(Expr::col((tombstone::Entity, tombstone::Column::Key)));
    let mut of_void = Query::select();
    of_void
        .column((tombstone::Entity, tombstone::Column::Key))
        .from(tombstone::Entity)
        .and_where(tombstone::Column::RecordKind.eq(E::KIND))
        .cond_where(void);
    keys.union(UnionType::All, of_void).limit(MOST_TAKEN);
    w.read().query_all(&keys).await?.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// A new record is about to come in under a key.
pub(super) fn note_key(w: &Write, kind: RecordKind, key: &str) {
    w.remembered(|keys: &mut Keys| {
        // What comes in before anything is asked for is found in the database.
        if !keys.stems.is_empty() {
            keys.take(kind, key.to_owned(), false);
        }
    });
}

/// Whether this write has made a key: then nobody has it, not even a void record.
pub(super) fn is_made(w: &Write, kind: RecordKind, key: &str) -> bool {
    w.remembered(|keys: &mut Keys| keys.is_made(kind, key))
}

/// Whether another write has taken a key meanwhile that this one has made: it is to be tried again,
/// and then takes the next.
pub(super) fn is_overtaken<E: Record>(w: &Write, error: &DbErr, key: &str) -> bool {
    let Some(SqlErr::UniqueConstraintViolation(what)) = error.sql_err() else { return false };
    let table = E::default();
    let table = table.table_name();
    // The index of PostgreSQL, the column of SQLite.
    let is_of_key =
        what.contains(&format!("uq_key_{table}")) || what.contains(&format!("{table}.key"));
    is_of_key && w.remembered(|keys: &mut Keys| keys.is_made(E::KIND, key))
}

/// A kind of record, the text of a stem, and whether it is counted.
type Place = (RecordKind, String, bool);

/// What is known of the keys of a stem.
#[derive(Clone, Copy)]
enum Known {
    /// No record has the stem as its key; nothing is known of its numbers.
    Free,
    /// The least number that may be free. All that are taken are known.
    Next(u32),
    /// So many are taken that not all of them were read.
    Crowded,
}

enum Choice {
    Key(String),
    Crowded,
    Unknown,
}

/// Keys that a write knows to be taken: others have them, or it has made them itself.
#[derive(Default)]
struct Keys {
    /// Whether this write has made the key.
    taken: HashMap<(RecordKind, String), bool>,
    /// The same, in the order in which they came.
    order: Vec<(RecordKind, String)>,
    /// How many there were when each part of the write began.
    parts: Vec<usize>,
    stems: HashMap<Place, Known>,
}

impl Memory for Keys {
    fn hear(&mut self, news: News<'_>) {
        match news {
            News::PartBegun => self.parts.push(self.order.len()),
            News::PartDone => drop(self.parts.pop()),
            News::PartUndone => {
                // A part whose beginning was not heard began before anything was known.
                let before = self.parts.pop().unwrap_or_default();
                for key in self.order.drain(before..) {
                    self.taken.remove(&key);
                }
                self.stems.clear();
            }
            News::Spooled => *self = Self::default(),
            _ => {}
        }
    }
}

impl Keys {
    fn take(&mut self, kind: RecordKind, key: String, is_made: bool) {
        let place = (kind, key);
        if let std::collections::hash_map::Entry::Vacant(free) = self.taken.entry(place.clone()) {
            free.insert(is_made);
            self.order.push(place);
        }
    }

    fn is_taken(&self, kind: RecordKind, key: &str) -> bool {
        self.taken.contains_key(&(kind, key.to_owned()))
    }

    fn is_made(&self, kind: RecordKind, key: &str) -> bool {
        self.taken.get(&(kind, key.to_owned())).copied().unwrap_or_default()
    }

    fn is_unknown<E: Record>(&self, stem: &Stem<E>) -> bool {
        match self.stems.get(&stem.place()) {
            Some(Known::Free) => self.is_taken(E::KIND, &stem.text),
            known => known.is_none(),
        }
    }

    fn choose<E: Record>(&mut self, stem: &Stem<E>) -> Choice {
        let place = stem.place();
        let number = match self.stems.get(&place) {
            None => return Choice::Unknown,
            Some(Known::Free) if self.is_unknown(stem) => return Choice::Unknown,
            Some(Known::Crowded) => return Choice::Crowded,
            Some(Known::Free) => 1,
            Some(Known::Next(first)) => (*first..)
                .find(|number| !self.is_taken(E::KIND, &stem.numbered(*number)))
                .unwrap_or(u32::MAX),
        };
        if let Some(Known::Next(next)) = self.stems.get_mut(&place) {
            *next = number.saturating_add(1);
        }
        let key = stem.numbered(number);
        self.take(E::KIND, key.clone(), true);
        Choice::Key(key)
    }
}

#[cfg(test)]
mod tests;
