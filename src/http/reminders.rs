//! The address in each mail with reminders: it confirms them, and ends them. Whoever follows it
//! sees a page with a button, since programs that look for harm follow links as well; a POST acts,
//! of that button or of a mail program (RFC 8058).

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use entity::reminder_mail;
use http_body_util::{BodyExt, Limited};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};

use super::reply::Reply;
use super::{HttpState, accept};
use crate::accounts::reminder_mail::rules::{Wanted, decide};
use crate::pages::escaped;
use crate::phrase::{Phrase, say};

/// What a request costs: chance finds no secret, but it shall not try for nothing.
const COST: u64 = 1_000;
/// The largest body: a form of one field.
const LARGEST: usize = 1_024;
/// What the page may do: send its form, and nothing else.
const POLICY: &str = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; \
                      base-uri 'none'";
/// The field of the form that confirms; without it, the reminders end.
const CONFIRM: &str = "confirm=yes";

/// The address.
pub(super) fn routes() -> Router<HttpState> {
    Router::new().route("/reminders/{secret}", get(show).post(act))
}

type Named = Result<Path<String>, PathRejection>;

/// What a page says, and the button that it has.
struct Page {
    status: StatusCode,
    says: Phrase,
    button: Option<Button>,
}

struct Button {
    name: Phrase,
    confirms: bool,
}

async fn show(State(state): State<HttpState>, named: Named, request: Request) -> Response<Body> {
    let caller = state.caller(&request);
    if let Err(closed) = state.spend(&caller, COST) {
        return state.refuse(Reply::Closed(closed), &caller);
    }
    let db = &state.app.db;
    let shown = match named {
        Ok(Path(secret)) => db.reached(of(db.reading(), secret)).await,
        Err(_) => Ok(None),
    };
    let row = match shown {
        Ok(row) => row,
        Err(error) => return state.refuse(Reply::Closed(state.fault(error)), &caller),
    };
    let language = row.as_ref().map(|row| row.language.clone());
    let page = match row {
        None => nothing(),
        Some(row) if row.confirmed_at.is_some() => Page {
            status: StatusCode::OK,
            says: say!("You are reminded by mail of what is due."),
            button: Some(Button { name: say!("Send no such mail any more"), confirms: false }),
        },
        Some(_) => Page {
            status: StatusCode::OK,
            says: say!("Do you want to be reminded by mail of what is due?"),
            button: Some(Button { name: say!("Confirm the address"), confirms: true }),
        },
    };
    answer(page, &language.unwrap_or_else(|| spoken(&caller.headers)))
}

async fn of(
    db: &impl sea_orm::ConnectionTrait,
    secret: String,
) -> Result<Option<reminder_mail::Model>, DbErr> {
    let which = reminder_mail::Column::Secret.eq(secret);
    reminder_mail::Entity::find().filter(which).one(db).await
}

async fn act(State(state): State<HttpState>, named: Named, request: Request) -> Response<Body> {
    let caller = state.caller(&request);
    if let Err(closed) = state.spend(&caller, COST) {
        return state.refuse(Reply::Closed(closed), &caller);
    }
    let body = Limited::new(request.into_body(), LARGEST).collect();
    let Ok(Ok(body)) = tokio::time::timeout(state.patience(), body).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // In doubt no mail is sent: mail programs send what the standard of their time says.
    let confirms = body.to_bytes() == CONFIRM.as_bytes();
    let wanted = if confirms { Wanted::Reminders } else { Wanted::Nothing };
    let (db, clock) = (&state.app.db, &state.app.clock);
    let decided = match named {
        Ok(Path(secret)) => decide(db, clock, &secret, wanted).await,
        Err(_) => Ok(false),
    };
    let page = match decided {
        Ok(true) if confirms => Page {
            status: StatusCode::OK,
            says: say!("The address is confirmed: you are reminded by mail of what is due."),
            button: None,
        },
        Ok(true) => Page {
            status: StatusCode::OK,
            says: say!("No such mail is sent any more, and the address is forgotten."),
            button: None,
        },
        Ok(false) => nothing(),
        Err(error) => return state.refuse(Reply::Closed(state.fault(error)), &caller),
    };
    answer(page, &spoken(&caller.headers))
}

/// What is said of a secret that is good for nothing, whatever it was.
fn nothing() -> Page {
    Page {
        status: StatusCode::NOT_FOUND,
        says: say!("This address is good for nothing any more: no mail is sent because of it."),
        button: None,
    }
}

fn spoken(headers: &axum::http::HeaderMap) -> String {
    accept::languages(headers).of_phrases().to_owned()
}

fn answer(page: Page, language: &str) -> Response<Body> {
    let says = escaped(&page.says.translate(language));
    let form = page.button.map(|button| {
        let name = escaped(&button.name.translate(language));
        let field = match button.confirms {
            true => "<input type=\"hidden\" name=\"confirm\" value=\"yes\">",
            false => "<input type=\"hidden\" name=\"List-Unsubscribe\" value=\"One-Click\">",
        };
        format!("<form method=\"post\">{field}<button>{name}</button></form>\n")
    });
    let html = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>Jejaring</title>\n</head>\n<body>\n\
         <main>\n<h1>Jejaring</h1>\n<p>{says}</p>\n{form}</main>\n</body>\n</html>\n",
        form = form.unwrap_or_default()
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (page.status, headers, html).into_response()
}
