//! What a printed name that is none may have been meant for.

use std::collections::{BTreeMap, BTreeSet};

use entity::id::CountryCode;

use super::parts::{split, two_parts};
use super::words::{Title, distinguishing, skeleton};
use super::{CountryNames, Suggestion};
use crate::text::fold;

/// How many countries are suggested at most.
pub(super) const MOST_SUGGESTIONS: usize = 5;

impl CountryNames {
    /// What may have been meant: the countries that parts of it name; if there are none, those whose names are a few
    /// letters off.
    pub(super) fn suggestions(&self, printed: &str) -> Vec<Suggestion> {
        let folded = fold(printed);
        let words = split(&folded);
        let (one, other) = two_parts(printed).map_or_else(Default::default, |(one, other)| (fold(&one), fold(&other)));
        let rests = self.titled(&words).map(|(_, rest)| self.spelt(rest));
        let parts = [&one, &other].map(|part| self.spelt(&split(part)));
        let named: BTreeSet<_> = rests.chain(parts).flatten().flatten().cloned().collect();
        if !named.is_empty() {
            return self.suggest_all(&named);
        }
        // What many names share, titles and articles, tells nothing of which is meant.
        // A title that is a country's name by itself, *United States*, is none here.
        let is_a_name = |n: usize| Title::of(&words[..n]).is_some() && self.spelt(&words[..n]).is_some();
        let is_several = (1..words.len()).any(is_a_name);
        let printed = skeleton(&if is_several { words.join(" ") } else { distinguishing(&words) });
        let length = printed.chars().count();
        // one slip in four letters, at most three
        let limit = (length / 4).min(3);
        let mut close: BTreeMap<&CountryCode, ((usize, usize), &str)> = BTreeMap::new();
        for ((listed, code, as_listed), name) in self.all.iter().zip(&self.skeletons) {
            if name.chars().count().abs_diff(length) > limit {
                continue;
            }
            let distance = strsim::osa_distance(name, &printed);
            if distance > limit {
                continue;
            }
            // Of the names of one country that one is shown which is written most like it.
            let near = (distance, strsim::osa_distance(listed, &folded));
            if close.get(code).is_none_or(|(known, _)| near < *known) {
                close.insert(code, (near, as_listed));
            }
        }
        let mut close: Vec<_> = close.into_iter().collect();
        close.sort_by_key(|(code, ((distance, _), _))| (*distance, *code));
        // Where one is the same but for letters that are taken for each other, no other one was meant.
        if close.first().is_some_and(|(_, ((distance, _), _))| *distance == 0) {
            close.retain(|(_, ((distance, _), _))| *distance == 0);
        }
        close.truncate(MOST_SUGGESTIONS);
        close.into_iter().map(|(code, (_, name))| Suggestion { code: code.clone(), name: name.to_owned() }).collect()
    }

    pub(super) fn suggest_all(&self, codes: &BTreeSet<CountryCode>) -> Vec<Suggestion> {
        let suggest = |code: &CountryCode| {
            let names = self.all.iter().filter(|(_, bearer, _)| bearer == code);
            let best = names.min_by_key(|(folded, ..)| self.listed.get(folded).and_then(|bearers| bearers.get(code)));
            Suggestion { code: code.clone(), name: best.map(|(_, _, name)| name.clone()).unwrap_or_default() }
        };
        codes.iter().take(MOST_SUGGESTIONS).map(suggest).collect()
    }
}
