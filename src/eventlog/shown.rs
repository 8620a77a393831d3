//! What an event tells of changes, in the words of the API. The log has columns and bare ids, as
//! the tables have them; what reads it shows the names of fields and the ids of nodes, whenever the
//! event was written.

use chrono::{DateTime, NaiveDate, NaiveTime};
use entity::event;
use entity::vocabulary::RecordKind;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::events::EventKind;
use crate::graphql::loader::Key;
use crate::graphql::names::camel_case;
use crate::graphql::node::global_id;

/// The form in which the log keeps changes: columns and bare ids.
const KEPT_VERSION: i32 = 1;
/// The form in which they are shown: fields of the API and ids of nodes.
pub const PAYLOAD_VERSION: i32 = 2;

/// The form of what [`changes`] shows of an event. One that a newer program has written in a form
/// of its own is shown as it is.
pub fn payload_version(row: &event::Model) -> i32 {
    if row.payload_version == KEPT_VERSION { PAYLOAD_VERSION } else { row.payload_version }
}

/// The change of one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The name of the field.
    pub field: String,
    /// What it was; null where it was nothing.
    pub from: Value,
    /// What it is since; null where it is nothing.
    pub to: Value,
}

/// What an event tells of changes.
pub fn changes(row: &event::Model) -> Vec<Change> {
    let all = row.changes.as_object().into_iter().flatten();
    all.map(|(column, change)| shown(row, column, change)).collect()
}

fn shown(row: &event::Model, column: &str, change: &Value) -> Change {
    let Some([from, to]) = change.as_array().map(Vec::as_slice) else {
        // How many rows of a table have come, changed and gone.
        return Change { field: column.to_owned(), from: Value::Null, to: change.clone() };
    };
    let as_kept = row.payload_version != KEPT_VERSION || row.subject_kind.is_none();
    let Some(subject) = row.subject_kind.filter(|_| !as_kept) else {
        return Change { field: column.to_owned(), from: from.clone(), to: to.clone() };
    };
    if (row.kind.as_str(), column) == (EventKind::InstitutionMerged.name(), "merged_into") {
        // The log has the key; the event is of the institution that stays.
        let into = row.owner_id.map(|id| id.to_string().into());
        let to = of_kind(RecordKind::Institution, &into.unwrap_or(Value::Null));
        return Change { field: camel_case(column), from: Value::Null, to };
    }
    let (field, of) = match column {
        "subject_id" => ("record".to_owned(), recorded(&row.changes)),
        _ => match reference(subject, column) {
            Some((field, of)) => (field.to_owned(), Some(of)),
            None => (name(subject, column), None),
        },
    };
    let value = |value: &Value| match of {
        Some(kind) => of_kind(kind, value),
        None => plain(value),
    };
    Change { field, from: value(from), to: value(to) }
}

/// The field of the API that a reference is, and of which kind the record is that it leads to.
fn reference(subject: RecordKind, column: &str) -> Option<(&'static str, RecordKind)> {
    use RecordKind::*;
    Some(match column {
        "account_id" => ("account", Account),
        "action_item_id" => ("item", ActionItem),
        "action_plan_id" => ("plan", ActionPlan),
        "appointment_id" => ("appointment", Appointment),
        "batch_id" => ("batch", Batch),
        "delegation_id" => ("delegation", Delegation),
        "endpoint_id" => ("endpoint", WebhookEndpoint),
        "indicator_id" => ("indicator", Indicator),
        "institution_id" => ("institution", Institution),
        "merged_into_id" => ("mergedInto", subject),
        "on_behalf_of_id" => ("onBehalfOf", Person),
        "owner_id" => ("owner", Institution),
        "parent_id" => ("parent", subject),
        "parts" => ("parts", BatchPart),
        "person_id" => ("person", Person),
        "programme_id" => ("programme", Programme),
        "publisher_id" => ("publisher", Institution),
        "regional_group_id" => ("group", RegionalGroup),
        "rests_on" => ("related", Source),
        "source_id" => ("source", Source),
        "stated_by_id" => ("statedBy", Person),
        "topic_id" => ("topic", Topic),
        "topics" => ("topics", Topic),
        "venue_id" => ("venue", Venue),
        "venues" => ("venues", Venue),
        "workshop_id" => ("workshop", Workshop),
        _ => return None,
    })
}

/// The field of the API that a column of a record is.
pub fn field_of(subject: RecordKind, column: &str) -> String {
    reference(subject, column).map_or_else(|| name(subject, column), |(field, _)| field.to_owned())
}

/// The field of the API that shows a column.
fn name(subject: RecordKind, column: &str) -> String {
    use RecordKind::*;
    let name = match (subject, column) {
        // A country goes by its code everywhere.
        (_, "country_code") => "country",
        (Delegation, "action_plan") => "actionPlanKey",
        (Citation | Finding, "subject_kind") => "recordKind",
        (Import, "into_table") => "table",
        (WebhookEndpoint, "delivery_order") => "order",
        _ => return camel_case(column),
    };
    name.to_owned()
}

/// The kind of record that a citation or a finding is about.
fn recorded(changes: &Value) -> Option<RecordKind> {
    let kind = changes.get("subject_kind")?;
    let kind = kind.get(1).filter(|kind| !kind.is_null()).or(kind.get(0))?;
    serde_json::from_value(kind.clone()).ok()
}

/// A reference, or a list of them, by the ids of nodes.
fn of_kind(kind: RecordKind, value: &Value) -> Value {
    match value {
        Value::String(text) => match text.parse::<Uuid>() {
            Ok(id) => json!(global_id(kind, &Key::Id(id)).as_str()),
            Err(_) => value.clone(),
        },
        Value::Array(values) => values.iter().map(|value| of_kind(kind, value)).collect(),
        _ => value.clone(),
    }
}

/// A value without the quotation marks in which earlier versions of the program wrote days and
/// times.
pub fn plain(value: &Value) -> Value {
    let inner = value.as_str().and_then(|text| text.strip_prefix('\'')?.strip_suffix('\''));
    let is_moment = |text: &&str| {
        text.parse::<NaiveDate>().is_ok()
            || text.parse::<NaiveTime>().is_ok()
            || DateTime::parse_from_rfc3339(text).is_ok()
    };
    inner.filter(is_moment).map_or_else(|| value.clone(), Value::from)
}
