//! Lists as a workbook: each root field of a query is read to its end, as a sheet.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;

use super::HttpState;
use super::accept::XLSX;
use super::graphql::Caller;
use super::reply::Reply;
use super::table::{TableReader, file};
use crate::exchange::workbook::TableWorkbook;
use crate::request::table::TablePage;
use crate::request::{GraphQlParams, RequestError};

/// The most rows of a workbook, all sheets together: it is sent once it is whole.
const MOST_ROWS: usize = 100_000;

/// Answers with a workbook, or says why there is none.
pub(super) async fn answer(
    state: HttpState,
    caller: Arc<Caller>,
    params: &GraphQlParams,
) -> Result<Response<Body>, Reply> {
    let sheets = state.app.pipeline.prepare_sheets(params).map_err(Reply::Faulty)?;
    let failed = |error: rust_xlsxwriter::XlsxError| {
        Reply::Closed(state.fault(format!("the workbook: {error}")))
    };
    let (mut book, mut rows) = (TableWorkbook::default(), 0);
    for (name, table) in sheets {
        let mut sheet = book.begin(&name, &table.columns).map_err(failed)?;
        let mut after = table.after.clone();
        let mut reading = TableReader::new(state.clone(), caller.clone(), table);
        loop {
            let TablePage { nodes, next } = reading.page(after.as_deref()).await?;
            rows += nodes.len();
            if rows > MOST_ROWS {
                let message = format!(
                    "the workbook would have more than {MOST_ROWS} rows: choose fewer by a \
                     filter, or take the lists as text/csv, one by one"
                );
                return Err(Reply::Faulty(vec![RequestError::input(message)]));
            }
            book.add(&mut sheet, &nodes).map_err(failed)?;
            after = next;
            if after.is_none() {
                break;
            }
        }
    }
    let query = params.query.clone().unwrap_or_default();
    let variables = serde_json::to_string(&params.variables).unwrap_or_default();
    let at = state.app.clock.now();
    let finished = tokio::task::spawn_blocking(move || book.finish(&query, &variables, at)).await;
    let bytes = match finished {
        Ok(bytes) => bytes.map_err(failed)?,
        Err(error) => return Err(Reply::Closed(state.fault(error.to_string()))),
    };
    Ok(file(Body::from(bytes), XLSX, "attachment; filename=\"jejaring.xlsx\""))
}
