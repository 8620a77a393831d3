//! `POST /imports`: an officer's file, as it is.

use std::io::Cursor;
use std::sync::{Arc, OnceLock};

use axum::body::{Body, Bytes};
use axum::extract::DefaultBodyLimit;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::any;
use axum::{Json, Router};
use entity::import;
use entity::vocabulary::ImportTable;
use tokio::time::timeout;

use super::HttpState;
use super::accept::Media;
use super::graphql::Caller;
use super::rate::{BYTES_A_UNIT, COST_OF_A_REQUEST};
use super::reply::{Closed, Keep, Reply};
use crate::access::Actor;
use crate::error::{Classified, Failure, WriteError};
use crate::exchange::import::{DayOrder, Upload, UploadError, receive, table_named};
use crate::graphql::loader::Key;
use crate::graphql::node::global_id;
use crate::phrase::{Phrase, say};
use crate::record::Record;
use crate::request::{Code, Limit, RequestError};

const ALLOWED: &str = "POST, OPTIONS";

/// What a file may be sent as: nothing that a browser's form could send, so that a page of another
/// origin must ask first.
const MEDIA: [&str; 7] = [
    "text/csv",
    "text/tab-separated-values",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
    "text/calendar",
    "application/ld+json",
    "application/xml",
];

/// A file is paid for as a request of so many times its size would be.
const TIMES: u64 = 4;

/// The address to which files are sent.
pub(super) fn routes(state: &HttpState) -> Router<HttpState> {
    Router::new()
        .route("/imports", any(imports))
        .layer(DefaultBodyLimit::max(state.settings.max_import_bytes))
}

async fn imports(State(state): State<HttpState>, request: Request) -> Response<Body> {
    if request.method() == axum::http::Method::OPTIONS {
        return (StatusCode::NO_CONTENT, [(header::ALLOW, ALLOWED)]).into_response();
    }
    let mut caller = state.caller(&request);
    match state.hand_in(request, &mut caller).await {
        Ok(taken) => taken,
        Err(closed) => state.reply(Reply::Closed(closed), Media::Json, Keep::Nothing, &caller),
    }
}

/// What is wrong with what was sent, told in the language of a tag.
fn wrong(status: StatusCode, message: &Phrase, tag: &str) -> Closed {
    Closed::new(status, RequestError::input(message.translate(tag)))
}

impl HttpState {
    async fn hand_in(
        &self,
        request: Request,
        caller: &mut Caller,
    ) -> Result<Response<Body>, Closed> {
        let tag = caller.languages.of_phrases();
        if request.method() != axum::http::Method::POST {
            let method = request.method();
            let message =
                say!("{method} is no method of this address: files are sent by POST", method);
            return Err(Closed::method(ALLOWED, RequestError::input(message.translate(tag))));
        }
        self.recognise(caller).await?;
        if caller.actor == Actor::Anonymous {
            let message = say!(
                "whoever hands in a file must say who it is: send `Authorization: Bearer <token>`"
            );
            let error = RequestError::new(Code::Unauthenticated, message.translate(tag));
            return Err(Closed::new(StatusCode::UNAUTHORIZED, error));
        }
        self.spend(caller, COST_OF_A_REQUEST)?;
        let media = caller
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !MEDIA.contains(&media.as_str()) {
            let known = Phrase::joined(MEDIA, ", ");
            let message =
                say!("a file is sent as {known}; `Content-Type` is \"{media}\"", known, media);
            return Err(wrong(StatusCode::UNSUPPORTED_MEDIA_TYPE, &message, tag));
        }
        let upload = upload(request.uri().query().unwrap_or_default(), &caller.headers);
        let upload = upload.map_err(|message| wrong(StatusCode::BAD_REQUEST, &message, tag))?;
        let file = self.file(request, caller).await?;
        self.spend(caller, file.len() as u64 * TIMES / BYTES_A_UNIT)?;
        // It goes on to its end when its client goes away: what was begun is then found in
        // `imports`.
        let (state, actor) = (self.clone(), caller.actor.clone());
        let started = Arc::new(OnceLock::new());
        let begun = started.clone();
        let reading = tokio::spawn(async move {
            let begin = |row: &import::Model, _| {
                // It is the same one each time.
                let _ = begun.set(row.clone());
            };
            receive(&state.app.db, &state.app.clock, &actor, upload, Cursor::new(file), begin).await
        });
        let reading = async {
            tokio::select! {
                biased;
                why = self.app.db.away() => Err(Closed::away(why, true)),
                read = reading => Ok(read),
            }
        };
        let read = match timeout(self.patience(), reading).await {
            Ok(read) => Ok(read?),
            Err(late) => Err(late),
        };
        match read {
            Ok(Ok(Ok(row))) => Ok(told(StatusCode::CREATED, &row)),
            Ok(Ok(Err(error))) => Err(self.not_taken(&error, started.get().is_some(), tag)),
            Ok(Err(_)) => Err(self.fault("a file could not be read to its end")),
            // `import` tells how far it has come.
            Err(_) => match started.get() {
                Some(row) => Ok(told(StatusCode::ACCEPTED, row)),
                None => Err(self.late("nobody began to read the file")),
            },
        }
    }

