//! Finds what is sought, in the order of its ranks, with few statements that read little.

use std::ops::RangeInclusive;

use entity::search_entry::{self, Column, Entity};
use entity::search_name;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, Order};

use crate::db::Readers;
use crate::db::sql::first;

/// Signs of a name in the index of names at most.
const LONGEST_NAME: usize = 200;

const RANK: &str = "rank";
/// The last of the ranks, that of whatever has the words. Before it come 0, where a name is what is
/// sought, and 1, where one begins with it.
const WORDS: i32 = 2;
/// So many records that fit are ranked and sorted, which takes some milliseconds. Where there are
/// more, most records need not be looked at: in the order of ids the first that fit come soon.
const SORTED: u64 = 3000;

/// A record that was found, and its rank.
pub(super) type Row = (i32, search_entry::Model);

/// What is sought.
#[derive(Clone)]
pub(super) struct Sought {
    pub(super) folded: String,
    pub(super) words: Vec<String>,
    pub(super) backend: DatabaseBackend,
}

impl Sought {
    /// The page of `limit` of the entries `base` behind a place.
    pub(super) async fn page(
        &self,
        db: &Readers,
        base: &SelectStatement,
        behind: Option<&(i32, String)>,
        limit: u64,
    ) -> Result<Vec<Row>, DbErr> {
        let begun = self.few(db, self.named(false)).await?;
        // What is called so has the words: where there are many of these, the index of words need
        // not be asked.
        let found = match begun {
            Some(_) => self.candidates(db).await?,
            None => None,
        };
        let parts = match (found, begun) {
            (Some(found), _) => vec![(0..=WORDS, Some(found))],
            (None, Some(begun)) => vec![(0..=1, Some(begun)), (WORDS..=WORDS, None)],
            (None, None) => vec![
                (0..=0, self.few(db, self.named(true)).await?),
                (1..=1, None),
                (WORDS..=WORDS, None),
            ],
        };
        let mut rows = Vec::new();
        for (ranks, among) in parts {
            let missing = limit - rows.len() as u64;
            if missing > 0
                && let Some(part) = self.part(base.clone(), ranks, among.as_deref(), behind)
            {
                for row in db.query_all_raw(first(&part, missing, self.backend)).await? {
                    rows.push((
                        row.try_get("", RANK)?,
                        search_entry::Model::from_query_result(&row, "")?,
                    ));
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
        // Whole words are found sooner than beginnings of words, and where many entries have them,
        // no fewer have these.
        match self.few(db, self.having(&telling, false)).await? {
            Some(_) => self.few(db, self.having(&telling, true)).await,
            None => Ok(None),
        }
    }

    /// The ids of entries, unless these are many.
    async fn few(&self, db: &Readers, ids: SelectStatement) -> Result<Option<Vec<i32>>, DbErr> {
        let rows = db.query_all_raw(first(&ids, SORTED + 1, self.backend)).await?;
        let ids =
            rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<Vec<i32>, _>>()?;
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

    /// The ids of the entries that have these words; where they may be `begun`, also of those with
    /// words that begin so.
    pub(super) fn having(&self, words: &[String], begun: bool) -> SelectStatement {
        let mut select = Query::select();
        // Folded words are letters, digits and marks: within quotation marks none of them is a sign
        // of either language.
        if self.backend == DatabaseBackend::Postgres {
            let words: Vec<String> = words
                .iter()
                .map(|word| format!("'{word}'{}", if begun { ":*" } else { "" }))
                .collect();
            // As a statement of its own the words are not known to the planner, which would rather
            // read the whole table than the index where they are common ones.
            let found = "array_to_tsvector(string_to_array(\"search_entry\".\"words\", ' ')) \
                 @@ (SELECT CAST($1 AS tsquery))";
            select
                .column((Entity, Column::Id))
                .from(Entity)
                .and_where(Expr::cust_with_values(found, [words.join(" & ")]));
        } else {
            let words: Vec<String> = words
                .iter()
                .map(|word| format!("\"{word}\"{}", if begun { "*" } else { "" }))
                .collect();
            select
                .expr(Expr::cust("rowid"))
                .from(Alias::new("search_index"))
                .and_where(Expr::cust_with_values("search_index MATCH ?", [words.join(" ")]));
        }
        select
    }

    /// The words without those of one or two letters: half of all entries may have one that begins
    /// so, and both databases would gather these entries, to keep hardly fewer than the longer
    /// words leave.
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
                self.words
                    .iter()
                    .map(has)
                    .reduce(ExprTrait::and)
                    .unwrap_or_else(|| Expr::val(false))
            }
        }
    }

    /// The entries of `base` that have one of `ranks`, behind a place, in their order; where
    /// `among` is given, of these alone. Where it is not, there is one rank, so that they are read
    /// in the order of an index until there are enough.
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
                select.and_where(if best < worst {
                    self.fits(best).not().or(further)
                } else {
                    further
                });
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
                    "\"search_entry\".\"id\" = ANY((SELECT string_to_array($1, \
                     ',')::int[])::int[])",
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
}
