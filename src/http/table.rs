//! Lists as tables: a query of one list is read page by page and streamed, however long the list
//! is.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, header};
use futures::stream::{self, StreamExt, TryStreamExt};
use tokio::time::timeout;

use super::HttpState;
use super::graphql::Caller;
use super::reply::{Closed, Reply, VARY};
use crate::db::in_own_task;
use crate::exchange::table::TableFormat;
use crate::request::table::{LARGEST_TABLE_PAGE, Table, TablePage};
use crate::request::{GraphQlParams, Limit, RequestError};

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
pub(super) struct TableReader {
    state: HttpState,
    caller: Arc<Caller>,
    /// What is read.
    pub(super) table: Table,
    /// How many more rows are wanted.
    left: Option<u64>,
    /// What was paid for more than the pages so far had.
    credit: u64,
}

/// Answers with a table, or says why there is none. What goes wrong behind the first page cuts the
/// answer off, so that nobody takes a part for the whole.
pub(super) async fn answer(
    state: HttpState,
    caller: Arc<Caller>,
    params: &GraphQlParams,
    format: TableFormat,
) -> Result<Response<Body>, Reply> {
    let table = state.app.pipeline.prepare_table(params).map_err(Reply::Faulty)?;
    let head = format.head(&table.columns).map_err(|error| failed(&state, &error))?;
    let after = table.after.clone();
    let mut reading = TableReader::new(state, caller, table);
    let (first, next) = reading.bytes(format, after.as_deref()).await?;
    let rest = stream::try_unfold((reading, next), move |(mut reading, next)| async move {
        let Some(after) = next else { return Ok(None) };
        match reading.bytes(format, Some(&after)).await {
            Ok((bytes, next)) => Ok(Some((bytes, (reading, next)))),
            Err(reply) => {
                tracing::warn!(code = reply.code(), "a table was cut off");
                Err(std::io::Error::other("the table could not be read to its end"))
            }
        }
    });
    let parts = stream::iter([head, first]).map(Ok).chain(rest).map_ok(Bytes::from);
    Ok(file(Body::from_stream(parts), format.content_type(), format.file_name()))
}

/// An answer that a browser saves as a file.
pub(super) fn file(body: Body, media: &'static str, name: &'static str) -> Response<Body> {
    let mut response = Response::new(body);
    for (name, value) in [
        (header::CONTENT_TYPE, media),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, VARY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

impl TableReader {
    /// Begins to read a table.
    pub(super) fn new(state: HttpState, caller: Arc<Caller>, table: Table) -> Self {
        Self { state, caller, left: table.limit, table, credit: 0 }
    }

    /// The rows of the page behind `after` as they are written, and where the next one begins.
    async fn bytes(
        &mut self,
        format: TableFormat,
        after: Option<&str>,
    ) -> Result<(Vec<u8>, Option<String>), Reply> {
        let TablePage { nodes, next } = self.page(after).await?;
        let bytes = format.rows(&self.table.columns, &nodes);
        Ok((bytes.map_err(|error| failed(&self.state, &error))?, next))
    }

    /// The rows of the page behind `after`, and where the next one begins.
    pub(super) async fn page(&mut self, after: Option<&str>) -> Result<TablePage, Reply> {
        let size = self.left.map_or(self.table.page_size, |left| left.min(self.table.page_size));
        let caller = &self.caller;
        // A table may cost more than is spent at once: it waits for its turn instead of breaking
        // off. Paid for is all that the page may have, before any of it is read.
        let most = self.table.cost(size);
        while let Err(wait) =
            self.state.rates.spend(&caller.actor, caller.address, most.saturating_sub(self.credit))
        {
            tokio::time::sleep(wait).await;
        }
        let (state, caller, request) =
            (self.state.clone(), self.caller.clone(), self.table.page(size, after));
        // A stream is not polled while its client does not read; what it reads from the database is
        // not to wait for that.
        let read = in_own_task(async move {
            let app = &state.app;
            let read = app.page(
                caller.actor.clone(),
                caller.languages.clone(),
                request,
                LARGEST_TABLE_PAGE,
            );
            tokio::select! {
                biased;
                why = app.db.away() => Err(Reply::Closed(Closed::away(why, false))),
                read = timeout(state.patience(), read) => read.map_err(|_| {
                    let seconds = state.patience().as_secs();
                    let message = format!("a page of the table was not ready within {seconds} s");
                    Reply::Faulty(vec![RequestError::limit(Limit::Timeout, message)])
                }),
            }
        });
        let read = read.await?;
        if !read.response.errors.is_empty() {
            return Err(read.response.into());
        }
        self.credit = self.credit.max(most) - read.actual_cost.min(most);
        let TablePage { nodes, next } = self.table.read(read.response.data);
        self.left = self.left.map(|left| left.saturating_sub(nodes.len() as u64));
        let next = next.filter(|_| self.left != Some(0));
        Ok(TablePage { nodes, next })
    }
}

fn failed(state: &HttpState, error: &csv::Error) -> Reply {
    Reply::Closed(state.fault(error))
}
