//! Places of the log of which the register knows what it said there.

use async_graphql::{Context, Result};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use crate::db::sql::Sql;
use crate::events::{EventKind, LogCursor};
use crate::graphql::context::RequestContext;
use crate::graphql::error::{bad_input, no_place};
use crate::graphql::page::shorten;
use crate::graphql::scalars::Cursor;

/// A place of the log of which it is known what the register said there.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Where it is.
    pub at: LogCursor,
    /// How many events there were since.
    pub since: i64,
}

/// Where the log ends, and where it begins to be of use: behind the first load, before which
/// records were not told one by one.
struct Ends {
    head: LogCursor,
    loaded: Option<i64>,
}

impl Place {
    /// The place that a cursor names.
    pub async fn named(ctx: &Context<'_>, cursor: &Cursor) -> Result<Self> {
        let text = &cursor.0;
        let at: LogCursor = text.parse().map_err(|_| no_place(text))?;
        let reader = ctx.reader().clone();
        let Ends { head, loaded } =
            ctx.reader().run(async move { ends(reader.db()).await }).await?;
        let (called, position) = (shorten(text), at.position);
        if at.epoch != head.epoch {
            return Err(bad_input(format!(
                "`asKnownAt` {called:?} is a place of another log than this one: the register was \
                 restored from a backup since, or the cursor is another register's"
            )));
        }
        if position > head.position {
            return Err(bad_input(format!(
                "`asKnownAt` {called:?} is position {position} of the log, which ends at {}",
                head.position
            )));
        }
        if let Some(loaded) = loaded.filter(|loaded| position < *loaded) {
            return Err(bad_input(format!(
                "`asKnownAt` {called:?} is position {position} of the log. Nothing older is known \
                 than position {loaded}, where the register was loaded"
            )));
        }
        Ok(Self { at, since: head.position - position })
    }
}

async fn ends(db: &impl ConnectionTrait) -> Result<Ends, DbErr> {
    let mut sql = Sql::new(db.get_database_backend());
    // Events about no single record are few, and the index of records finds them.
    sql.text(
        "SELECT epoch, position, (SELECT MIN(position) FROM event WHERE subject_id IS NULL AND \
         kind = ",
    );
    sql.value(EventKind::RegisterLoaded.name());
    sql.text(") AS loaded FROM event_head");
    let row = db.query_one_raw(sql.statement()).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the log has no head".to_owned()))?;
    let epoch: Uuid = row.try_get("", "epoch")?;
    let head = LogCursor { epoch, position: row.try_get("", "position")? };
    Ok(Ends { head, loaded: row.try_get("", "loaded")? })
}
