//! The words, numbers and signs of a text about days, without the times of day and what says
//! nothing.

mod time;

use chrono::Weekday;

use self::time::{is_open, plain_time, time, zone};
use crate::text::fold;

/// Months by the beginnings of their names in both languages, folded; a name has three letters at
/// least.
const MONTHS: [&[&str]; 12] = [
    &["january", "januari"],
    &["february", "februari", "pebruari"],
    &["march", "maret", "mrt"],
    &["april"],
    &["may", "mei"],
    &["june", "juni"],
    &["july", "juli"],
    &["august", "agustus", "agt", "ags", "agst"],
    &["september"],
    &["october", "oktober"],
    &["november", "nopember"],
    &["december", "desember"],
];

const WEEKDAYS: [(&[&str], Weekday); 7] = [
    (&["monday", "senin"], Weekday::Mon),
    (&["tuesday", "selasa"], Weekday::Tue),
    (&["wednesday", "rabu"], Weekday::Wed),
    (&["thursday", "kamis"], Weekday::Thu),
    (&["friday", "jumat"], Weekday::Fri),
    (&["saturday", "sabtu"], Weekday::Sat),
    (&["sunday", "minggu", "ahad"], Weekday::Sun),
];

/// Words beside a day that say nothing.
const SILENT: [&str; 10] =
    ["the", "of", "tanggal", "tgl", "on", "pada", "hari", "bulan", "tahun", "thn"];

/// Words between the first and the last day of a period.
const UNTIL: [&str; 9] =
    ["sd", "sampai", "hingga", "to", "until", "till", "til", "through", "thru"];

/// Words in front of the first day of a period.
const FROM: [&str; 3] = ["from", "dari", "mulai"];

/// Words between two days, each of which is meant.
const AND: [&str; 2] = ["and", "dan"];

/// A piece of a text about days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Digits as written.
    Number(String),
    /// A month by its name.
    Month(u32),
    /// A weekday by its name.
    Weekday(Weekday),
    /// A word in front of the first day.
    From,
    /// A word between the first and the last day.
    Until,
    /// A word between two days.
    And,
    /// A sign that parts the pieces of a day; hyphens and dashes of all kinds are `-`.
    Sign(char),
    /// Anything else.
    Unknown,
}

impl Token {
    /// The digits of a number.
    pub(super) fn digits(&self) -> Option<&str> {
        match self {
            Self::Number(digits) => Some(digits),
            _ => None,
        }
    }
}

/// A piece before it is known what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Digits(String),
    Word(String),
    Sign(char),
}

fn beginning_of(word: &str, names: &[&str]) -> bool {
    word.len() >= 3 && names.iter().any(|name| name.starts_with(word))
}

fn month(word: &str) -> Option<u32> {
    let place = MONTHS
        .iter()
        .position(|names| beginning_of(word, names))
        .or((word == "sept").then_some(8))?;
    u32::try_from(place + 1).ok()
}

fn weekday(word: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(names, _)| beginning_of(word, names)).map(|(_, day)| *day)
}

/// Digits, words and signs; blanks only part them.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    // Whether the last piece may go on.
    let mut open = false;
    for c in text.chars() {
        match c {
            // Apostrophes within a word are no signs: Jum'at.
            '\'' | '’' | '‘' | '`' | '´' | 'ʼ' => continue,
            c if c.is_whitespace() => open = false,
            c if c.is_ascii_digit() => match pieces.last_mut() {
                Some(Piece::Digits(digits)) if open => digits.push(c),
                _ => {
                    pieces.push(Piece::Digits(c.to_string()));
                    open = true;
                }
            },
            c if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) => {
                match pieces.last_mut() {
                    Some(Piece::Word(word)) if open => word.push(c),
                    _ => {
                        pieces.push(Piece::Word(c.to_string()));
                        open = true;
                    }
                }
            }
            '\u{2010}'..='\u{2015}'
            | '−'
            | '﹘'
            | '﹣'
            | '－'
            | '~'
            | '〜'
            | '～'
            | '⁓'
            | '\u{2043}'
            | '➝'
            | '→' => {
                pieces.push(Piece::Sign('-'));
                open = false;
            }
            '\\' | '／' => {
                pieces.push(Piece::Sign('/'));
                open = false;
            }
            c => {
                pieces.push(Piece::Sign(c));
                open = false;
            }
        }
    }
    for piece in &mut pieces {
        if let Piece::Word(word) = piece {
            *word = fold(word);
        }
    }
    pieces
}

