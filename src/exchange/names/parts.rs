//! How a printed text falls into parts: at line ends, commas, dashes, parentheses, slashes and
//! conjunctions.

use super::words::CONJUNCTIONS;
use crate::text::{fold, tidy};

/// The text, tidy, but with its line ends: names on two lines are two names.
pub(super) fn lines(text: &str) -> String {
    let lines: Vec<_> = text.split(['\n', '\r', '\u{2028}', '\u{2029}']).map(tidy).collect();
    lines.join("\n")
}

/// *République d’Indonésie* → *République Indonésie*: without the French articles that an
/// apostrophe joins to the next word.
pub(super) fn elided(text: &str) -> Option<String> {
    let mut apart = String::with_capacity(text.len());
    let (mut before, mut changed) = ([None, None], false);
    for c in text.chars() {
        let joins = matches!(
            before,
            [None | Some(' ' | '-' | '(' | '/' | ','), Some('d' | 'D' | 'l' | 'L')]
        );
        if joins && matches!(c, '\'' | '’' | '`' | '´' | 'ʼ') {
            apart.pop();
            changed = true;
        } else {
            apart.push(c);
        }
        before = [before[1], Some(c)];
    }
    changed.then_some(apart)
}

/// By which signs the parts of a text are joined; of several, the last of these counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Signs {
    /// Commas, parentheses, dashes: they may join one country's name and what it belongs to.
    Soft,
    /// Conjunctions: they may stand within a name.
    Conjunction,
    /// Semicolons, slashes, line ends.
    Hard,
}

pub(super) fn split(folded: &str) -> Vec<&str> {
    folded.split(' ').filter(|word| !word.is_empty()).collect()
}

/// *Korea, Republic of* → *Republic of Korea*; likewise at a parenthesis, and at a dash between
/// spaces.
pub(super) fn turned_round(text: &str) -> Option<String> {
    let (head, tail) = parenthesis(text).or_else(|| comma_or_dash(text))?;
    Some(format!("{tail} {head}"))
}

/// The two names in *Myanmar (Burma)*, *Myanmar/Burma*, *Czechia – Czech Republic*.
pub(super) fn two_parts(text: &str) -> Option<(String, String)> {
    let slash = || {
        let (one, other) = text.split_once(['/', '／', '|', '='])?;
        Some((one.to_owned(), other.to_owned()))
    };
    parenthesis(text).or_else(slash).or_else(|| comma_or_dash(text))
}

/// What stands before and after, and what within, the only parenthesis.
pub(super) fn parenthesis(text: &str) -> Option<(String, String)> {
    const OPENING: [char; 3] = ['(', '[', '（'];
    let (before, rest) = text.split_once(OPENING)?;
    let (within, after) = rest.split_once([')', ']', '）']).unwrap_or((rest, ""));
    if rest.contains(OPENING) {
        return None;
    }
    Some((format!("{before} {after}"), within.to_owned()))
}

/// What stands before the last parenthesis, and what within it, where the text ends there.
pub(super) fn last_parenthesis(text: &str) -> Option<(String, String)> {
    let open = text.strip_suffix([')', ']', '）'])?;
    let (before, within) = open.rsplit_once(['(', '[', '（'])?;
    Some((before.trim_end().to_owned(), within.to_owned()))
}

/// A text without the number of a list before it and the marks of footnotes behind it, where there
/// are any: *12. Thailand*, *1) Thailand*, *Thailand¹*, *Thailand (1)*, *Thailand [a]*.
pub(super) fn undecorated(text: &str) -> Option<String> {
    let is_mark = |c: char| matches!(c, '⁰' | '¹' | '²' | '³' | '⁴'..='⁹' | '⁽' | '⁾');
    let is_number = |text: &str| {
        (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_letter =
        |text: &str| text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_lowercase());
    let mut rest = text.trim_start_matches(['(', '[']);
    let number = rest.split_once(['.', ')', ']', ':']).filter(|(number, _)| is_number(number));
    rest = number.map_or(text, |(_, behind)| behind.trim_start());
    loop {
        let bare = rest.trim_end_matches(|c| {
            is_mark(c) || c.is_whitespace() || matches!(c, '*' | '†' | '‡' | '§')
        });
        let signed = bare.strip_suffix(')').filter(|before| before.ends_with(is_mark));
        let noted = last_parenthesis(bare).filter(|(_, note)| is_number(note) || is_letter(note));
        let cut = match (signed, noted) {
            (Some(before), _) => before.len(),
            (None, Some((before, _))) => before.len(),
            (None, None) => bare.len(),
        };
        if cut == rest.len() {
            break;
        }
        rest = &rest[..cut];
    }
    (rest.len() < text.len() && !fold(rest).is_empty()).then(|| rest.to_owned())
}

fn comma_or_dash(text: &str) -> Option<(String, String)> {
    let at = |separator: &str| text.split_once(separator);
    let (head, tail) = [",", "，", " - ", " – ", " — "].into_iter().find_map(at)?;
    (!tail.contains([',', '，'])).then(|| (head.to_owned(), tail.to_owned()))
}

/// What looks like a list of names: by which signs, and its parts, folded and sorted. Nothing if
/// there is but one part.
pub(super) fn list_parts(text: &str) -> Option<(Signs, Vec<String>)> {
    let mut signs = Signs::Soft;
    let text = text.replace(" - ", ",").replace(" – ", ",").replace(" — ", ",");
    let mut parts = Vec::new();
    for segment in text.split_inclusive([
        ',', '，', '(', '（', ')', '）', '&', ';', '；', '/', '／', '|', '\n', '、', '،',
    ]) {
        signs = signs.max(match segment.chars().next_back() {
            Some('&') => Signs::Conjunction,
            Some(';' | '；' | '/' | '／' | '|' | '\n' | '、' | '،') => Signs::Hard,
            _ => Signs::Soft,
        });
        let folded = fold(segment);
        for part in split(&folded).split(|word| CONJUNCTIONS.contains(word)) {
            if part.len() < split(&folded).len() {
                signs = signs.max(Signs::Conjunction);
            }
            if !part.is_empty() {
                parts.push(part.join(" "));
            }
        }
    }
    parts.sort();
    (parts.len() > 1).then_some((signs, parts))
}
