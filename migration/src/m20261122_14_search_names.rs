//! The names by which records are found, in an index of their own: records whose names begin with
//! what is sought come first, and must not be looked for among all that have its words. Triggers
//! keep them, as they keep SQLite's index of words: whatever writes an entry need not know of them.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    let table =
        ddl.table("search_name").folded("name").integer("entry_id").key(&["name", "entry_id"]);
    ddl.create(table).await?;
    // The names of an entry stand between line ends. Folded text has no sign that means something
    // within a string of JSON.
    let split = |row: &str| match ddl.postgres() {
        true => format!("string_to_table({row}.names, E'\\n') AS value"),
        false => format!("json_each('[\"' || replace({row}.names, char(10), '\",\"') || '\"]')"),
    };
    // PostgreSQL has no room for a long name in an index.
    let cut = "substr(value, 1, 200)";
    let learn = |row: &str, from: &str| {
        let split = split(row);
        format!(
            "INSERT INTO search_name (name, entry_id) SELECT DISTINCT {cut}, {row}.id FROM \
             {from}{split} WHERE value <> '';"
        )
    };
    let forget = format!(
        "DELETE FROM search_name WHERE entry_id = OLD.id AND name IN (SELECT {cut} FROM {});",
        split("OLD")
    );
    ddl.sql(&learn("search_entry", "search_entry, ")).await?;
    let learn = learn("NEW", "");
    for (trigger, when, body) in [
        ("search_name_new", "INSERT", learn.clone()),
        ("search_name_gone", "DELETE", forget.clone()),
        ("search_name_changed", "UPDATE", forget + &learn),
    ] {
        let changed = match (when, ddl.postgres()) {
            ("UPDATE", true) => "WHEN (OLD.names IS DISTINCT FROM NEW.names)",
            ("UPDATE", false) => "WHEN OLD.names IS NOT NEW.names",
            _ => "",
        };
        let sql = match ddl.postgres() {
            true => format!(
                "CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} \
                 RETURN NULL; END $$; CREATE TRIGGER {trigger} AFTER {when} ON search_entry FOR \
                 EACH ROW {changed} EXECUTE FUNCTION {trigger}()"
            ),
            false => format!(
                "CREATE TRIGGER {trigger} AFTER {when} ON search_entry {changed} BEGIN {body} END"
            ),
        };
        ddl.sql(&sql).await?;
    }
    Ok(())
}
