//! Tables out: rows of an answer as CSV (RFC 4180) or as NDJSON (one JSON object a line).

use async_graphql::Value;

use crate::request::table::Column;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// Comma-separated values in UTF-8, with a line of column names, lines ended by CR LF.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

impl TableFormat {
    /// What stands before the rows.
    pub fn head(self, columns: &[Column]) -> Result<Vec<u8>, csv::Error> {
        match self {
            Self::Csv => records([columns.iter().map(Column::name).collect()]),
            Self::Ndjson => Ok(Vec::new()),
        }
    }

    /// Some rows.
    pub fn rows(self, columns: &[Column], nodes: &[Value]) -> Result<Vec<u8>, csv::Error> {
        match self {
            Self::Csv => records(
                nodes.iter().map(|node| columns.iter().map(|column| cell(node, column)).collect()),
            ),
            Self::Ndjson => {
                let mut bytes = Vec::new();
                for node in nodes {
                    serde_json::to_writer(&mut bytes, node).map_err(std::io::Error::from)?;
                    bytes.push(b'\n');
                }
                Ok(bytes)
            }
        }
    }
}

fn records(records: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, csv::Error> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for record in records {
        writer.write_record(record)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// What a column holds in a node.
pub(super) fn value_of<'a>(node: &'a Value, column: &Column) -> Option<&'a Value> {
    column.path.iter().try_fold(node, |value, key| match value {
        Value::Object(fields) => fields.get(key.as_str()),
        _ => None,
    })
}

/// The text of a cell that a spreadsheet opens: what it would take for a formula is made harmless.
/// What is unknown is empty.
fn cell(node: &Value, column: &Column) -> String {
    match value_of(node, column) {
        None => String::new(),
        Some(value @ (Value::String(_) | Value::List(_))) => harmless(plain_cell(value)),
        Some(value) => plain_cell(value),
    }
}

/// A value as a text: `true` and `false`, numbers, a list of such joined by `; `, anything else as
/// JSON.
pub(super) fn plain_cell(value: &Value) -> String {
    match value {
        Value::List(items) if items.iter().all(is_plain) => {
            items.iter().map(plain).collect::<Vec<_>>().join("; ")
        }
        value if is_plain(value) => plain(value),
        other => other.clone().into_json().map(|json| json.to_string()).unwrap_or_default(),
    }
}

fn is_plain(value: &Value) -> bool {
    !matches!(value, Value::List(_) | Value::Object(_))
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Enum(name) => name.to_string(),
        other => other.to_string(),
    }
}

/// A spreadsheet takes text that begins so for a formula; an apostrophe before it makes it text
/// again (OWASP, CSV injection).
pub(crate) fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    fn columns() -> Vec<Column> {
        ["title", "programme.key", "topics", "capacity", "delegations"]
            .map(|name| Column {
                path: name.split('.').map(str::to_owned).collect(),
                is_date: false,
            })
            .into()
    }

    #[test]
    fn a_row_has_a_cell_for_each_column() {
        let node = value!({
            "title": "Perak, \"emas\"\nand more", "programme": { "key": "p" }, "topics": ["a", "b"],
            "capacity": -5,
            "delegations": { "nodes": [{ "key": "k" }] },
        });
        let head = TableFormat::Csv.head(&columns()).unwrap();
        assert_eq!(head, b"title,programme.key,topics,capacity,delegations\r\n");
        let row = String::from_utf8(
            TableFormat::Csv.rows(&columns(), std::slice::from_ref(&node)).unwrap(),
        )
        .unwrap();
        assert_eq!(
            row,
            "\"Perak, \"\"emas\"\"\nand more\",p,a; \
             b,-5,\"{\"\"nodes\"\":[{\"\"key\"\":\"\"k\"\"}]}\"\r\n"
        );
        let line =
            String::from_utf8(TableFormat::Ndjson.rows(&columns(), &[node]).unwrap()).unwrap();
        assert!(line.starts_with("{\"title\":\"Perak") && line.ends_with("}\n"));
        assert_eq!(line.lines().count(), 1);
    }

    #[test]
    fn a_cell_is_never_a_formula_and_what_is_unknown_is_empty() {
        let cells = |title: &str| {
            let node = value!({ "title": title, "programme": null });
            String::from_utf8(TableFormat::Csv.rows(&columns(), &[node]).unwrap()).unwrap()
        };
        assert_eq!(cells("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\",,,,\r\n");
        for begin in ["+", "-", "@", "\t", "="] {
            assert!(
                cells(&format!("{begin}1")).trim_start_matches('"').starts_with('\''),
                "{begin:?}"
            );
        }
        assert_eq!(cells("Batch II"), "Batch II,,,,\r\n");
    }
}
