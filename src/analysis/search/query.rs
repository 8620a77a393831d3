//! Asking the search.

use async_graphql::{Context, Result};
use entity::search_entry::{Column, Entity};
use entity::vocabulary::RecordKind;
use sea_orm::sea_query::{Alias, Asterisk, Expr, Func};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryTrait};

use super::hit::SearchHit;
use super::index::{found_kinds, words};
use super::sought::Sought;
use crate::graphql::context::RequestContext;
use crate::graphql::error::bad_input;
use crate::graphql::listing::{Listing, place, read_place};
use crate::graphql::page::{USUAL_PAGE, size};
use crate::graphql::scalars::Cursor;
use crate::text::fold;

/// Signs of a search at most.
const LONGEST_TEXT: usize = 200;

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
        return Err(bad_input(format!(
            "`text` has at most {LONGEST_TEXT} characters; it has {signs}"
        )));
    }
    let kinds: Vec<RecordKind> = found_kinds()
        .filter(|kind| types.as_ref().is_none_or(|types| types.contains(kind)))
        .collect();
    if let Some(other) = types.iter().flatten().find(|kind| !kinds.contains(kind)) {
        let known: Vec<String> = found_kinds().map(|kind| kind.to_string()).collect();
        return Err(bad_input(format!(
            "`types` has {other}, which is not searched; it takes {}",
            known.join(", ")
        )));
    }
    let reader = ctx.reader();
    let limit = first
        .map(|first| size("first", first, ctx.largest_page()))
        .transpose()?
        .unwrap_or(USUAL_PAGE);
    let sought = Sought {
        folded: fold(text),
        words: words(text),
        backend: reader.db().get_database_backend(),
    };
    let list = format!("search {}", sought.folded);
    let behind: Option<(i32, String)> =
        after.as_ref().map(|cursor| read_place(&list, cursor)).transpose()?;
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
        let (db, base, asking, behind) =
            (reader.heavy().clone(), base.clone(), sought.clone(), behind.clone());
        // One more than asked for tells whether there are more.
        let rows =
            reader.run(async move { asking.page(&db, &base, behind.as_ref(), limit + 1).await });
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
        let counted = reader.run(async move {
            db.query_one(&count).await?.map_or(Ok(0), |row| row.try_get("", "count"))
        });
        total = counted.await?;
    }
    Ok(Listing { items, has_previous: behind.is_some(), has_next, total })
}
