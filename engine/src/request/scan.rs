//! One pass over the bytes of a document, which counts what the parser would pay for. It refuses
//! before anything is built, so that what parser and validator may need beyond linear time meets
//! small documents only.

use async_graphql::Pos;

use super::error::{Limit, RequestError};
use super::limits::Limits;

/// What a document holds, as far as bytes tell. What is not GraphQL is skipped here: the parser
/// says so better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Lexical tokens.
    pub tokens: usize,
    /// Brackets inside one another.
    pub nesting: usize,
    /// Directives.
    pub directives: usize,
}

/// Counts, and refuses what exceeds a limit.
pub fn scan(text: &str, limits: &Limits) -> Result<Counted, RequestError> {
    if text.len() > limits.max_body_bytes {
        let message = format!(
            "the document has {} bytes; at most {} are read",
            text.len(),
            limits.max_body_bytes
        );
        return Err(RequestError::limit(Limit::Body, message));
    }
    let counted = count(text.as_bytes());
    let limit = |limit: Limit, what: &str, found: usize, most: usize| {
        let message = || format!("the document has {found} {what}; at most {most} are allowed");
        if found > most { Err(RequestError::limit(limit, message())) } else { Ok(()) }
    };
    limit(Limit::Tokens, "tokens", counted.tokens, limits.max_tokens)?;
    limit(Limit::Nesting, "levels of brackets", counted.nesting, limits.max_nesting)?;
    limit(Limit::Directives, "directives", counted.directives, limits.max_directives)?;
    Ok(counted)
}

fn count(bytes: &[u8]) -> Counted {
    let mut counted = Counted::default();
    let (mut at, mut open) = (0, 0_usize);
    let run = |from: usize, part: fn(u8) -> bool| {
        bytes[from..]
            .iter()
            .position(|byte| !part(*byte))
            .map_or(bytes.len(), |length| from + length)
    };
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = run(at, |byte| byte != b'\n' && byte != b'\r');
                continue;
            }
            b'"' => string(bytes, at),
            b'{' | b'[' | b'(' => {
                open += 1;
                counted.nesting = counted.nesting.max(open);
                at + 1
            }
            b'}' | b']' | b')' => {
                open = open.saturating_sub(1);
                at + 1
            }
            b'@' => {
                counted.directives += 1;
                at + 1
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                run(at, |byte| byte == b'_' || byte.is_ascii_alphanumeric())
            }
            b'-' | b'0'..=b'9' => {
                run(at + 1, |byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
            }
            b'.' if bytes[at..].starts_with(b"...") => at + 3,
            _ => at + 1,
        };
        counted.tokens += 1;
    }
    counted
}

/// The end of the string that begins at `start`.
fn string(bytes: &[u8], start: usize) -> usize {
    let block = bytes[start..].starts_with(b"\"\"\"");
    let mut at = start + if block { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if !block => at += 2,
            b'\\' if bytes[at..].starts_with(b"\\\"\"\"") => at += 4,
            b'"' if !block => return at + 1,
            b'"' if bytes[at..].starts_with(b"\"\"\"") => return at + 3,
            b'\n' | b'\r' if !block => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Finds line and column of an offset in logarithmic time: the parser's own way counts characters
/// from the start of the line, which makes a document of one long line quadratic.
pub struct Places {
    lines: Vec<usize>,
    /// The bytes that begin no character.
    inner: Vec<usize>,
}

impl Places {
    /// Of a document.
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = |at: usize| {
            bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'))
        };
        let lines = std::iter::once(0)
            .chain((0..bytes.len()).filter(|at| ends(*at)).map(|at| at + 1))
            .collect();
        let inner = (0..bytes.len()).filter(|at| !text.is_char_boundary(*at)).collect();
        Self { lines, inner }
    }

    /// Line and column, both from 1.
    pub fn find(&self, offset: usize) -> Pos {
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines[line - 1];
        let before = |offset: usize| self.inner.partition_point(|inner| *inner < offset);
        Pos { line, column: offset - start - (before(offset) - before(start)) + 1 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counted(text: &str) -> (usize, usize, usize) {
        let Counted { tokens, nesting, directives } = count(text.as_bytes());
        (tokens, nesting, directives)
    }

    #[test]
    fn tokens_are_counted_as_the_specification_cuts_them() {
        assert_eq!(counted("{ a(b: -1.5e+3), ...F @skip(if: $x) } # { \"\n"), (18, 2, 1));
        assert_eq!(counted(r#"{ a(s: "x { \" @y", b: """ " \""" { """) }"#), (11, 2, 0));
        assert_eq!(counted("\"\"\"never closed {"), (1, 0, 0));
        assert_eq!(counted("\"\" \"\""), (2, 0, 0));
    }

    #[test]
    fn places_count_characters_and_all_line_ends() {
        let text = "a\r\nb\rñé x\n";
        let places = Places::of(text);
        let at = |part: &str| {
            let place = places.find(text.find(part).expect("a part"));
            (place.line, place.column)
        };
        assert_eq!((at("a"), at("b"), at("ñ"), at("x")), ((1, 1), (2, 1), (3, 1), (3, 4)));
    }

    proptest! {
        /// Nothing that a client can send makes it panic, and no byte is counted twice.
        #[test]
        fn any_text_is_counted(text in "\\PC{0,200}|[\\\\\"\n .{}\\[\\]()a1@-]{0,200}") {
            prop_assert!(count(text.as_bytes()).tokens <= text.len());
        }

        /// The parser sees the same number of tokens in what it accepts (it counts blanks and the
        /// end besides).
        #[test]
        fn the_parser_never_sees_fewer_tokens(text in "[a-c{}() \n,:!$\\[\\]@1-9\"#]{0,60}") {
            let mut parser = apollo_compiler::parser::Parser::new();
            if parser.parse_ast(text.clone(), "").is_ok() {
                prop_assert!(count(text.as_bytes()).tokens <= parser.tokens_reached());
            }
        }
    }
}
