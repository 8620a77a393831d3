//! What hangs from what: the tables with the records that are voided, and those whose rows go
//! along.

use std::sync::LazyLock;

use entity::vocabulary::RecordKind;
use entity::*;
use futures::future::BoxFuture;
use sea_orm::sea_query::TableRef;
use sea_orm::{
    ActiveModelTrait, DbErr, EntityTrait, IdenStatic, Identity, Iterable, ModelTrait,
    RelationTrait, Value,
};

use crate::db::{ArchivedRow, ArchivedTable, Write};
use crate::error::WriteError;
use crate::events::{Event, EventKind, Subject};
use crate::record::Record;
use crate::rule::unset;

/// A table of records that can be voided, or of rows that hang from such.
pub(crate) struct Kept {
    /// The table.
    pub(crate) table: ArchivedTable,
    /// What its rows are, where they are records.
    pub(crate) record: Option<Kind>,
    /// The columns by which its rows hang from a record: they go where it goes.
    hangs: &'static [&'static str],
    /// Its references: column, table.
    references: Vec<(String, String)>,
    /// What only one row may have.
    pub(super) unique: Vec<Unique>,
}

/// What no two rows have in common.
pub(super) struct Unique {
    /// The columns; rows are looked up by the first.
    pub(super) columns: &'static [&'static str],
    /// Whether two rows that both have null in one of them are alike there.
    pub(super) even_null: bool,
    /// A value that the rows have in another column.
    pub(super) where_is: Option<(&'static str, &'static str)>,
}

/// A kind of record, without its type.
pub(crate) struct Kind {
    /// The kind.
    pub(super) kind: RecordKind,
    /// Whether its keys are personal data.
    pub(super) personal: bool,
    /// An event about a row.
    pub(super) event: fn(EventKind, &ArchivedRow) -> Result<Event, DbErr>,
    /// Gives a row these values by the rules of its kind. Without any it is held to them, and what
    /// follows from other rows is derived anew.
    pub(crate) enter: fn(&mut Write, ArchivedRow, Values) -> BoxFuture<'_, Result<(), WriteError>>,
    /// What tells of it that it was voided, and that it was restored.
    pub(super) told: (EventKind, EventKind),
}

/// Values of columns.
pub(crate) type Values = Vec<(&'static str, Value)>;

/// What a column refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parent {
    /// A record of this kind.
    Kind(RecordKind),
    /// A record of any kind, by its id.
    Any,
}

/// The column that refers to records of any kind.
const OF_ANY: &str = "subject_id";

impl Kept {
    /// The columns by which rows hang from records.
    pub(super) fn hangs(&self) -> impl Iterator<Item = (&str, Parent)> {
        self.referring().filter(|(column, _)| self.hangs.contains(column))
    }

    /// The columns by which rows refer to records that they do not hang from.
    pub(super) fn refers(&self) -> impl Iterator<Item = (&str, Parent)> {
        self.referring().filter(|(column, _)| !self.hangs.contains(column))
    }

    /// The key of the record that a row is, where it is one and anybody may know its key.
    pub(crate) fn public_key<'a>(&self, row: &'a ArchivedRow) -> Option<&'a str> {
        let is_public = self.record.as_ref().is_some_and(|record| !record.personal);
        match self.table.get(row, "key") {
            Some(Value::String(Some(key))) if is_public => Some(key),
            _ => None,
        }
    }

    /// All columns that refer to records, but to countries.
    pub(super) fn referring(&self) -> impl Iterator<Item = (&str, Parent)> {
        let known = self.references.iter().filter_map(|(column, table)| {
            let kept = TABLES.iter().find(|kept| kept.table.name == table)?;
            Some((column.as_str(), Parent::Kind(kept.record.as_ref()?.kind)))
        });
        known.chain(self.table.place(OF_ANY).map(|_| (OF_ANY, Parent::Any)))
    }
}

