//! What every record has in common, and the list of all kinds of record.

use entity::vocabulary::RecordKind;
use sea_orm::{EntityTrait, IntoActiveModel, Iterable, ModelTrait, PrimaryKeyToColumn};
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

/// A kind of record that has a key: every [`Record`], and the country, whose key is its code.
pub trait KeyedRecord:
    EntityTrait<Model: ModelTrait<Entity = Self> + IntoActiveModel<Self::ActiveModel>>
{
    /// Which kind.
    const KIND: RecordKind;
    /// Columns with personal data.
    const PERSONAL: &'static [&'static str];
    /// The column that has the key.
    const KEY: &'static str;

    /// The key of a row.
    fn key(row: &Self::Model) -> String;
    /// The id of a row; that of a country is nil.
    fn id(row: &Self::Model) -> Uuid;
}

impl<E> KeyedRecord for E
where
    E: Record<Model: IntoActiveModel<<E as EntityTrait>::ActiveModel>>,
{
    const KIND: RecordKind = <E as Record>::KIND;
    const PERSONAL: &'static [&'static str] = <E as Record>::PERSONAL;
    const KEY: &'static str = "key";

    fn key(row: &E::Model) -> String {
        <E as Record>::key(row).to_owned()
    }

    fn id(row: &E::Model) -> Uuid {
        <E as Record>::id(row)
    }
}

impl KeyedRecord for entity::country::Entity {
    const KIND: RecordKind = RecordKind::Country;
    const PERSONAL: &'static [&'static str] = &[];
    const KEY: &'static str = "code";

    fn key(row: &entity::country::Model) -> String {
        row.code.0.clone()
    }

    fn id(_: &entity::country::Model) -> Uuid {
        Uuid::nil()
    }
}

/// The column that identifies the rows of a table.
pub fn id_column<E: EntityTrait>() -> E::Column {
    let key = E::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column);
    key.unwrap_or_else(|| unreachable!("every table has a key"))
}

/// Whether a column follows from others: it is nothing of its own to whoever reads a record.
pub fn is_derived(column: &str) -> bool {
    column.starts_with("sort_") || matches!(column, "search_text" | "origin_id" | "has_parts")
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
    batch_part => BatchPart,
    workshop => Workshop,
    partnership => Partnership,
    delegation => Delegation,
    person => Person ["key", "name", "sort_name"],
    // Keys of these are made of people's names.
    appointment => Appointment ["key", "post"],
    engagement => Engagement ["key", "person_id", "on_behalf_of_id", "appointment_id"],
    venue => Venue,
    topic => Topic,
    tag => Tag,
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
    // The address is that of its reminders by mail (`reminder_mail`).
    account => Account ["key", "name", "issuer", "subject", "address"],
    access_grant => Grant,
    api_token => ApiToken ["name", "sha256", "last_used_at"],
    import => Import ["file_name", "source_key", "columns", "message"],
    // An address may hold a secret of the receiver's.
    webhook_endpoint => WebhookEndpoint ["name", "url", "secrets"],
    webhook_delivery => WebhookDelivery,
    // Of what has a personal key, the tombstone has the id.
    tombstone => Tombstone,
}
