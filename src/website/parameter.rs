//! What a page takes behind the `?` of its address, and what it makes of that.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

/// The most that is read of a value, and the most of a wrong one that is shown again.
const LONGEST: usize = 400;
const SHOWN: usize = 80;
/// The longest text that the register searches for.
const LONGEST_SEARCH: usize = 200;
/// Rows of a page of a list, and marks of a page of a matrix.
const ROWS: u32 = 25;
const MARKS: u32 = 100;

/// One of the things that a page takes.
#[derive(Debug)]
pub struct Parameter {
    /// Its name in the address.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// What it becomes in the operation.
    pub becomes: Becomes,
}

/// What a value is.
#[derive(Debug)]
pub enum Kind {
    /// A year of the calendar.
    Year,
    /// A day, as in ISO 8601.
    Day,
    /// The key of a record.
    Key,
    /// The code of a country.
    Country,
    /// A member of an enumeration of the schema.
    Member(&'static [&'static str]),
    /// One of several things, with what it is in the operation, as JSON; the first where none is
    /// named.
    Choice(&'static [(&'static str, &'static str)]),
    /// Words to search for.
    Words,
    /// A place in a list.
    Place,
}

/// What a value becomes.
#[derive(Debug)]
pub enum Becomes {
    /// A variable of the operation.
    Variable(&'static str),
    /// A condition on the nodes of the list, `%` standing for the value.
    Condition(&'static str),
    /// The words of a search, which is left out where there are none.
    Search,
    /// The first row of the list is behind it.
    After,
    /// The same of a matrix, which has more marks on a page than lists have rows.
    AfterMarks,
    /// The last row of the list is before it.
    Before,
}

/// What is wrong with an address.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The text of the catalogue that says so.
    pub text: &'static str,
    /// What was given, cut off where it is long.
    pub value: String,
    /// What was expected.
    pub about: String,
}

impl Kind {
    /// A value as JSON, or what is wrong with it.
    fn read(&self, value: &str) -> Result<Value, Wrong> {
        let wrong = |text, about: String| Wrong { text, value: shortened(value), about };
        match self {
            Self::Words => {
                let letters = value.chars().count();
                if letters > LONGEST_SEARCH {
                    return Err(Wrong {
                        value: letters.to_string(),
                        ..wrong("wrongSearch", LONGEST_SEARCH.to_string())
                    });
                }
                Ok(value.into())
            }
            _ if value.len() > LONGEST && !matches!(self, Self::Place) => {
                Err(wrong("wrongLong", LONGEST.to_string()))
            }
            Self::Year => match value.parse::<i32>() {
                Ok(year) if (1..=9999).contains(&year) => Ok(year.into()),
                _ => Err(wrong("wrongYear", String::new())),
            },
            Self::Day => match value.parse::<NaiveDate>() {
                Ok(day) if value.len() == 10 => Ok(day.to_string().into()),
                _ => Err(wrong("wrongDay", String::new())),
            },
            Self::Country => {
                country(value).map(Value::from).ok_or_else(|| wrong("wrongCountry", String::new()))
            }
            Self::Member(members) if members.contains(&value) => Ok(value.into()),
            Self::Member(members) => Err(wrong("wrongMember", members.join(", "))),
            Self::Choice(choices) => {
                let chosen = choices.iter().find(|(name, _)| *name == value);
                let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
                chosen
                    .map(|(_, json)| written(json))
                    .ok_or_else(|| wrong("wrongMember", names.join(", ")))
            }
            Self::Key | Self::Place => Ok(value.into()),
        }
    }
}

/// The code of a country, in the letters that the register has.
pub(super) fn country(value: &str) -> Option<String> {
    let code = value.to_ascii_uppercase();
    let is_code = matches!(code.len(), 2 | 4) && code.bytes().all(|b| b.is_ascii_uppercase());
    is_code.then_some(code)
}

/// What stands in the table of pages, which a test reads.
fn written(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or(Value::Null)
}

/// What is given, as far as it can be shown.
fn shortened(value: &str) -> String {
    let mut letters = value.chars().filter(|letter| !letter.is_control());
    let shown: String = letters.by_ref().take(SHOWN).collect();
    if letters.next().is_some() { shown + "…" } else { shown }
}

/// A condition with its value.
fn filled(condition: &str, value: &Value) -> Value {
    match written(condition) {
        Value::Object(fields) => Value::Object(
            fields.into_iter().map(|(name, inner)| (name, put(inner, value))).collect(),
        ),
        other => other,
    }
}

fn put(inner: Value, value: &Value) -> Value {
    match inner {
        Value::String(mark) if mark == "%" => value.clone(),
        Value::Object(fields) => Value::Object(
            fields.into_iter().map(|(name, inner)| (name, put(inner, value))).collect(),
        ),
        other => other,
    }
}

/// The variables of an operation, from what an address has; with what the page knows of it.
pub(super) fn variables(
    takes: &[Parameter],
    mut variables: Map<String, Value>,
    query: &str,
) -> Result<(Value, Vec<(String, String)>), Wrong> {
    let given: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.trim().to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let (mut known, mut conditions, mut place) = (Vec::new(), Vec::new(), None);
    for Parameter { name, kind, becomes } in takes {
        let Some((_, value)) = given.iter().find(|(given, _)| given == name) else {
            match (kind, becomes) {
                (Kind::Choice([(_, first), ..]), Becomes::Variable(variable)) => {
                    variables.insert((*variable).to_owned(), written(first));
                }
                (Kind::Choice([(_, first), ..]), Becomes::Condition(condition)) => {
                    conditions.push(filled(condition, &written(first)));
                }
                (_, Becomes::Search) => {
                    variables.insert("text".to_owned(), "".into());
                    variables.insert("some".to_owned(), false.into());
                }
                _ => {}
            }
            continue;
        };
        let read = kind.read(value)?;
        known.push(((*name).to_owned(), value.clone()));
        match becomes {
            Becomes::Variable(variable) => {
                variables.insert((*variable).to_owned(), read);
            }
            Becomes::Condition(condition) => conditions.push(filled(condition, &read)),
            Becomes::Search => {
                variables.insert("text".to_owned(), read);
                variables.insert("some".to_owned(), true.into());
            }
            Becomes::After | Becomes::AfterMarks => {
                place = place.or(Some(("after", "first", read)))
            }
            Becomes::Before => place = place.or(Some(("before", "last", read))),
        }
    }
    if takes.iter().any(|parameter| matches!(parameter.becomes, Becomes::Condition(_))) {
        let filter = if conditions.is_empty() { json!({}) } else { json!({"and": conditions}) };
        variables.insert("filter".to_owned(), filter);
    }
    let most = takes.iter().find_map(|parameter| match parameter.becomes {
        Becomes::After => Some(ROWS),
        Becomes::AfterMarks => Some(MARKS),
        _ => None,
    });
    if let Some(most) = most {
        let (side, size, cursor) = place.unwrap_or(("after", "first", Value::Null));
        variables.insert(side.to_owned(), cursor);
        variables.insert(size.to_owned(), most.into());
    }
    Ok((Value::Object(variables), known))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKES: &[Parameter] = &[
        Parameter {
            name: "year",
            kind: Kind::Year,
            becomes: Becomes::Condition(r#"{"year":{"eq":"%"}}"#),
        },
        Parameter {
            name: "sort",
            kind: Kind::Choice(&[("new", r#"[{"field":"DATE"}]"#), ("old", "[]")]),
            becomes: Becomes::Variable("order"),
        },
        Parameter { name: "after", kind: Kind::Place, becomes: Becomes::After },
        Parameter { name: "before", kind: Kind::Place, becomes: Becomes::Before },
        Parameter { name: "q", kind: Kind::Words, becomes: Becomes::Search },
        Parameter { name: "asOf", kind: Kind::Day, becomes: Becomes::Variable("asOf") },
    ];

    fn read(query: &str) -> Result<(Value, Vec<(String, String)>), Wrong> {
        variables(TAKES, Map::new(), query)
    }

    #[test]
    fn an_address_becomes_variables() {
        let (variables, known) = read("year=2023&utm=x&sort=old&after=abc&empty=").expect("good");
        assert_eq!(
            variables,
            json!({
                "filter": {"and": [{"year": {"eq": 2023}}]},
                "order": [], "after": "abc", "first": ROWS, "some": false, "text": "",
            })
        );
        assert_eq!(known.len(), 3);
        assert_eq!(
            read("").expect("good").0,
            json!({
                "filter": {}, "order": [{"field": "DATE"}], "after": null, "first": ROWS,
                "some": false, "text": "",
            })
        );
        assert_eq!(read("before=z").expect("good").0["last"], ROWS);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (query, text, value) in [
            ("year=soon", "wrongYear", "soon"),
            ("year=99999", "wrongYear", "99999"),
            ("asOf=2023-13-01", "wrongDay", "2023-13-01"),
            ("sort=%3Cscript%3E", "wrongMember", "<script>"),
            (&format!("q={}", "x".repeat(10_000)), "wrongSearch", "10000"),
        ] {
            let wrong = read(query).expect_err(query);
            assert_eq!((wrong.text, wrong.value.as_str()), (text, value), "{query}");
        }
        assert_eq!(shortened(&"x".repeat(1000)).chars().count(), SHOWN + 1);
    }
}