/// The references of a table, as its entity has them.
fn references<E: EntityTrait>() -> Vec<(String, String)> {
    let reference = |relation: E::Relation| {
        let relation = relation.def();
        let (Identity::Unary(column), TableRef::Table(table, _)) =
            (relation.from_col, relation.to_tbl)
        else {
            return None;
        };
        Some((column.to_string(), table.1.to_string()))
    };
    E::Relation::iter().filter_map(reference).collect()
}

/// The row that the values of an archived row make.
pub(crate) fn model<E: EntityTrait<Model: Default>>(row: &ArchivedRow) -> Result<E::Model, DbErr> {
    let mut model = E::Model::default();
    for (column, value) in E::Column::iter().zip(row) {
        model.try_set(column, value.clone())?;
    }
    Ok(model)
}

fn event<E: Subject<Model: Default>>(kind: EventKind, row: &ArchivedRow) -> Result<Event, DbErr> {
    Ok(Event::about::<E>(kind, &model::<E>(row)?))
}

/// A draft that sets these values.
pub(crate) fn draft<E>(values: Values) -> E::ActiveModel
where
    E: EntityTrait,
    E::ActiveModel: ActiveModelTrait<Entity = E>,
{
    let mut draft = unset::<E::ActiveModel>();
    for (name, value) in values {
        if let Some(column) = E::Column::iter().find(|column| column.as_str() == name) {
            draft.set(column, value);
        }
    }
    draft
}

macro_rules! enter {
    ($module:ident by $($rules:ident)::+) => {
        |w, row, values| Box::pin(async move {
            let (row, draft) = (model::<$module::Entity>(&row)?, draft::<$module::Entity>(values));
            crate::$($rules)::+::enter(w, Some(&row), draft).await.map(|_| ())
        })
    };
    // Rules that leave it to their callers to tell of a change.
    ($module:ident by $($rules:ident)::+, told here) => {
        |w, row, values| Box::pin(async move {
            let (row, draft) = (model::<$module::Entity>(&row)?, draft::<$module::Entity>(values));
            let put = crate::$($rules)::+::enter(w, Some(&row), draft).await?;
            crate::rule::emit::<$module::Entity>(w, &put);
            Ok(())
        })
    };
    ($module:ident) => { |_, _, _| Box::pin(std::future::ready(Ok(()))) };
}

macro_rules! kind {
    ($module:ident) => { None };
    ($module:ident $kind:ident [$($rules:tt)*] $voided:ident / $restored:ident) => {
        Some(Kind {
            kind: RecordKind::$kind,
            personal: <$module::Entity as Record>::PERSONAL.contains(&"key"),
            event: event::<$module::Entity>,
            enter: enter!($module $($rules)*),
            told: (EventKind::$voided, EventKind::$restored),
        })
    };
}

macro_rules! tables {
    ($(
        $module:ident $(is $kind:ident [$($rules:tt)*] $voided:ident / $restored:ident)?
        $(, hangs by $($column:ident)+)? $(, unique $($unique:expr),+)?;
    )+) => {
        /// The tables: what others refer to comes first.
        pub(crate) static TABLES: LazyLock<Vec<Kept>> = LazyLock::new(|| vec![$(Kept {
            table: ArchivedTable::of::<$module::Entity>(stringify!($module)),
            record: kind!($module $($kind [$($rules)*] $voided / $restored)?),
            hangs: &[$($(stringify!($column)),+)?],
            references: references::<$module::Entity>(),
            unique: vec![$($($unique),+)?],
        }),+]);
    };
}

/// Nulls differ from one another.
const fn unique(columns: &'static [&'static str]) -> Unique {
    Unique { columns, even_null: false, where_is: None }
}

