//! What records are found by, and the index of its words: FTS5 on SQLite, `tsvector` on PostgreSQL.
//! Both are told words that are folded already, so that neither splits or stems anything by itself,
//! and both find the same.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.create(
        ddl.table("search_entry")
            .numbered("id")
            .key(&["id"])
            .text("subject_kind")
            .folded("subject")
            .uuid_null("batch_id")
            .uuid_null("person_id")
            .folded("names")
            .text("words")
            .json("texts")
            // Not the kind first: SQLite would read all entries of a kind, instead of those that
            // have the words.
            .unique(&["subject", "subject_kind"]),
    )
    .await?;
    if ddl.postgres() {
        // Not to_tsvector, which would split the words again, by the locale of the database.
        return ddl
            .sql(
                "CREATE INDEX ix_words_search_entry ON search_entry \
                 USING gin (array_to_tsvector(string_to_array(words, ' ')))",
            )
            .await;
    }
    // The tokenizer `ascii` parts at nothing but the spaces, since folded words have no other sign
    // of ASCII than letters and digits. The index keeps no text of its own, so that it must be told
    // what it is to forget.
    let forget = "INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', old.id, \
                  old.words);";
    let learn = "INSERT INTO search_index (rowid, words) VALUES (new.id, new.words);";
    for sql in [
        "CREATE VIRTUAL TABLE search_index USING fts5(words, content='search_entry', \
         content_rowid='id', tokenize='ascii', detail='none', columnsize=0, prefix='2 3')"
            .to_owned(),
        format!("CREATE TRIGGER search_entry_new AFTER INSERT ON search_entry BEGIN {learn} END"),
        format!("CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN {forget} END"),
        format!("CREATE TRIGGER search_entry_changed AFTER UPDATE ON search_entry BEGIN {forget} \
                 {learn} END"),
    ] {
        ddl.sql(&sql).await?;
    }
    Ok(())
}
