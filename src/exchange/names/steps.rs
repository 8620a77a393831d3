//! The steps by which a name is found; each yields the countries that bear it.

use std::collections::{BTreeMap, BTreeSet};

use entity::id::CountryCode;

use super::parts::{
    elided, last_parenthesis, list_parts, parenthesis, split, turned_round, two_parts,
};
use super::words::{MOST_TITLE_WORDS, Title, closed, introduced, is_contested, key, written_out};
use super::{CountryNames, CountryVia};
use crate::text::fold;

impl CountryNames {
    /// Who bears the name, with or without the articles that an apostrophe joins to it.
    pub(super) fn bearers(&self, printed: &str) -> Option<BTreeMap<CountryCode, CountryVia>> {
        self.candidates(printed).or_else(|| self.candidates(&elided(printed)?))
    }

    /// Who bears the name, by the first step that finds anybody.
    fn candidates(&self, printed: &str) -> Option<BTreeMap<CountryCode, CountryVia>> {
        let folded = fold(printed);
        if let Some(bearers) = self.listed.get(&folded) {
            return Some(
                bearers
                    .iter()
                    .map(|(code, kind)| (code.clone(), CountryVia::Listed(*kind)))
                    .collect(),
            );
        }
        let words = split(&folded);
        let turned = turned_round(printed).map(|turned| fold(&turned));
        let turned = turned.as_deref().map(split).unwrap_or_default();
        let by = |via, bearers: Option<BTreeSet<CountryCode>>| {
            Some(bearers?.into_iter().map(|code| (code, via)).collect::<BTreeMap<_, _>>())
        };
        by(CountryVia::Spelling, self.spelt(&words).or_else(|| self.spelt_out(&words)).cloned())
            .or_else(|| {
                by(
                    CountryVia::Inversion,
                    self.spelt(&turned).or_else(|| self.spelt_out(&turned)).cloned(),
                )
            })
            .or_else(|| by(CountryVia::TwoNames, self.agreed(printed)))
            .or_else(|| {
                by(CountryVia::Title, self.entitled(&words).or_else(|| self.entitled(&turned)))
            })
    }

    pub(super) fn spelt(&self, words: &[&str]) -> Option<&BTreeSet<CountryCode>> {
        self.spellings.get(&key(words))
    }

    /// With the abbreviated words of titles written out in each language: *Rép. centrafricaine*.
    fn spelt_out(&self, words: &[&str]) -> Option<&BTreeSet<CountryCode>> {
        written_out(words).find_map(|words| self.spelt(&words))
    }

    /// The country whose name stands before its own code in parentheses.
    pub(super) fn with_its_code(&self, printed: &str) -> Option<CountryCode> {
        let (name, code) = last_parenthesis(printed)?;
        let code = self.find_code(&code)?;
        self.bearers(&name)?.contains_key(code).then(|| code.clone())
    }

    /// Every way to read the words as a title and a name, the shortest title first. The name of a
    /// country, such as *United States*, is no title.
    pub(super) fn titled<'a, 'w>(
        &'a self,
        words: &'a [&'w str],
    ) -> impl Iterator<Item = (Title, &'a [&'w str])> {
        let read = |n| {
            Some((Title::of(&words[..n])?, &words[n..]))
                .filter(|_| self.spelt(&words[..n]).is_none())
        };
        (1..words.len().min(MOST_TITLE_WORDS)).filter_map(read)
    }

    /// The countries that both parts of a text name; one of the two may be a code.
    fn agreed(&self, printed: &str) -> Option<BTreeSet<CountryCode>> {
        let (one, other) = two_parts(printed)?;
        let named = |part: &str| {
            let folded = fold(part);
            let words = split(&folded);
            let words = introduced(&words);
            self.spelt(words).cloned().or_else(|| self.entitled(words)).unwrap_or_default()
        };
        let (first, second) = (named(&one), named(&other));
        let mut common: BTreeSet<_> = first.intersection(&second).cloned().collect();
        // *Congo, DR Congo* may be two countries; *Congo (DR Congo)* says which.
        if first.len().max(second.len()) > 1 && parenthesis(printed).is_none() {
            common.clear();
        }
        common.extend(self.find_code(&other).filter(|code| first.contains(code)).cloned());
        common.extend(self.find_code(&one).filter(|code| second.contains(code)).cloned());
        (!common.is_empty()).then_some(common)
    }

    /// The countries that are called by a listed name after a title of theirs.
    fn entitled(&self, words: &[&str]) -> Option<BTreeSet<CountryCode>> {
        let mut found = BTreeSet::new();
        for (title, rest) in self.titled(words) {
            let Some(bearers) = self.spelt(rest) else { continue };
            if words.len() - rest.len() == 1 && words[0] == "negara" {
                found.extend(bearers.iter().cloned());
                continue;
            }
            let theirs = |code: &&CountryCode| {
                self.titles.get(*code).is_some_and(|titles| titles.contains(&title))
            };
            found.extend(bearers.iter().filter(theirs).cloned());
            if let (Title::REPUBLIC, 1, Some(code)) = (title, bearers.len(), bearers.first())
                && self.republics.contains(code)
                && !is_contested(rest)
                && !self.is_within_a_name_of_others(rest, code)
            {
                found.insert(code.clone());
            }
        }
        (!found.is_empty()).then_some(found)
    }

    fn is_within_a_name_of_others(&self, words: &[&str], code: &CountryCode) -> bool {
        let name = closed(words);
        let is_within = |listed: &[&str]| {
            closed(listed).contains(&name)
                && (0..listed.len())
                    .any(|n| (n..listed.len()).any(|end| closed(&listed[n..=end]) == name))
        };
        self.all.iter().any(|(listed, bearer, _)| bearer != code && is_within(&split(listed)))
    }

    /// The countries, where the text names one after the other rather than one that is listed under
    /// such a name.
    pub(super) fn several(&self, printed: &str) -> Option<BTreeSet<CountryCode>> {
        let list = list_parts(printed)?;
        if self.listed_lists.contains(&list) {
            return None;
        }
        let (_, parts) = list;
        let bearers: Option<Vec<_>> = parts.iter().map(|part| self.spelt(&split(part))).collect();
        let bearers = bearers?;
        let mut common = bearers.first().copied().cloned()?;
        bearers.iter().for_each(|part| common.retain(|code| part.contains(code)));
        common.is_empty().then(|| bearers.into_iter().flatten().cloned().collect())
    }
}