tables! {
    regional_group is RegionalGroup [by network::regional_group::rules, told here]
        RecordVoided / RecordRestored;
    membership is Membership [by network::membership::rules] MembershipVoided / MembershipRestored,
        hangs by regional_group_id;
    institution is Institution [by network::institution::rules]
        InstitutionVoided / InstitutionRestored;
    institution_name, hangs by institution_id;
    institution_identifier, hangs by institution_id, unique unique(&["value", "scheme"]);
    institution_ancestor, hangs by institution_id ancestor_id;
    name_decision, hangs by institution_id;
    access_grant;
    import;
    programme is Programme [by network::programme::rules] ProgrammeVoided / ProgrammeRestored;
    topic is Topic [by delivery::topic::rules] RecordVoided / RecordRestored;
    programme_topic, hangs by programme_id;
    tag is Tag [by delivery::tag::rules] TagVoided / TagRestored,
        hangs by programme_id topic_id,
        unique unique(&["programme_id", "vocabulary", "code"]),
        unique(&["topic_id", "vocabulary", "code"]);
    venue is Venue [by delivery::venue::rules] RecordVoided / RecordRestored;
    batch is Batch [by delivery::batch::rules] BatchVoided / BatchRestored,
        hangs by programme_id, unique unique(&["programme_id", "ordinal"]);
    batch_venue, hangs by batch_id;
    batch_topic, hangs by batch_id;
    batch_part is BatchPart [by delivery::part::rules] RecordVoided / RecordRestored,
        hangs by batch_id;
    workshop is Workshop [by delivery::workshop::rules] WorkshopVoided / WorkshopRestored,
        hangs by batch_id;
    workshop_topic, hangs by workshop_id;
    partnership is Partnership [by delivery::partnership::rules]
        PartnershipVoided / PartnershipRestored,
        hangs by programme_id batch_id workshop_id;
    delegation is Delegation [by delivery::delegation::rules]
        DelegationVoided / DelegationRestored,
        hangs by batch_id,
        unique Unique {
            columns: &["batch_id", "country_code", "institution_id", "regional_group_id", "label"],
            even_null: true,
            where_is: None,
        };
    delegation_part, hangs by delegation_id part_id;
    person is Person [by people::person::rules] RecordVoided / RecordRestored;
    appointment is Appointment [by people::appointment::rules, told here]
        RecordVoided / RecordRestored,
        hangs by person_id;
    engagement is Engagement [by people::engagement::rules]
        EngagementVoided / EngagementRestored,
        hangs by batch_id workshop_id delegation_id;
    source is Source [by provenance::source::rules] SourceVoided / SourceRestored;
    source_relation, hangs by source_id related_id,
        unique unique(&["source_id", "kind", "related_id"]);
    claim is Claim [by provenance::claim::rules] ClaimVoided / ClaimRestored,
        hangs by batch_id delegation_id,
        unique Unique {
            columns: &[
                "batch_id",
                "delegation_id",
                "property",
                "unit",
                "basis",
                "scope",
                "category",
                "currency",
                "cost_kind",
            ],
            even_null: true,
            where_is: Some(("rank", "PREFERRED")),
        };
    citation is Citation [by provenance::citation::rules] RecordVoided / RecordRestored,
        hangs by source_id batch_id subject_id,
        unique unique(&["subject_id", "source_id"]), unique(&["country_code", "source_id"]);
    finding is Finding [] FindingResolved / FindingOpened, hangs by batch_id subject_id,
        unique unique(&["fingerprint"]);
    finding_claim, hangs by finding_id claim_id;
    indicator is Indicator [by provenance::indicator::rules] RecordVoided / RecordRestored;
    observation is Observation [by provenance::observation::rules] RecordVoided / RecordRestored,
        hangs by programme_id batch_id;
    action_plan is ActionPlan [by plans::action_plan::rules]
        ActionPlanVoided / ActionPlanRestored,
        hangs by delegation_id;
    action_item is ActionItem [by plans::action_item::rules] RecordVoided / RecordRestored,
        hangs by action_plan_id;
    progress_note is ProgressNote [by plans::progress_note::rules] RecordVoided / RecordRestored,
        hangs by action_item_id;
    outcome is Outcome [by plans::outcome::rules] OutcomeVoided / OutcomeRestored,
        hangs by batch_id;
}

/// The place of the table with the records of a kind.
pub(crate) fn table_of(kind: RecordKind) -> Option<usize> {
    TABLES.iter().position(|kept| kept.record.as_ref().is_some_and(|record| record.kind == kind))
}
