//! What every record has in common, and the list of all kinds of record.

use entity::vocabulary::RecordKind;
use sea_orm::{EntityTrait, Iterable, ModelTrait, PrimaryKeyToColumn};
use uuid::Uuid;

/// A kind of record that is identified by a UUID and has a permanent key: every kind but the
/// country.
pub trait Record: EntityTrait<Model: ModelTrait<Entity = Self>> {
    /// Which kind.
    const KIND: RecordKind;
    /// Columns with personal data: never in events, logs or errors.
    const PERSONAL: &'static [&'static str] = &[];

    /// The id of a row.
    fn id(row: &Self::Model) -> Uuid;
    /// The key of a row.
    fn key(row: &Self::Model) -> &str;
}

/// The column that identifies the rows of a table.
pub(crate) fn id_column<E: EntityTrait>() -> E::Column {
    let key = E::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column);
    key.unwrap_or_else(|| unreachable!("every table has a key"))
}

/// Whether a column follows from others: it is nothing of its own to whoever reads a record.
pub(crate) fn is_derived(column: &str) -> bool {
    column.starts_with("sort_") || matches!(column, "search_text" | "origin_id")
}

macro_rules! records {
    ($($module:ident => $kind:ident $([$($personal:literal),+])?,)+) => {$(
        impl Record for entity::$module::Entity {
            const KIND: RecordKind = RecordKind::$kind;
            $(const PERSONAL: &'static [&'static str] = &[$($personal),+];)?

            fn id(row: &Self::Model) -> Uuid {
                row.id.0
            }

            fn key(row: &Self::Model) -> &str {
                &row.key
            }
        }
    )+};
}

records! {
    regional_group => RegionalGroup,
    membership => Membership,
    institution => Institution,
    programme => Programme,
    batch => Batch,
    workshop => Workshop,
    partnership => Partnership,
    delegation => Delegation,
    person => Person ["key", "name", "sort_name"],
    // Keys of these are made of people's names.
    appointment => Appointment ["key", "post"],
    engagement => Engagement ["key", "person_id", "on_behalf_of_id", "appointment_id"],
    venue => Venue,
    topic => Topic,
    action_plan => ActionPlan,
    action_item => ActionItem,
    progress_note => ProgressNote ["text"],
    outcome => Outcome,
    indicator => Indicator,
    observation => Observation,
    source => Source,
    claim => Claim,
    // The key of a citation has that of the record that is cited, and a place in a source may say
    // who is quoted there.
    citation => Citation ["key", "locator"],
    finding => Finding ["explanation"],
    account => Account ["key", "name", "issuer", "subject"],
    access_grant => Grant,
    api_token => ApiToken ["name", "sha256", "last_used_at"],
    import => Import ["file_name", "source_key", "columns", "message"],
    // An address may hold a secret of the receiver's.
    webhook_endpoint => WebhookEndpoint ["name", "url", "secrets"],
    webhook_delivery => WebhookDelivery,
}
