//! Asking the search.

use std::ops::RangeInclusive;

use async_graphql::{Context, Enum, ID, Object, Result};
use entity::search_entry::{self, Column, Entity};
use entity::search_name;
use entity::vocabulary::RecordKind;
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, Order, QueryFilter, QueryTrait};

use super::index::{found_kinds, words};
use crate::db::Readers;
use crate::db::sql::first;
use crate::engine::node::Node;
use crate::graphql::context::{Nullable, Reading};
use crate::graphql::error::bad_input;
use crate::graphql::listing::{Listing, place, read_place};
use crate::graphql::loader::Key;
use crate::graphql::node::global_id;
use crate::graphql::page::{USUAL_PAGE, size};
use crate::graphql::scalars::Cursor;
use crate::text::fold;

/// Signs of a search at most.
const LONGEST_TEXT: usize = 200;
/// Signs of a name in the index of names at most.
const LONGEST_NAME: usize = 200;
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
        Some(self.key(ctx).map(|key| Node::seen(self.entry.subject_kind, key)))
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
            Err(error) => Err(ctx.reader().fail(error.to_string())),
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
    let limit = first.map(|first| size("first", first, ctx.largest_page())).transpose()?.unwrap_or(USUAL_PAGE);
    let sought = Sought { folded: fold(text), words: words(text), backend: reader.db().get_database_backend() };
    let list = format!("search {}", sought.folded);
    let behind: Option<(i32, String)> = after.as_ref().map(|cursor| read_place(&list, cursor)).transpose()?;
    if sought.words.is_empty() || kinds.is_empty() {
        return Ok(Listing { items: Vec::new(), has_previous: false, has_next: false, total: 0 });
    }

    let mut base = reader.visible().select::<Entity>();
    if types.is_some() {
        base = base.filter(Column::SubjectKind.is_in(kinds.iter().copied()));
    }
    let base = base.into_query();
    let look = ctx.look_ahead();
    let wanted = |fields: &[&str]| fields.iter().any(|field| look.field(field).exists());
    let mut items = Vec::new();
    let mut has_next = false;
    if wanted(&["nodes", "pageInfo"]) {
        let (db, base, asking, behind) = (reader.heavy().clone(), base.clone(), sought.clone(), behind.clone());
        // One more than asked for tells whether there are more.
        let rows = reader.run(async move { asking.page(&db, &base, behind.as_ref(), limit + 1).await });
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
        count.and_where(Column::Id.in_subquery(sought.having(&sought.words, true)));
        count.clear_selects().expr_as(Func::count(Expr::col(Asterisk)), Alias::new("count"));
        let db = reader.heavy().clone();
        let counted =
            reader.run(async move { db.query_one(&count).await?.map_or(Ok(0), |row| row.try_get("", "count")) });
        total = counted.await?;
    }
    Ok(Listing { items, has_previous: behind.is_some(), has_next, total })
}

const RANK: &str = "rank";
/// The last of the ranks, that of whatever has the words. Before it come 0, where a name is what is sought, and 1, where one begins
/// with it.
const WORDS: i32 = 2;
/// So many records that fit are ranked and sorted, which takes some milliseconds. Where there are more, most records need not be
/// looked at: in the order of ids the first that fit come soon.
const SORTED: u64 = 3000;

/// A record that was found, and its rank.
type Row = (i32, search_entry::Model);

/// What is sought.
#[derive(Clone)]
struct Sought {
    folded: String,
    words: Vec<String>,
    backend: DatabaseBackend,
}

impl Sought {
    /// The page of `limit` of the entries `base` behind a place.
    async fn page(
        &self,
        db: &Readers,
        base: &SelectStatement,
        behind: Option<&(i32, String)>,
        limit: u64,
    ) -> Result<Vec<Row>, DbErr> {
        let begun = self.few(db, self.named(false)).await?;
        // What is called so has the words: where there are many of these, the index of words need not be asked.
        let found = match begun {
            Some(_) => self.candidates(db).await?,
            None => None,
        };
        let parts = match (found, begun) {
            (Some(found), _) => vec![(0..=WORDS, Some(found))],
            (None, Some(begun)) => vec![(0..=1, Some(begun)), (WORDS..=WORDS, None)],
            (None, None) => vec![(0..=0, self.few(db, self.named(true)).await?), (1..=1, None), (WORDS..=WORDS, None)],
        };
        let mut rows = Vec::new();
        for (ranks, among) in parts {
            let missing = limit - rows.len() as u64;
            if missing > 0
                && let Some(part) = self.part(base.clone(), ranks, among.as_deref(), behind)
            {
                for row in db.query_all_raw(first(&part, missing, self.backend)).await? {
                    rows.push((row.try_get("", RANK)?, search_entry::Model::from_query_result(&row, "")?));
                }
            }
        }
        Ok(rows)
    }

