//! Records by what people write for them.

use std::collections::{BTreeSet, HashMap};

use super::super::tables::normal_key;
use crate::text::fold;

/// Records by their keys, names and acronyms. An exact key beats a name, and a name an acronym or a
/// key that is written otherwise; a name that several bear is that of all of them.
#[derive(Debug)]
pub(super) struct Directory<Id> {
    keys: HashMap<String, Id>,
    names: HashMap<String, BTreeSet<Id>>,
    acronyms: HashMap<String, BTreeSet<Id>>,
}

impl<Id> Default for Directory<Id> {
    fn default() -> Self {
        Self { keys: HashMap::new(), names: HashMap::new(), acronyms: HashMap::new() }
    }
}

impl<Id: Copy + Ord> Directory<Id> {
    pub(super) fn add<'a>(
        &mut self,
        id: Id,
        key: &str,
        names: impl IntoIterator<Item = &'a str>,
        acronym: Option<&str>,
    ) {
        self.keys.insert(key.to_owned(), id);
        for name in names.into_iter().map(fold).filter(|name| !name.is_empty()) {
            self.names.entry(name).or_default().insert(id);
        }
        if let Some(acronym) = acronym.map(fold).filter(|acronym| !acronym.is_empty()) {
            self.acronyms.entry(acronym).or_default().insert(id);
        }
    }

    /// The record that is meant; several where it may be each of them, none where it is none's.
    pub(super) fn find(&self, printed: &str) -> BTreeSet<Id> {
        if let Some(id) = self.keys.get(printed) {
            return BTreeSet::from([*id]);
        }
        let folded = fold(printed);
        if let Some(named) = self.names.get(&folded) {
            return named.clone();
        }
        let mut found = self.acronyms.get(&folded).cloned().unwrap_or_default();
        found.extend(written_key(printed).and_then(|key| self.keys.get(&key)));
        found
    }
}

/// The key that a text may be, in its normal form; a text of several words is none.
pub(super) fn written_key(text: &str) -> Option<String> {
    let key = normal_key(text);
    (!key.is_empty() && !text.contains(' ')).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_beats_a_name_and_a_name_an_acronym() {
        let mut all = Directory::default();
        all.add(1, "ace", ["Accord of Example"], Some("AOE"));
        all.add(2, "aoe", ["ACE", "League of Example"], None);
        all.add(3, "loe", ["League of Example"], Some("ace"));
        all.add(4, "leaders", [], Some("LOE"));
        let found = |printed: &str| all.find(printed).into_iter().collect::<Vec<_>>();
        assert_eq!(found("ace"), [1], "the exact key");
        assert_eq!(found("ACE"), [2], "a name, though it is an acronym and a key too");
        assert_eq!(found("league of example"), [2, 3], "a name of two");
        assert_eq!(found("AOE"), [1, 2], "an acronym, and the key of another");
        assert_eq!(found("Loe"), [3, 4]);
        assert_eq!((found("nobody"), found("")), (vec![], vec![]));
    }
}
