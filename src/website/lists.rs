//! What templates do with lists beyond what their language has: sources are numbered in the order
//! in which a page first names them, cells become a matrix, and counts of two keys a table.

use minijinja::value::{Rest, Value};
use minijinja::{Environment, Error};
use std::collections::BTreeMap;

/// The functions for lists: `sources_of`, `number_in`, `by_day`, `columns_of`, `matrix` and
/// `table`.
pub(super) fn add_to(templates: &mut Environment<'static>) {
    templates.add_function("sources_of", |lists: Rest<Value>| {
        let mut found: Vec<Value> = Vec::new();
        for list in lists.iter().filter(|list| !list.is_undefined() && !list.is_none()) {
            for node in list.try_iter()? {
                collect(&node, &mut found)?;
            }
        }
        Ok::<_, Error>(found)
    });
    templates.add_function("number_in", |sources: Value, source: Value| {
        let key = source.get_attr("key")?;
        for (place, known) in sources.try_iter()?.enumerate() {
            if known.get_attr("key")? == key {
                return Ok::<_, Error>(Some(place + 1));
            }
        }
        Ok(None)
    });
    templates.add_function("by_day", |nodes: Value| {
        let mut days: Vec<(String, Vec<Value>)> = Vec::new();
        for node in nodes.try_iter()? {
            let at = node.get_attr("updatedAt")?;
            let day: String = at.as_str().unwrap_or_default().chars().take(10).collect();
            match days.last_mut() {
                Some((known, nodes)) if *known == day => nodes.push(node),
                _ => days.push((day, vec![node])),
            }
        }
        let pair = |(day, nodes)| Value::from(vec![Value::from(day), Value::from(nodes)]);
        Ok::<_, Error>(days.into_iter().map(pair).collect::<Vec<_>>())
    });
    templates.add_function("columns_of", |cells: Value| columns_of(&cells));
    templates.add_function("matrix", |cells: Value, columns: Value| matrix(&cells, &columns));
    templates.add_function("table", |groups: Value| table(&groups));
}

/// Adds the source of a statement, or those of the claims of a record, unless they are known.
fn collect(node: &Value, found: &mut Vec<Value>) -> Result<(), Error> {
    let source = node.get_attr("source")?;
    if source.is_undefined() {
        for claim in node.get_attr("claims")?.get_attr("nodes")?.try_iter()? {
            collect(&claim, found)?;
        }
        return Ok(());
    }
    let key = source.get_attr("key")?;
    if !found.iter().any(|known| known.get_attr("key").ok().as_ref() == Some(&key)) {
        found.push(source);
    }
    Ok(())
}

/// The columns in which cells of a cube stand, each once, in the order of their keys: of a page of
/// cells they are as many as it needs, however many the cube has.
fn columns_of(cells: &Value) -> Result<Vec<Value>, Error> {
    let mut columns = BTreeMap::new();
    for cell in cells.try_iter()? {
        let head = cell.get_attr("column")?;
        let key = head.get_attr("key")?.as_str().map(str::to_owned);
        columns.entry(key).or_insert(head);
    }
    Ok(columns.into_values().collect())
}

/// The cells of a cube as rows: each with its head and a cell, or none, for each column.
fn matrix(cells: &Value, columns: &Value) -> Result<Vec<Value>, Error> {
    let mut places = Vec::new();
    for column in columns.try_iter()? {
        places.push(column.get_attr("key")?);
    }
    let mut rows: Vec<(Value, Vec<Value>)> = Vec::new();
    for cell in cells.try_iter()? {
        let head = cell.get_attr("row")?;
        let key = head.get_attr("key")?;
        let known = rows.last().and_then(|(head, _)| head.get_attr("key").ok());
        if known != Some(key) {
            rows.push((head, vec![Value::UNDEFINED; places.len()]));
        }
        let column = cell.get_attr("column")?.get_attr("key")?;
        let place = places.iter().position(|known| *known == column);
        if let (Some(place), Some((_, row))) = (place, rows.last_mut()) {
            row[place] = cell;
        }
    }
    let row = |(head, cells)| Value::from_pairs([("head", head), ("cells", Value::from(cells))]);
    Ok(rows.into_iter().map(row).collect())
}

