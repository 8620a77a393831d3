//! Asking the search.

use async_graphql::{Context, Enum, ID, Object, Result};
use entity::search_entry::{self, Column, Entity};
use entity::vocabulary::RecordKind;
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, Order, QueryFilter, QueryTrait};

use super::index::{found_kinds, words};
use crate::graphql::context::{Nullable, Reading, nullable};
use crate::graphql::error::bad_input;
use crate::graphql::listing::{Listing, place, read_place};
use crate::graphql::loader::Key;
use crate::graphql::node::{Node, find, global_id};
use crate::graphql::page::{USUAL_PAGE, size};
use crate::graphql::scalars::Cursor;
use crate::text::fold;

/// Signs of a search at most.
const LONGEST_TEXT: usize = 200;
/// Signs of an excerpt at most.
const LONGEST_EXCERPT: usize = 160;

/// How a record fits what is sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SearchMatch {
    /// It is a name, a title or the key of the record.
    Exact,
    /// A name, a title or the key of the record begins with it.
    Prefix,
    /// Each word of it is the beginning of a word of the record.
    Words,
}

/// A record that was found.
#[derive(Clone, Debug)]
pub struct SearchHit {
    entry: search_entry::Model,
    fits: SearchMatch,
    excerpt: String,
}

/// A record that was found.
#[Object]
impl SearchHit {
    /// The id of the record.
    async fn id(&self, ctx: &Context<'_>) -> Result<ID> {
        Ok(global_id(self.entry.subject_kind, &self.key(ctx)?))
    }

    /// The record; null where it went away in between.
    async fn record(&self, ctx: &Context<'_>) -> Nullable<Node> {
        nullable(async { find(ctx, self.entry.subject_kind, self.key(ctx)?).await }).await
    }

    /// Which kind of record it is.
    async fn kind(&self) -> RecordKind {
        self.entry.subject_kind
    }

    /// How it fits.
    #[graphql(name = "match")]
    async fn fits(&self) -> SearchMatch {
        self.fits
    }

    /// The text of the record in which most words of the search stand, as written, in the language in which it is written; a
    /// long text is shortened around the first of them, to about 160 characters.
    async fn excerpt(&self) -> &str {
        &self.excerpt
    }
}

impl SearchHit {
    fn key(&self, ctx: &Context<'_>) -> Result<Key> {
        match self.entry.subject.parse() {
            _ if self.entry.subject_kind == RecordKind::Country => Ok(Key::Code(self.entry.subject.clone())),
            Ok(id) => Ok(Key::Id(id)),
            Err(error) => Err(ctx.reader().fail(error)),
        }
    }
}

/// Searches. A text without a letter or digit finds nothing.
pub async fn search(
    ctx: &Context<'_>,
    text: &str,
    types: Option<Vec<RecordKind>>,
    first: Option<i32>,
    after: Option<Cursor>,
) -> Result<Listing<SearchHit>> {
    let signs = text.chars().count();
    if signs > LONGEST_TEXT {
        return Err(bad_input(format!("`text` has at most {LONGEST_TEXT} characters; it has {signs}")));
    }
    let kinds: Vec<RecordKind> =
        found_kinds().filter(|kind| types.as_ref().is_none_or(|types| types.contains(kind))).collect();
    if let Some(other) = types.iter().flatten().find(|kind| !kinds.contains(kind)) {
        let known: Vec<String> = found_kinds().map(|kind| kind.to_string()).collect();
        return Err(bad_input(format!("`types` has {other}, which is not searched; it takes {}", known.join(", "))));
    }
    let reader = ctx.reader();
    let limit = first.map(|first| size("first", first, reader.largest_page())).transpose()?.unwrap_or(USUAL_PAGE);
    let sought = Sought { folded: fold(text), words: words(text), kinds, backend: reader.db().get_database_backend() };
    let list = format!("search {}", sought.folded);
    let behind: Option<(i32, String)> = after.as_ref().map(|cursor| read_place(&list, cursor)).transpose()?;
    if sought.words.is_empty() || sought.kinds.is_empty() {
        return Ok(Listing { items: Vec::new(), has_previous: false, has_next: false, total: 0 });
    }

    let base = reader.visible().select::<Entity>().filter(sought.condition()).into_query();
    let look = ctx.look_ahead();
    let wanted = |fields: &[&str]| fields.iter().any(|field| look.field(field).exists());
    let mut items = Vec::new();
    let mut has_next = false;
    if wanted(&["nodes", "pageInfo"]) {
        // One more than asked for tells whether there are more.
        let page = sought.page(base.clone(), behind.as_ref(), limit + 1);
        let db = reader.db().clone();
        let rows = reader.run(async move {
            let rows = db.query_all(&page).await?;
            let read = |row| Ok((row_rank(row)?, search_entry::Model::from_query_result(row, "")?));
            rows.iter().map(read).collect::<Result<Vec<_>, DbErr>>()
        });
        let mut rows = rows.await?;
        has_next = rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        items = rows
            .into_iter()
            .map(|(rank, entry)| (place(&list, &(rank, &entry.subject)), sought.hit(rank, entry)))
            .collect();
    }
    let mut total = 0;
    if wanted(&["totalCount"]) {
        let mut count = base;
        count.clear_selects().expr_as(Func::count(Expr::col(Asterisk)), Alias::new("count"));
        let db = reader.db().clone();
        let counted =
            reader.run(async move { db.query_one(&count).await?.map_or(Ok(0), |row| row.try_get("", "count")) });
        total = counted.await?;
    }
    Ok(Listing { items, has_previous: behind.is_some(), has_next, total })
}

const RANK: &str = "rank";

fn row_rank(row: &sea_orm::QueryResult) -> Result<i32, DbErr> {
    row.try_get("", RANK)
}

