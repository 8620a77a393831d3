//! Bounds on what a request may hold, checked before anything recurses over it: parsing, validation, execution and the
//! statements that a filter becomes all take stack for what is nested, and a process has one stack.

use async_graphql::{Value as ConstValue, Variables};

/// Brackets of any kind within one another, in a document.
const DEEPEST_DOCUMENT: usize = 60;
/// Lists and objects within one another, in a variable.
const DEEPEST_VARIABLE: usize = 40;
/// Values in all variables together.
const MOST_VALUES: usize = 10_000;

/// Refuses a document that nests too deep, without parsing it. What stands in strings and comments does not count.
pub fn check_document(text: &str) -> Result<(), String> {
    let mut bytes = text.as_bytes();
    let mut depth = 0_usize;
    while let Some((first, rest)) = bytes.split_first() {
        bytes = rest;
        match first {
            b'{' | b'[' | b'(' => {
                depth += 1;
                if depth > DEEPEST_DOCUMENT {
                    return Err(format!("a document takes at most {DEEPEST_DOCUMENT} brackets within one another"));
                }
            }
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'#' => bytes = after(rest, |rest| rest.starts_with(b"\n") || rest.starts_with(b"\r"), 1),
            b'"' if rest.starts_with(b"\"\"") => bytes = after(&rest[2..], |rest| rest.starts_with(b"\"\"\""), 3),
            b'"' => bytes = after(rest, |rest| rest.starts_with(b"\""), 1),
            _ => {}
        }
    }
    Ok(())
}

/// What stands behind the first place at which `ends` holds and `width` bytes more; a backslash hides the byte after it.
fn after(mut bytes: &[u8], ends: impl Fn(&[u8]) -> bool, width: usize) -> &[u8] {
    while !bytes.is_empty() {
        if ends(bytes) {
            return &bytes[width..];
        }
        let skip = if bytes[0] == b'\\' { 2 } else { 1 };
        bytes = bytes.get(skip..).unwrap_or_default();
    }
    bytes
}

/// Refuses variables that nest too deep, hold too much, or hold the character zero, which PostgreSQL's text cannot.
pub fn check_variables(variables: &Variables) -> Result<(), String> {
    let mut count = 0;
    let mut open: Vec<(&ConstValue, usize)> = variables.values().map(|value| (value, 1)).collect();
    while let Some((value, depth)) = open.pop() {
        count += 1;
        if count > MOST_VALUES {
            return Err(format!("the variables of a request take at most {MOST_VALUES} values together"));
        }
        if depth > DEEPEST_VARIABLE {
            return Err(format!("a variable takes at most {DEEPEST_VARIABLE} lists and objects within one another"));
        }
        match value {
            ConstValue::String(text) if text.contains('\0') => return Err(ZERO.to_owned()),
            ConstValue::List(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            ConstValue::Object(fields) => open.extend(fields.values().map(|field| (field, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}

/// Refuses a document whose strings hold the character zero, as it is or escaped.
pub fn check_strings(text: &str) -> Result<(), String> {
    let zero = text.contains('\0') || text.contains("\\u0000") || text.contains("\\u{0}");
    if zero { Err(ZERO.to_owned()) } else { Ok(()) }
}

const ZERO: &str = "the character U+0000 stands in a text; no text of the register has it";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let many = "[".repeat(1000);
        assert!(check_document(&format!("{{ a(x: {many}")).is_err());
        assert!(check_document(&format!("{{ a(x: \"{many}\\\"{many}\") }}")).is_ok());
        assert!(check_document(&format!("{{ a(x: \"\"\"{many}\" {many}\"\"\") }}")).is_ok());
        assert!(check_document(&format!("# {many}\n{{ a }}")).is_ok());
        assert!(check_document(&"{ a } ".repeat(1000)).is_ok());
    }

    #[test]
    fn variables_are_bounded() {
        let nested = (0..100).fold(serde_json::json!(1), |inner, _| serde_json::json!([inner]));
        let check = |value| check_variables(&Variables::from_json(serde_json::json!({ "v": value })));
        assert!(check(nested).is_err());
        assert!(check(serde_json::json!(vec![0; 10_001])).is_err());
        assert!(check(serde_json::json!("a\0b")).is_err());
        assert!(check(serde_json::json!({ "and": [{ "or": [{ "key": { "eq": "x" } }] }] })).is_ok());
    }
}