/// Groups by two keys, the second of which is a status, as a row for each of the first: what it is
/// called, its record, how often each status, and how often in all; in the order of the groups.
/// Where the list ends before its last group, the last row is left out, which may lack some.
fn table(groups: &Value) -> Result<Vec<Value>, Error> {
    let mut rows: Vec<(Value, Value, BTreeMap<String, i64>)> = Vec::new();
    let nodes = groups.get_attr("nodes")?;
    for group in nodes.try_iter()? {
        let values = group.get_attr("values")?;
        let (first, status) = (values.get_item_by_index(0)?, values.get_item_by_index(1)?);
        let count = group.get_attr("count")?.as_i64().unwrap_or_default();
        let status = status.as_str().unwrap_or("NONE").to_owned();
        let place = rows.iter().position(|(known, ..)| *known == first);
        let place = place.unwrap_or_else(|| {
            let record = group.get_attr("keys").and_then(|keys| keys.get_item_by_index(0));
            let record = record.and_then(|key| key.get_attr("record")).unwrap_or_default();
            rows.push((first.clone(), record, BTreeMap::new()));
            rows.len() - 1
        });
        *rows[place].2.entry(status).or_default() += count;
    }
    let shown = nodes.len().and_then(|shown| i64::try_from(shown).ok());
    if groups.get_attr("totalCount")?.as_i64() > shown {
        rows.pop();
    }
    let row = |(value, record, counts): (Value, Value, BTreeMap<String, i64>)| {
        let of = |wanted: &[&str]| -> i64 {
            counts.iter().filter(|(status, _)| wanted.contains(&status.as_str())).map(|c| c.1).sum()
        };
        Value::from_pairs([
            ("value", value),
            ("record", record),
            ("came", of(&["ATTENDED"]).into()),
            ("absent", of(&["NOT_SENT", "NO_SHOW", "DECLINED", "WITHDRAWN"]).into()),
            ("planned", of(&["INVITED", "NOMINATED", "CONFIRMED"]).into()),
            ("open", of(&["NONE"]).into()),
            ("all", counts.values().sum::<i64>().into()),
        ])
    };
    Ok(rows.into_iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use minijinja::value::Serde;

    use super::*;

    #[test]
    fn counts_by_two_keys_become_rows() {
        let mut groups = serde_json::json!({"totalCount": 3, "nodes": [
            {"count": 2, "values": ["2017", "ATTENDED"]},
            {"count": 1, "values": ["2017", null]},
            {"count": 3, "values": ["2018", "NOT_SENT"]},
        ]});
        let rows = table(&Value::from(Serde(&groups))).expect("a table");
        let of = |row: usize, name: &str| rows[row].get_attr(name).expect("a value").as_i64();
        assert_eq!((of(0, "came"), of(0, "open"), of(0, "all")), (Some(2), Some(1), Some(3)));
        assert_eq!((of(1, "came"), of(1, "absent")), (Some(0), Some(3)));
        groups["totalCount"] = 4.into();
        let whole = table(&Value::from(Serde(&groups))).expect("a table");
        assert_eq!(whole.len(), 1, "2018 may have more than was read");
    }

    #[test]
    fn a_matrix_has_a_column_for_every_cell_of_its_page() {
        let cell = |row: u32, column: u32| {
            serde_json::json!({
                "row": {"key": format!("r{row}")}, "column": {"key": format!("c{column:03}")},
            })
        };
        let cells: Vec<_> = (0..90).map(|n| cell(n / 45, 200 - n)).collect();
        let cells = Value::from(Serde(&cells));
        let columns = columns_of(&cells).expect("columns");
        assert_eq!(columns.len(), 90);
        let columns = Value::from(columns);
        let rows = matrix(&cells, &columns).expect("a matrix");
        let shown = |row: &Value| {
            let cells = row.get_attr("cells").expect("cells");
            cells.try_iter().expect("a list").filter(|cell| !cell.is_undefined()).count()
        };
        assert_eq!(rows.iter().map(shown).collect::<Vec<_>>(), [45, 45]);
        let alone = serde_json::json!([{"row": {"key": "r"}, "column": null}]);
        let alone = Value::from(Serde(&alone));
        let columns = Value::from(columns_of(&alone).expect("columns"));
        assert_eq!(shown(&matrix(&alone, &columns).expect("a matrix")[0]), 1);
    }
}
