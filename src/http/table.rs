//! Lists as tables: a query of one list is read page by page and streamed, however long the list is.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, header};
use futures::stream::{self, StreamExt, TryStreamExt};
use tokio::time::timeout;

use super::Door;
use super::graphql::Asker;
use super::reply::{Reply, VARY};
use crate::exchange::table::TableFormat;
use crate::request::table::{Table, TablePage};
use crate::request::{GraphQlParams, Limit, RequestError};

/// Rows on a page: what a table keeps in memory.
const PAGE: u64 = 1000;

impl TableFormat {
    fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "attachment; filename=\"jejaring.csv\"",
            Self::Ndjson => "attachment; filename=\"jejaring.ndjson\"",
        }
    }
}

/// A table that is being read.
struct Reading {
    door: Door,
    asker: Arc<Asker>,
    table: Table,
    format: TableFormat,
    /// How many more rows are wanted.
    left: Option<u64>,
}

/// Answers with a table, or says why there is none. What goes wrong behind the first page cuts the answer off, so that
/// nobody takes a part for the whole.
pub(super) async fn answer(
    door: Door,
    asker: Arc<Asker>,
    params: &GraphQlParams,
    format: TableFormat,
) -> Result<Response<Body>, Reply> {
    let table = door.app.front.prepare_table(params).map_err(Reply::Faulty)?;
    let head = format.head(&table.columns).map_err(|error| failed(&door, &error))?;
    let (left, after) = (table.limit, table.after.clone());
    let mut reading = Reading { door, asker, table, format, left };
    let (first, next) = reading.page(after.as_deref()).await?;
    let rest = stream::try_unfold((reading, next), async |(mut reading, next)| {
        let Some(after) = next else { return Ok(None) };
        match reading.page(Some(&after)).await {
            Ok((bytes, next)) => Ok(Some((bytes, (reading, next)))),
            Err(reply) => {
                tracing::warn!(?reply, "a table was cut off");
                Err(std::io::Error::other("the table could not be read to its end"))
            }
        }
    });
    let parts = stream::iter([head, first]).map(Ok).chain(rest).map_ok(Bytes::from);
    let mut response = Response::new(Body::from_stream(parts));
    for (name, value) in [
        (header::CONTENT_TYPE, format.content_type()),
        (header::CONTENT_DISPOSITION, format.file_name()),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, VARY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

impl Reading {
    /// The rows of the page behind `after`, and where the next one begins.
    async fn page(&mut self, after: Option<&str>) -> Result<(Vec<u8>, Option<String>), Reply> {
        let size = self.left.map_or(PAGE, |left| left.min(PAGE));
        let (app, asker) = (&self.door.app, &self.asker);
        let request = self.table.page(size, after);
        let read = app.page(asker.actor.clone(), asker.languages.clone(), request, PAGE);
        let read = timeout(self.door.patience(), read).await.map_err(|_| {
            let seconds = self.door.patience().as_secs();
            let message = format!("a page of the table was not ready within {seconds} s");
            Reply::Faulty(vec![RequestError::limit(Limit::Timeout, message)])
        })?;
        if !read.response.errors.is_empty() {
            return Err(read.response.into());
        }
        // A table may cost more than is spent at once: it waits for its turn instead of breaking off.
        let cost = read.actual_cost.min(app.front.limits().max_cost);
        while let Err(wait) = self.door.rates.spend(&asker.actor, asker.address, cost) {
            tokio::time::sleep(wait).await;
        }
        let TablePage { nodes, next } = self.table.read(read.response.data);
        self.left = self.left.map(|left| left.saturating_sub(nodes.len() as u64));
        let bytes = self.format.rows(&self.table.columns, &nodes).map_err(|error| failed(&self.door, &error))?;
        Ok((bytes, next.filter(|_| self.left != Some(0))))
    }
}

fn failed(door: &Door, error: &csv::Error) -> Reply {
    Reply::Closed(door.fault(error))
}
