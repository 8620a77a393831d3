//! Keys in statements: many of them as one condition, or as one parameter.

use sea_orm::DatabaseBackend;
use sea_orm::sea_query::{Expr, ExprTrait};

use crate::graphql::loader::Key;

/// More keys than this go into a statement of SQLite as one parameter: it takes 32,766 of them, and
/// a query of four levels can ask for more.
const MOST_PARAMETERS: usize = 1000;

/// Keys as one text.
pub fn joined(keys: &[Key]) -> String {
    keys.iter().map(Key::text).collect::<Vec<_>>().join(",")
}

/// The type that keys have in PostgreSQL.
pub fn type_of(keys: &[Key]) -> &'static str {
    match keys.first() {
        Some(Key::Id(_)) => "uuid",
        Some(Key::Long(_)) => "bigint",
        _ => "text",
    }
}

/// Keys as a list in JSON.
pub fn listed(keys: &[Key]) -> String {
    let value = |key: &Key| match key {
        Key::Long(number) => serde_json::Value::from(*number),
        other => other.text().into(),
    };
    serde_json::Value::from_iter(keys.iter().map(value)).to_string()
}

/// The condition that `column` holds one of `keys`. On PostgreSQL several keys are one parameter: a
/// statement of its own for each number of keys would be planned anew each time.
pub fn key_in(column: Expr, keys: &[Key], backend: DatabaseBackend) -> Expr {
    if let [key] = keys {
        return column.eq(sea_orm::Value::from(key.clone()));
    }
    let postgres = backend == DatabaseBackend::Postgres;
    if matches!(keys.first(), None | Some(Key::Long(_)))
        || (!postgres && keys.len() <= MOST_PARAMETERS)
    {
        return column.is_in(keys.iter().cloned().map(sea_orm::Value::from));
    }
    let ids = matches!(keys[0], Key::Id(_));
    if postgres {
        let all = Expr::val(joined(keys));
        // A statement within the condition is carried out once, and not for each row.
        return match ids {
            true => Expr::cust_with_exprs(
                "$1 = ANY((SELECT string_to_array($2, ',')::uuid[])::uuid[])",
                [column, all],
            ),
            false => Expr::cust_with_exprs(
                "$1 IN (SELECT unnest(string_to_array($2, ',')))",
                [column, all],
            ),
        };
    }
    let all = Expr::val(listed(keys));
    match ids {
        true => {
            Expr::cust_with_exprs("? IN (SELECT unhex(value) FROM json_each(?))", [column, all])
        }
        false => Expr::cust_with_exprs("? IN (SELECT value FROM json_each(?))", [column, all]),
    }
}

/// An id in the form in which it is kept as text.
pub(super) fn hyphenated(key: &Key) -> Key {
    match key {
        Key::Id(id) => Key::Code(id.to_string()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use entity::batch;
    use sea_orm::sea_query::{Asterisk, Query};
    use sea_orm::{ConnectionTrait, Database, EntityTrait, QueryFilter, QueryTrait};
    use uuid::Uuid;

    use super::*;

    /// However many keys there are, they are one condition; a list beyond the bound travels as one
    /// parameter.
    #[tokio::test]
    async fn many_keys_are_one_parameter() {
        let db = Database::connect("sqlite::memory:").await.unwrap();
        db.execute_unprepared("CREATE TABLE t (id BLOB, code TEXT)").await.unwrap();
        let ids: Vec<Uuid> = (1..=1500).map(Uuid::from_u128).collect();
        for id in &ids {
            let values =
                [sea_orm::Value::from(*id), sea_orm::Value::from(format!("c{}", id.as_u128()))];
            let insert = sea_orm::Statement::from_sql_and_values(
                DatabaseBackend::Sqlite,
                "INSERT INTO t VALUES (?, ?)",
                values,
            );
            db.execute_raw(insert).await.unwrap();
        }
        for many in [1, 2, 1000, 1001, 1400] {
            let keys: Vec<Key> = ids.iter().take(many).map(|id| Key::Id(*id)).collect();
            let codes: Vec<Key> =
                ids.iter().take(many).map(|id| Key::Code(format!("c{}", id.as_u128()))).collect();
            for (column, keys) in [("id", keys), ("code", codes)] {
                let wanted = key_in(Expr::col(column), &keys, DatabaseBackend::Sqlite);
                let select = Query::select().column(Asterisk).from("t").and_where(wanted).take();
                assert_eq!(db.query_all(&select).await.unwrap().len(), many);
                let (_, values) = DatabaseBackend::Sqlite
                    .build(&select)
                    .values
                    .map_or((0, 0), |values| (0, values.0.len()));
                assert!(values <= MOST_PARAMETERS, "{values}");
            }
        }
        let keys: Vec<Key> = ids.iter().map(|id| Key::Id(*id)).collect();
        let wanted = key_in(Expr::col(batch::Column::Id), &keys, DatabaseBackend::Postgres);
        let select = batch::Entity::find().filter(wanted).into_query();
        let sql = DatabaseBackend::Postgres.build(&select).sql;
        assert!(
            sql.ends_with(r#"WHERE "id" = ANY((SELECT string_to_array($1, ',')::uuid[])::uuid[])"#),
            "{sql}"
        );
    }
}