/// The pieces of a text about days. Times go, each with what joins it to another time; so do words
/// that say nothing.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let text = text.replace("a.m.", "am").replace("p.m.", "pm");
    let pieces = pieces(&text);
    let mut tokens = Vec::new();
    let mut place = 0;
    let mut after_time = false;
    while let Some(piece) = pieces.get(place) {
        let rest = pieces.get(place..).unwrap_or_default();
        if let Some(length) = time(rest) {
            place += length.max(1);
            after_time = true;
            continue;
        }
        if is_full_day(&tokens)
            && let Some(length) = plain_time(rest)
        {
            place += length;
            after_time = true;
            continue;
        }
        if std::mem::take(&mut after_time) {
            // 09.00–17.00, 09.00 s.d. selesai
            let joined = until(rest).or(matches!(piece, Piece::Sign('-')).then_some(1));
            if let Some(joined) = joined {
                let behind = rest.get(joined..).unwrap_or_default();
                let length = match is_open(behind) {
                    true => Some(1 + zone(behind.get(1..).unwrap_or_default(), false)),
                    false => time(behind).or(plain_time(behind)),
                };
                if let Some(length) = length {
                    place += joined + length;
                    after_time = true;
                    continue;
                }
            }
        }
        if let Some(length) = until(rest) {
            tokens.push(Token::Until);
            place += length;
            continue;
        }
        place += 1;
        match piece {
            Piece::Digits(digits) => {
                let ordinal = matches!(
                    pieces.get(place),
                    Some(Piece::Word(word)) if ["st", "nd", "rd", "th"].contains(&word.as_str())
                );
                place += usize::from(ordinal);
                tokens.push(Token::Number(digits.clone()));
            }
            Piece::Word(word) if SILENT.contains(&word.as_str()) => {
                // tgl. 20, tanggal: 20
                place += usize::from(matches!(pieces.get(place), Some(Piece::Sign('.' | ':'))));
            }
            Piece::Word(word) if FROM.contains(&word.as_str()) => tokens.push(Token::From),
            Piece::Word(word) if AND.contains(&word.as_str()) => tokens.push(Token::And),
            Piece::Word(word) => tokens.push(match (month(word), weekday(word)) {
                (Some(month), _) => Token::Month(month),
                (None, Some(day)) => Token::Weekday(day),
                (None, None) => Token::Unknown,
            }),
            Piece::Sign('&') => tokens.push(Token::And),
            Piece::Sign('-') => {
                if tokens.last() != Some(&Token::Sign('-')) {
                    tokens.push(Token::Sign('-'));
                }
            }
            Piece::Sign(sign @ ('/' | '.' | '_')) => tokens.push(Token::Sign(*sign)),
            Piece::Sign(',' | '，' | ';' | '(' | ')' | '[' | ']' | '*') => {
                tokens.push(Token::Sign(','))
            }
            Piece::Sign(_) => tokens.push(Token::Unknown),
        }
    }
    tokens
}

/// Whether a whole day has been read, behind which nothing more of it can follow.
fn is_full_day(tokens: &[Token]) -> bool {
    let parted = |token: &Token| matches!(token, Token::From | Token::Until | Token::And);
    let begin = tokens.iter().rposition(parted).map_or(0, |place| place + 1);
    let items = tokens.get(begin..).unwrap_or_default().iter();
    let items = items.filter(|token| matches!(token, Token::Number(_) | Token::Month(_)));
    let lengths: Vec<usize> = items.map(|item| item.digits().map_or(0, str::len)).collect();
    let goes_on = matches!(tokens.last(), Some(Token::Sign('-' | '/' | '.' | '_')));
    !goes_on && (lengths.contains(&8) || (lengths.len() >= 3 && lengths.contains(&4)))
}

/// Whether a text is what stands between the two ends of a range: a dash, or a word for "until".
pub(in super::super) fn is_until(text: &str) -> bool {
    let pieces = pieces(text);
    let is_dash = |piece: &Piece| *piece == Piece::Sign('-');
    !pieces.is_empty() && (pieces.iter().all(is_dash) || until(&pieces) == Some(pieces.len()))
}

/// How many pieces from the first on mean "until": `s.d.`, `s/d`, `sampai dengan`, `to`.
fn until(pieces: &[Piece]) -> Option<usize> {
    let word = |place: usize| match pieces.get(place) {
        Some(Piece::Word(word)) => word.as_str(),
        _ => "",
    };
    let dot = |place: usize| usize::from(matches!(pieces.get(place), Some(Piece::Sign('.'))));
    match word(0) {
        "s" if matches!(pieces.get(1), Some(Piece::Sign('.' | '/'))) && word(2) == "d" => {
            Some(3 + dot(3))
        }
        "s" if word(1) == "d" => Some(2 + dot(2)),
        "sampai" if ["dengan", "dgn"].contains(&word(1)) => Some(2),
        "up" if word(1) == "to" => Some(2),
        "sd" => Some(1 + dot(1)),
        first if UNTIL.contains(&first) => Some(1),
        _ => None,
    }
}
