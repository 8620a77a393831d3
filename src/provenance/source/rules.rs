//! What holds for sources, and how they are written.

use entity::id::SourceId;
use entity::vocabulary::{DatePrecision, SourceKind};
use entity::{claim, source};
use sea_orm::{ActiveValue, ColumnTrait};

use crate::db::{Change, Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::rule::{self, check, folded, optional, required, tidy, tidy_optional};
use crate::text;

/// Enters a source, or changes it.
///
/// It has a title, in a language. Its address is one of the web, and the hash of its archived copy
/// a SHA-256. The statement of a country, and nothing else, names the country that states it. Until
/// a relation says otherwise it rests on nothing, and is its own origin. Who speaks and when
/// decides about the batches of which it speaks, so these are reconciled.
pub async fn enter(
    w: &mut Write,
    existing: Option<&source::Model>,
    mut draft: source::ActiveModel,
) -> Result<Put<source::Model>, WriteError> {
    tidy(&mut draft.title, "title")?;
    tidy_optional(&mut draft.reference, "reference")?;
    let (title, reference) =
        (required!(draft, existing, title), optional!(draft, existing, reference));
    check::language("language", &required!(draft, existing, language))?;
    let country = optional!(draft, existing, country_code);
    match (required!(draft, existing, kind), &country) {
        (SourceKind::CountryStatement, None) => {
            let message = say!("the statement of a country needs the country");
            return Err(Refusal::new(RefusalCode::Required, "country_code", message).into());
        }
        (SourceKind::CountryStatement, Some(_)) | (_, None) => {}
        (kind, Some(_)) => {
            let message = say!("a {kind} is not the statement of a country", kind);
            return Err(check::invalid("country_code", message).into());
        }
    }
    if let Some(url) = optional!(draft, existing, url) {
        check::url("url", &url)?;
    }
    if let Some(hash) = optional!(draft, existing, archive_sha256) {
        check::sha256("archive_sha256", &hash)?;
    }
    draft.sort_date =
        ActiveValue::Set(optional!(draft, existing, published_on).unwrap_or(check::LAST_DAY));
    draft.sort_title = ActiveValue::Set(text::fold(&title));
    draft.search_text = ActiveValue::Set(folded([Some(title.as_str()), reference.as_deref()]));
    if existing.is_none() {
        if draft.precision.is_not_set() {
            draft.precision = ActiveValue::Set(DatePrecision::Day);
        }
        if draft.id.is_not_set() {
            draft.id = ActiveValue::Set(SourceId(w.new_id()));
        }
        draft.origin_id = match draft.id {
            ActiveValue::Set(id) | ActiveValue::Unchanged(id) => ActiveValue::Set(Some(id)),
            ActiveValue::NotSet => ActiveValue::NotSet,
        };
    }
    let put = rule::put::<source::Entity>(w, existing, draft).await?;
    // Another copy in the archive decides nothing.
    if let Change::Updated(changes) = &put.change
        && changes.keys().any(|column| column != "archive_sha256")
    {
        rule::mark_claimed_batches_dirty(w, claim::Column::SourceId.eq(put.row.id)).await?;
    }
    // A correction of what is said about a source has no event type of its own.
    if let Some(changes) = put.change.changes().filter(|_| put.change.is_new()) {
        let event = Event::about::<source::Entity>(EventKind::SourceAdded, &put.row)
            .changing(rule::public_changes::<source::Entity>(changes));
        w.record(event);
    }
    Ok(put)
}
