//! What a printed name that is none may have been meant for.

use std::collections::{BTreeMap, BTreeSet};

use entity::id::CountryCode;

use super::parts::{split, two_parts};
use super::words::{Title, closed, distinguishing, is_a_point, is_contested, skeleton};
use super::{CountryNames, Suggestion};
use crate::text::fold;

/// How many countries are suggested at most.
pub(super) const MOST_SUGGESTIONS: usize = 5;

/// Shorter names are abbreviations, of which many are a letter off.
const LEAST_LETTERS: usize = 4;

impl CountryNames {
    /// What may have been meant: the countries that parts of it name; if there are none, those
    /// whose names are a few letters off. Nothing, if what the parts leave tells of another one:
    /// *Republic* of *China*, *South* of *Vietnam*.
    pub(super) fn suggestions(&self, printed: &str) -> Vec<Suggestion> {
        let folded = fold(printed);
        let words = split(&folded);
        let mut named = BTreeSet::new();
        for (_, rest) in self.titled(&words) {
            let Some(bearers) = self.spelt(rest) else { continue };
            if bearers.len() == 1 && is_contested(rest) {
                return Vec::new();
            }
            named.extend(bearers.iter().cloned());
        }
        if let Some((one, other)) = two_parts(printed) {
            let (one, other) = (fold(&one), fold(&other));
            for (part, beside) in [(split(&one), split(&other)), (split(&other), split(&one))] {
                let Some(bearers) = self.spelt(&part) else { continue };
                let is_another =
                    Title::of(&beside).is_some() && bearers.len() == 1 && is_contested(&part);
                if is_another || is_a_point(&beside) {
                    return Vec::new();
                }
                named.extend(bearers.iter().cloned());
                named.extend(self.within(&beside));
            }
        }
        if named.is_empty() { self.close(&folded, &words) } else { self.suggest_all(&named) }
    }

    /// The countries whose names stand among the words.
    fn within(&self, words: &[&str]) -> BTreeSet<CountryCode> {
        let ends = (0..words.len())
            .flat_map(|start| (start + 1..=words.len()).map(move |end| (start, end)));
        let named = ends
            .filter(|(start, end)| closed(&words[*start..*end]).chars().count() >= LEAST_LETTERS);
        named.filter_map(|(start, end)| self.spelt(&words[start..end])).flatten().cloned().collect()
    }

    /// The countries whose names are a few letters off.
    fn close(&self, folded: &str, words: &[&str]) -> Vec<Suggestion> {
        // What many names share, titles and articles, tells nothing of which is meant.
        // A title that is a country's name by itself, *United States*, is none here.
        let is_a_name =
            |n: usize| Title::of(&words[..n]).is_some() && self.spelt(&words[..n]).is_some();
        let is_several = (1..words.len()).any(is_a_name);
        let printed = skeleton(&if is_several { words.join(" ") } else { distinguishing(words) });
        let mut close: BTreeMap<&CountryCode, ((usize, usize), &str)> = BTreeMap::new();
        for ((listed, code, as_listed), name) in self.all.iter().zip(&self.skeletons) {
            let Some(distance) = slips(name, &printed) else { continue };
            // Of the names of one country that one is shown which is written most like it.
            let near = (distance, strsim::osa_distance(listed, folded));
            if close.get(code).is_none_or(|(known, _)| near < *known) {
                close.insert(code, (near, as_listed));
            }
        }
        let mut close: Vec<_> = close.into_iter().collect();
        close.sort_by_key(|(code, ((distance, _), _))| (*distance, *code));
        // Where one is the same but for letters that are taken for each other, no other one was
        // meant.
        if close.first().is_some_and(|(_, ((distance, _), _))| *distance == 0) {
            close.retain(|(_, ((distance, _), _))| *distance == 0);
        }
        close.truncate(MOST_SUGGESTIONS);
        close
            .into_iter()
            .map(|(code, (_, name))| Suggestion { code: code.clone(), name: name.to_owned() })
            .collect()
    }

    pub(super) fn suggest_all(&self, codes: &BTreeSet<CountryCode>) -> Vec<Suggestion> {
        let suggest = |code: &CountryCode| {
            let names = self.all.iter().filter(|(_, bearer, _)| bearer == code);
            let best = names.min_by_key(|(folded, ..)| {
                self.listed.get(folded).and_then(|bearers| bearers.get(code))
            });
            Suggestion {
                code: code.clone(),
                name: best.map(|(_, _, name)| name.clone()).unwrap_or_default(),
            }
        };
        codes.iter().take(MOST_SUGGESTIONS).map(suggest).collect()
    }
}

/// How many slips of the pen lie between a listed name and a printed one: at most one in four
/// letters of each word, three in all; one, where they differ in the number of words.
fn slips(listed: &str, printed: &str) -> Option<usize> {
    let length = printed.chars().count();
    if length.abs_diff(listed.chars().count()) > 3 {
        return None;
    }
    let (one, two) = (split(listed), split(printed));
    if closed(&one).chars().count() < LEAST_LETTERS {
        return None;
    }
    if one.len() != two.len() {
        let distance = strsim::osa_distance(&closed(&one), &closed(&two));
        return (distance <= (length / 4).min(1)).then_some(distance);
    }
    let mut all = 0;
    for (one, two) in one.iter().zip(&two) {
        let distance = strsim::osa_distance(one, two);
        if distance > two.chars().count() / 4 {
            return None;
        }
        all += distance;
    }
    (all <= (length / 4).min(3)).then_some(all)
}