    /// The ids of the entries among which all are that have the words, unless these are many.
    async fn candidates(&self, db: &Readers) -> Result<Option<Vec<i32>>, DbErr> {
        let telling = self.telling_words();
        // Few entries have the same number, and the other words can be tested in these alone.
        let number = telling.iter().position(|word| word.chars().any(char::is_numeric));
        if let Some(number) = number.filter(|_| telling.len() > 1) {
            let found = self.few(db, self.having(&telling[number..=number], true)).await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        // Whole words are found sooner than beginnings of words, and where many entries have them, no fewer have these.
        match self.few(db, self.having(&telling, false)).await? {
            Some(_) => self.few(db, self.having(&telling, true)).await,
            None => Ok(None),
        }
    }

    /// The ids of entries, unless these are many.
    async fn few(&self, db: &Readers, ids: SelectStatement) -> Result<Option<Vec<i32>>, DbErr> {
        let rows = db.query_all_raw(first(&ids, SORTED + 1, self.backend)).await?;
        let ids = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<Vec<i32>, _>>()?;
        Ok((ids.len() as u64 <= SORTED).then_some(ids))
    }

    /// The ids of the entries that have a name which is what is sought, or begins with it.
    fn named(&self, exactly: bool) -> SelectStatement {
        let name: String = self.folded.chars().take(LONGEST_NAME).collect();
        // No text has the last of all code points.
        let last = if exactly { name.clone() } else { format!("{name}\u{10ffff}") };
        let mut select = Query::select();
        select
            .column(search_name::Column::EntryId)
            .from(search_name::Entity)
            .and_where(search_name::Column::Name.between(name, last))
            // From the index, however many the planner expects.
            .order_by(search_name::Column::Name, Order::Asc);
        select
    }

    /// The ids of the entries that have these words; where they may be `begun`, also of those with words that begin so.
    fn having(&self, words: &[String], begun: bool) -> SelectStatement {
        let mut select = Query::select();
        // Folded words are letters, digits and marks: within quotation marks none of them is a sign of either language.
        if self.backend == DatabaseBackend::Postgres {
            let words: Vec<String> =
                words.iter().map(|word| format!("'{word}'{}", if begun { ":*" } else { "" })).collect();
            // As a statement of its own the words are not known to the planner, which would rather read the whole table than
            // the index where they are common ones.
            let found =
                "array_to_tsvector(string_to_array(\"search_entry\".\"words\", ' ')) @@ (SELECT CAST($1 AS tsquery))";
            select
                .column((Entity, Column::Id))
                .from(Entity)
                .and_where(Expr::cust_with_values(found, [words.join(" & ")]));
        } else {
            let words: Vec<String> =
                words.iter().map(|word| format!("\"{word}\"{}", if begun { "*" } else { "" })).collect();
            select
                .expr(Expr::cust("rowid"))
                .from(Alias::new("search_index"))
                .and_where(Expr::cust_with_values("search_index MATCH ?", [words.join(" ")]));
        }
        select
    }

    /// The words without those of one or two letters: half of all entries may have one that begins so, and both databases
    /// would gather these entries, to keep hardly fewer than the longer words leave.
    fn telling_words(&self) -> Vec<String> {
        let tells = |word: &&String| word.chars().count() > 2 || word.chars().any(char::is_numeric);
        let words: Vec<String> = self.words.iter().filter(tells).cloned().collect();
        if words.is_empty() { self.words.clone() } else { words }
    }

    /// Whether an entry has at most this rank: each one includes those before it.
    fn fits(&self, rank: i32) -> Expr {
        let function = if self.backend == DatabaseBackend::Postgres { "strpos" } else { "instr" };
        let stands = |within: Expr, text: String| {
            Expr::from(Func::cust(Alias::new(function)).arg(within).arg(Expr::val(text))).gt(0)
        };
        let names = Expr::col((Entity, Column::Names));
        match rank {
            0 => stands(names, format!("\n{}\n", self.folded)),
            1 => stands(names, format!("\n{}", self.folded)),
            _ => {
                let words = Expr::cust("' ' || \"search_entry\".\"words\"");
                let has = |word: &String| stands(words.clone(), format!(" {word}"));
                self.words.iter().map(has).reduce(ExprTrait::and).unwrap_or_else(|| Expr::val(false))
            }
        }
    }

    /// The entries of `base` that have one of `ranks`, behind a place, in their order; where `among` is given, of these alone. Where it
    /// is not, there is one rank, so that they are read in the order of an index until there are enough.
    fn part(
        &self,
        base: SelectStatement,
        ranks: RangeInclusive<i32>,
        among: Option<&[i32]>,
        behind: Option<&(i32, String)>,
    ) -> Option<SelectStatement> {
        let (mut best, worst) = ranks.into_inner();
        let subject = || Expr::col((Entity, Column::Subject));
        let mut select = base;
        if let Some((rank, last)) = behind {
            best = Ord::max(best, *rank);
            if *rank == best {
                let further = subject().gt(last.as_str());
                select.and_where(if best < worst { self.fits(best).not().or(further) } else { further });
            }
        }
        if best > worst || among.is_some_and(<[i32]>::is_empty) {
            return None;
        }
        select.and_where(self.fits(worst));
        if best > 0 {
            select.and_where(self.fits(best - 1).not());
        }
        if let Some(ids) = among {
            let ids = ids.iter().map(i32::to_string).collect::<Vec<_>>().join(",");
            let among = match self.backend {
                DatabaseBackend::Postgres => Expr::cust_with_values(
                    "\"search_entry\".\"id\" = ANY((SELECT string_to_array($1, ',')::int[])::int[])",
                    [ids],
                ),
                _ => Expr::cust_with_values(
                    "\"search_entry\".\"id\" IN (SELECT value FROM json_each(?))",
                    [format!("[{ids}]")],
                ),
            };
            select.and_where(among);
        }
        let rank = (best..worst).rev().fold(Expr::cust(worst.to_string()), |other, rank| {
            Expr::case(self.fits(rank), Expr::cust(rank.to_string())).finally(other).into()
        });
        select.expr_as(rank, Alias::new(RANK));
        if best < worst {
            select.order_by(Alias::new(RANK), Order::Asc);
        }
        select.order_by((Entity, Column::Subject), Order::Asc);
        Some(select)
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
        Sought { folded: fold(text), words: words(text), backend: DatabaseBackend::Sqlite }
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