    async fn file(&self, request: Request, caller: &Caller) -> Result<Bytes, Closed> {
        let (most, tag) = (self.settings.max_import_bytes, caller.languages.of_phrases());
        let too_large = || {
            let message = say!(
                "a file has at most {most} bytes; larger ones are read by `jejaring import`",
                most
            );
            Closed::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                RequestError::limit(Limit::Body, message.translate(tag)),
            )
        };
        let length = caller
            .headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: u64| length > most as u64) {
            return Err(too_large());
        }
        let read =
            timeout(self.patience(), Bytes::from_request(request, &())).await.map_err(|_| {
                let message = say!(
                    "the file did not arrive within {seconds} s",
                    seconds = self.patience().as_secs()
                );
                Closed::new(
                    StatusCode::REQUEST_TIMEOUT,
                    RequestError::limit(Limit::Timeout, message.translate(tag)),
                )
            })?;
        read.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => wrong(StatusCode::BAD_REQUEST, &say!("the file could not be read"), tag),
        })
    }

    /// Why a file was not taken, told in the language of a tag; `begun` where it is found among the
    /// imports all the same.
    fn not_taken(&self, error: &UploadError, begun: bool, tag: &str) -> Closed {
        match error {
            UploadError::Unreadable(error) => {
                wrong(StatusCode::UNPROCESSABLE_ENTITY, &error.phrase(), tag)
            }
            UploadError::Write(WriteError::Refused(refusal)) => {
                wrong(StatusCode::UNPROCESSABLE_ENTITY, &refusal.message, tag)
            }
            UploadError::Write(WriteError::Forbidden) => {
                let message = say!("your account may not import anything").translate(tag);
                let error = RequestError::new(Code::Forbidden, message);
                Closed::new(StatusCode::FORBIDDEN, error)
            }
            // Something was done: this is not what `BUSY` says.
            UploadError::Write(error) if begun && error.failure() != Failure::Internal => {
                tracing::warn!(%error, "a file could not be kept");
                let message = say!("the register failed while the file was read: hand it in again")
                    .translate(tag);
                Closed::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    RequestError::new(Code::Unavailable, message),
                )
            }
            UploadError::Write(error) => self.fault(error),
        }
    }
}

/// What is to become of the file, by the query of the address; its name is a header, since it may
/// say who it is about.
fn upload(query: &str, headers: &HeaderMap) -> Result<Upload, Phrase> {
    let mut upload = Upload {
        table: ImportTable::Delegations,
        file_name: file_name(headers).unwrap_or_else(|| "file".to_owned()),
        institution: None,
        mapping: None,
        columns: Vec::new(),
        set: Vec::new(),
        order: None,
    };
    let mut table = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "table" => {
                table = Some(table_named(&value)?);
            }
            "for" => upload.institution = Some(value.into_owned()),
            "mapping" => upload.mapping = Some(value.into_owned()),
            "set" => {
                let (field, value) = value.split_once('=').ok_or_else(|| {
                    say!(
                        "`set` takes a field and what it is in all rows, set=programme=KEY, not \
                         \"{value}\"",
                        value = &value
                    )
                })?;
                upload.set.push((field.to_owned(), value.to_owned()));
            }
            "dates" => {
                upload.order = Some(match &*value {
                    "day-first" => DayOrder::DayFirst,
                    "month-first" => DayOrder::MonthFirst,
                    other => {
                        return Err(say!(
                            "`dates` is day-first or month-first, not \"{other}\"",
                            other
                        ));
                    }
                });
            }
            other => {
                let known = Phrase::all_of(["table", "for", "mapping", "set", "dates"]);
                return Err(say!("\"{other}\" is no parameter: there are {known}", other, known));
            }
        }
    }
    let missing = || say!("`table` says what the rows are to become: /imports?table=delegations");
    let table = table.ok_or_else(missing)?;
    Ok(Upload { table, ..upload })
}

/// The name in `Content-Disposition: attachment; filename="…"`.
fn file_name(headers: &HeaderMap) -> Option<String> {
    let disposition =
        String::from_utf8_lossy(headers.get("content-disposition")?.as_bytes()).into_owned();
    let name = disposition
        .split(';')
        .find_map(|part| part.trim().strip_prefix("filename=").map(str::to_owned))?;
    Some(name.trim_matches('"').to_owned())
}

fn told(status: StatusCode, row: &import::Model) -> Response<Body> {
    let id = global_id(import::Entity::KIND, &Key::Id(row.id.0));
    let body = serde_json::json!({ "id": id, "key": row.key, "state": row.state });
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
