//! Operators: input objects that test one column.

mod period;
mod years;

use async_graphql::{ID, InputType};
use chrono::{DateTime, Utc};
use entity::vocabulary::*;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{Condition, Value};

use super::{Scope, Values};
use crate::graphql::error::bad_input;
use crate::graphql::input::input;
use crate::graphql::loader::Key;
use crate::graphql::node::parse_id;
use crate::graphql::scalars::{CountryCode, Date};
use crate::text::{escape_like, fold};

pub use period::PeriodFilter;
pub use years::in_years;

/// An input object that tests one column.
pub trait Operator: InputType {
    /// What the values of the column are, where rows can be grouped by them.
    const VALUES: Option<Values> = None;

    /// The condition on `column`.
    fn test(self, column: SimpleExpr, scope: &Scope<'_>) -> async_graphql::Result<Condition>;
}

/// A list in a filter is bounded: it becomes parameters of one statement.
const LONGEST_LIST: usize = 500;

/// Characters of a text in a filter at most: no name, title or key of the register has more, and
/// databases refuse patterns that are much longer.
const LONGEST_TEXT: usize = 500;

fn check_length(operator: &str, text: &str) -> async_graphql::Result<()> {
    let characters = text.chars().count();
    if characters > LONGEST_TEXT {
        return Err(bad_input(format!(
            "`{operator}` takes a text of at most {LONGEST_TEXT} characters; this one has \
             {characters}"
        )));
    }
    Ok(())
}

/// The value of an operator, whose texts are bounded.
fn checked(operator: &str, value: Value) -> async_graphql::Result<Value> {
    if let Value::String(Some(text)) = &value {
        check_length(operator, text)?;
    }
    Ok(value)
}

fn one_of(
    column: SimpleExpr,
    values: Vec<Value>,
    scope: &Scope<'_>,
) -> async_graphql::Result<SimpleExpr> {
    if values.len() > LONGEST_LIST {
        return Err(bad_input(format!(
            "`in` takes at most {LONGEST_LIST} values, not {}",
            values.len()
        )));
    }
    scope.spend(values.len())?;
    Ok(column.is_in(values))
}

fn null(column: SimpleExpr, is_null: bool) -> SimpleExpr {
    if is_null { column.is_null() } else { column.is_not_null() }
}

/// The texts that begin with this, as a range: that reads the index, which LIKE does on neither
/// database with a bound parameter.
fn begins(column: SimpleExpr, start: String) -> SimpleExpr {
    let end = format!("{start}\u{10FFFF}");
    column.clone().gte(start).and(column.lte(end))
}

macro_rules! comparable {
    ($($(#[doc = $doc:literal])* $name:ident($value:ty => $into:expr, $values:expr);)+) => {$(
        input! {
            $(#[doc = $doc])*
            #[derive(Default)]
            pub struct $name {
                /// Equal to this.
                eq: Option<$value>,
                /// Equal to one of these; at most 500.
                one_of as "in": Option<Vec<$value>>,
                /// Greater than (later than) this.
                gt: Option<$value>,
                /// Greater than (later than) or equal to this.
                gte: Option<$value>,
                /// Less than (earlier than) this.
                lt: Option<$value>,
                /// Less than (earlier than) or equal to this.
                lte: Option<$value>,
                /// Whether it is unknown.
                is_null: Option<bool>,
            }
        }

        impl Operator for $name {
            const VALUES: Option<Values> = $values;

            fn test(
                self,
                column: SimpleExpr,
                scope: &Scope<'_>,
            ) -> async_graphql::Result<Condition> {
                let into: fn($value) -> Value = $into;
                let one_of = |values: Vec<_>| {
                    one_of(column.clone(), values.into_iter().map(into).collect(), scope)
                };
                let values = self.one_of.map(one_of);
                Ok(Condition::all()
                    .add_option(self.eq.map(|value| column.clone().eq(into(value))))
                    .add_option(values.transpose()?)
                    .add_option(self.gt.map(|value| column.clone().gt(into(value))))
                    .add_option(self.gte.map(|value| column.clone().gte(into(value))))
                    .add_option(self.lt.map(|value| column.clone().lt(into(value))))
                    .add_option(self.lte.map(|value| column.clone().lte(into(value))))
                    .add_option(self.is_null.map(|is_null| null(column, is_null))))
            }
        }
    )+};
}

comparable! {
    /// Tests a calendar date.
    DateFilter(Date => |date| date.0.into(), Some(Values::Date));
    /// Tests a moment.
    DateTimeFilter(DateTime<Utc> => |moment| moment.into(), None);
    /// Tests a whole number.
    IntFilter(i32 => |number| number.into(), Some(Values::Number));
}

/// What the values of an operator of `chosen!` are: texts, unless it says otherwise.
macro_rules! values {
    () => {
        Values::Text
    };
    ($values:expr) => {
        $values
    };
}

macro_rules! chosen {
    ($($(#[doc = $doc:literal])* $name:ident($value:ty => $into:expr $(, $values:expr)?);)+) => {$(
        input! {
            $(#[doc = $doc])*
            #[derive(Default)]
            pub struct $name {
                /// Equal to this.
                eq: Option<$value>,
                /// Equal to one of these; at most 500.
                one_of as "in": Option<Vec<$value>>,
                /// Whether it is unknown.
                is_null: Option<bool>,
            }
        }

        impl Operator for $name {
            const VALUES: Option<Values> = Some(values!($($values)?));

            fn test(
                self,
                column: SimpleExpr,
                scope: &Scope<'_>,
            ) -> async_graphql::Result<Condition> {
                let into: fn($value) -> Value = $into;
                let checked = |operator: &str, value| checked(operator, into(value));
                let all = |values: Vec<$value>| {
                    values.into_iter().map(|value| checked("in", value)).collect()
                };
                let values = self.one_of.map(all).transpose()?;
                let values = values.map(|values| one_of(column.clone(), values, scope));
                let eq = self.eq.map(|value| checked("eq", value)).transpose()?;
                Ok(Condition::all()
                    .add_option(eq.map(|value| column.clone().eq(value)))
                    .add_option(values.transpose()?)
                    .add_option(self.is_null.map(|is_null| null(column, is_null))))
            }
        }
    )+};
}

chosen! {
    /// Tests a country by its code.
    CountryCodeFilter(CountryCode => |code| code.0.0.into(), Values::Record(RecordKind::Country));
    /// Tests a text letter by letter: a key, a code, a city.
    ExactTextFilter(String => |text| text.into());
    /// Tests a `RecordKind`.
    RecordKindFilter(RecordKind => |value| value.into());
    /// Tests a `MembershipKind`.
    MembershipKindFilter(MembershipKind => |value| value.into());
    /// Tests a `RegionalGroupKind`.
    RegionalGroupKindFilter(RegionalGroupKind => |value| value.into());
    /// Tests a `InstitutionKind`.
    InstitutionKindFilter(InstitutionKind => |value| value.into());
    /// Tests a `Modality`.
    ModalityFilter(Modality => |value| value.into());
    /// Tests a `DeliveryMode`.
    DeliveryModeFilter(DeliveryMode => |value| value.into());
    /// Tests a `BatchStatus`.
    BatchStatusFilter(BatchStatus => |value| value.into());
    /// Tests a `WorkshopKind`.
    WorkshopKindFilter(WorkshopKind => |value| value.into());
    /// Tests a `WorkshopStatus`.
    WorkshopStatusFilter(WorkshopStatus => |value| value.into());
    /// Tests a `PartnershipRole`.
    PartnershipRoleFilter(PartnershipRole => |value| value.into());
    /// Tests a `TagVocabulary`.
    TagVocabularyFilter(TagVocabulary => |value| value.into());
    /// Tests a `Representation`.
    RepresentationFilter(Representation => |value| value.into());
    /// Tests a `CountryPosition`.
    CountryPositionFilter(CountryPosition => |value| value.into());
    /// Tests a `DelegationCategory`.
    DelegationCategoryFilter(DelegationCategory => |value| value.into());
    /// Tests a `DelegationStatus`.
    DelegationStatusFilter(DelegationStatus => |value| value.into());
    /// Tests a `EngagementRole`.
    EngagementRoleFilter(EngagementRole => |value| value.into());
    /// Tests a `VenueKind`.
    VenueKindFilter(VenueKind => |value| value.into());
    /// Tests a `ActionPlanStatus`.
    ActionPlanStatusFilter(ActionPlanStatus => |value| value.into());
    /// Tests a `ActionItemStatus`.
    ActionItemStatusFilter(ActionItemStatus => |value| value.into());
    /// Tests a `OutcomeKind`.
    OutcomeKindFilter(OutcomeKind => |value| value.into());
    /// Tests a `SourceKind`.
    SourceKindFilter(SourceKind => |value| value.into());
    /// Tests a `ClaimProperty`.
    ClaimPropertyFilter(ClaimProperty => |value| value.into());
    /// Tests a `ClaimRank`.
    ClaimRankFilter(ClaimRank => |value| value.into());
    /// Tests a `CountUnit`.
    CountUnitFilter(CountUnit => |value| value.into());
    /// Tests a `CountBasis`.
    CountBasisFilter(CountBasis => |value| value.into());
    /// Tests a `FindingRule`.
    FindingRuleFilter(FindingRule => |value| value.into());
    /// Tests a `GrantRole`.
    GrantRoleFilter(GrantRole => |value| value.into());
    /// Tests a `WebhookState`.
    WebhookStateFilter(WebhookState => |value| value.into());
    /// Tests a `WebhookDeliveryState`.
    WebhookDeliveryStateFilter(WebhookDeliveryState => |value| value.into());
    /// Tests a `FindingState`.
    FindingStateFilter(FindingState => |value| value.into());
    /// Tests an `ImportState`.
    ImportStateFilter(ImportState => |value| value.into());
    /// Tests an `ImportTable`.
    ImportTableFilter(ImportTable => |value| value.into());
}

input! {
    /// Tests whether something is so.
    #[derive(Default)]
    pub struct BooleanFilter {
        /// Equal to this.
        eq: Option<bool>,
    }
}

impl Operator for BooleanFilter {
    fn test(self, column: SimpleExpr, _: &Scope<'_>) -> async_graphql::Result<Condition> {
        Ok(Condition::all().add_option(self.eq.map(|value| column.eq(value))))
    }
}

input! {
    /// Tests a name or title without regard to case, accents and punctuation.
    #[derive(Default)]
    pub struct TextFilter {
        /// The whole text.
        eq: Option<String>,
        /// One of these; at most 500.
        one_of as "in": Option<Vec<String>>,
        /// The text begins with this.
        starts_with: Option<String>,
        /// The text has this somewhere.
        contains: Option<String>,
        /// Whether there is none.
        is_null: Option<bool>,
    }
}

impl TextFilter {
    /// Whether there is a text, and what the text is: two tests, for columns in which another text
    /// stands where there is none.
    pub fn apart(self) -> (Self, Self) {
        let there = Self { is_null: self.is_null, ..Self::default() };
        (there, Self { is_null: None, ..self })
    }
}

impl Operator for TextFilter {
    /// `column` holds folded text.
    fn test(self, column: SimpleExpr, scope: &Scope<'_>) -> async_graphql::Result<Condition> {
        use sea_orm::sea_query::LikeExpr;
        let like = |pattern: String| column.clone().like(LikeExpr::new(pattern).escape('\\'));
        for (operator, text) in
            [("eq", &self.eq), ("startsWith", &self.starts_with), ("contains", &self.contains)]
        {
            text.iter().try_for_each(|text| check_length(operator, text))?;
        }
        self.one_of.iter().flatten().try_for_each(|text| check_length("in", text))?;
        let folded = |values: Vec<String>| values.iter().map(|value| fold(value).into()).collect();
        let values = self.one_of.map(|values| one_of(column.clone(), folded(values), scope));
        Ok(Condition::all()
            .add_option(self.eq.map(|value| column.clone().eq(fold(&value))))
            .add_option(values.transpose()?)
            .add_option(self.starts_with.map(|start| begins(column.clone(), fold(&start))))
            .add_option(self.contains.map(|part| like(format!("%{}%", escape_like(&fold(&part))))))
            .add_option(self.is_null.map(|is_null| null(column, is_null))))
    }
}

input! {
    /// Tests a code letter by letter. Where a classification is a tree, the codes below an entry
    /// begin as that of the entry does.
    #[derive(Default)]
    pub struct CodeFilter {
        /// Equal to this.
        eq: Option<String>,
        /// Equal to one of these; at most 500.
        one_of as "in": Option<Vec<String>>,
        /// The code begins with this.
        starts_with: Option<String>,
    }
}

impl Operator for CodeFilter {
    const VALUES: Option<Values> = Some(Values::Text);

    /// `column` is ordered by code point.
    fn test(self, column: SimpleExpr, scope: &Scope<'_>) -> async_graphql::Result<Condition> {
        for (operator, text) in [("eq", &self.eq), ("startsWith", &self.starts_with)] {
            text.iter().try_for_each(|text| check_length(operator, text))?;
        }
        self.one_of.iter().flatten().try_for_each(|text| check_length("in", text))?;
        let all = |values: Vec<String>| values.into_iter().map(Value::from).collect();
        let values = self.one_of.map(|values| one_of(column.clone(), all(values), scope));
        Ok(Condition::all()
            .add_option(self.eq.map(|value| column.clone().eq(value)))
            .add_option(values.transpose()?)
            .add_option(self.starts_with.map(|start| begins(column, start))))
    }
}

input! {
    /// Tests the id of a record.
    #[derive(Default)]
    pub struct IdFilter {
        /// Equal to this.
        eq: Option<ID>,
        /// Equal to one of these; at most 500.
        one_of as "in": Option<Vec<ID>>,
    }
}

impl Operator for IdFilter {
    fn test(self, column: SimpleExpr, scope: &Scope<'_>) -> async_graphql::Result<Condition> {
        let value = |id: &ID| match parse_id(id)? {
            (_, Key::Id(id)) => Ok(Value::from(id)),
            (_, Key::Long(_)) => Err(bad_input("an event has no id")),
            (_, Key::Code(code)) => Err(bad_input(format!(
                "{:?} is the id of the country {code}: countries are chosen by code",
                id.as_str()
            ))),
        };
        let values = self.one_of.map(|ids| ids.iter().map(value).collect::<Result<Vec<_>, _>>());
        let values =
            values.transpose()?.map(|values| one_of(column.clone(), values, scope)).transpose()?;
        let eq = self.eq.as_ref().map(value).transpose()?;
        Ok(Condition::all().add_option(eq.map(|value| column.eq(value))).add_option(values))
    }
}