/// What is sought.
struct Sought {
    folded: String,
    words: Vec<String>,
    kinds: Vec<RecordKind>,
    backend: DatabaseBackend,
}

impl Sought {
    /// The entries that fit.
    fn condition(&self) -> sea_orm::Condition {
        // Folded words are letters, digits and marks: within quotation marks none of them is a sign of either language.
        let matching = if self.backend == DatabaseBackend::Postgres {
            let words: Vec<String> = self.words.iter().map(|word| format!("'{word}':*")).collect();
            let found = "array_to_tsvector(string_to_array(\"search_entry\".\"words\", ' ')) @@ CAST($1 AS tsquery)";
            Expr::cust_with_values(found, [words.join(" & ")])
        } else {
            let words: Vec<String> = self.words.iter().map(|word| format!("\"{word}\"*")).collect();
            let found = "\"search_entry\".\"id\" IN (SELECT rowid FROM search_index WHERE search_index MATCH ?)";
            Expr::cust_with_values(found, [words.join(" ")])
        };
        sea_orm::Condition::all().add(matching).add(Column::SubjectKind.is_in(self.kinds.iter().copied()))
    }

    /// 0 where a name is what is sought, 1 where one begins with it, 2 otherwise.
    fn rank(&self) -> Expr {
        let stands = |text: String| {
            let function = if self.backend == DatabaseBackend::Postgres { "strpos" } else { "instr" };
            let names = Expr::col((Entity, Column::Names));
            Expr::from(Func::cust(Alias::new(function)).arg(names).arg(Expr::val(text))).gt(0)
        };
        let exact = stands(format!("\n{}\n", self.folded));
        let prefix = stands(format!("\n{}", self.folded));
        Expr::case(exact, 0).case(prefix, 1).finally(2).into()
    }

    /// The page of `limit` entries behind a place.
    fn page(&self, mut select: SelectStatement, behind: Option<&(i32, String)>, limit: u64) -> SelectStatement {
        let subject = || Expr::col((Entity, Column::Subject));
        if let Some((rank, last)) = behind {
            let place = Expr::tuple([Expr::val(*rank), Expr::val(last.as_str())]);
            select.and_where(Expr::tuple([self.rank(), subject()]).gt(place));
        }
        select
            .expr_as(self.rank(), Alias::new(RANK))
            .order_by(Alias::new(RANK), Order::Asc)
            .order_by((Entity, Column::Subject), Order::Asc)
            .limit(limit);
        select
    }

    fn hit(&self, rank: i32, entry: search_entry::Model) -> SearchHit {
        let fits = match rank {
            0 => SearchMatch::Exact,
            1 => SearchMatch::Prefix,
            _ => SearchMatch::Words,
        };
        let excerpt = self.excerpt(entry.texts.as_array().into_iter().flatten().filter_map(|text| text.as_str()));
        SearchHit { entry, fits, excerpt }
    }

    fn is_begun_by(&self, word: &str) -> Option<usize> {
        let folded = words(word);
        self.words.iter().position(|sought| folded.iter().any(|word| word.starts_with(sought)))
    }

    /// The first of the texts that have the most words, the whole text before all others, around the first of these words.
    fn excerpt<'a>(&self, texts: impl Iterator<Item = &'a str>) -> String {
        let fit = |text: &&str| {
            let has = words(text);
            let found = self.words.iter().filter(|sought| has.iter().any(|word| word.starts_with(*sought))).count();
            (fold(text) == self.folded, fold(text).starts_with(&self.folded), found)
        };
        // Of equals `max_by_key` takes the last.
        let texts: Vec<&str> = texts.collect();
        let Some(text) = texts.into_iter().rev().max_by_key(fit) else { return String::new() };
        if text.chars().count() <= LONGEST_EXCERPT {
            return text.to_owned();
        }
        let parts: Vec<&str> = text.split(' ').collect();
        let at = parts.iter().position(|part| self.is_begun_by(part).is_some()).unwrap_or(0);
        // A third of the room for what stands before.
        let (mut from, mut before) = (at, 0);
        while from > 0 && before + parts[from - 1].chars().count() < LONGEST_EXCERPT / 3 {
            from -= 1;
            before += parts[from].chars().count() + 1;
        }
        let mut excerpt = String::from(if from > 0 { "… " } else { "" });
        for (place, part) in parts.iter().enumerate().skip(from) {
            if place > from && excerpt.chars().count() + part.chars().count() > LONGEST_EXCERPT {
                excerpt.push_str(" …");
                break;
            }
            if place > from {
                excerpt.push(' ');
            }
            excerpt.extend(part.chars().take(LONGEST_EXCERPT));
        }
        excerpt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sought(text: &str) -> Sought {
        Sought { folded: fold(text), words: words(text), kinds: Vec::new(), backend: DatabaseBackend::Sqlite }
    }

    #[test]
    fn an_excerpt_is_the_text_that_fits_best_around_what_was_found() {
        let texts = ["Cambodia", "Kerajaan Kamboja", "Kamboja", "KH"];
        assert_eq!(sought("kamboja").excerpt(texts.into_iter()), "Kamboja");
        assert_eq!(sought("keraj").excerpt(texts.into_iter()), "Kerajaan Kamboja");
        let long = format!("{} the café of Malang {}", "before ".repeat(40), "behind ".repeat(40));
        let excerpt = sought("cafe").excerpt([long.as_str()].into_iter());
        assert!(excerpt.starts_with("… before") && excerpt.ends_with(" …") && excerpt.contains("the café of Malang"));
        assert!(excerpt.chars().count() <= LONGEST_EXCERPT + 4, "{excerpt}");
        assert_eq!(sought("x").excerpt(["y".repeat(500).as_str()].into_iter()).chars().count(), LONGEST_EXCERPT);
    }
}
