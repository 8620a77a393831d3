//! Filters: typed operators on indexed columns, `and` `or` `not`, and conditions on what a record is related to. A condition
//! on related records sees only those that the asker may see, so that nothing hidden can be inferred.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_graphql::{ID, InputType};
use chrono::{DateTime, NaiveDate, Utc};
use entity::vocabulary::*;
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Iterable, PrimaryKeyToColumn, QueryFilter, QuerySelect, QueryTrait, Value,
};

use super::error::bad_input;
use super::loader::{Key, Reader};
use super::names::camel_case;
use super::node::parse_id;
use super::scalars::{CountryCode, Date};
use crate::access::{Scoped, Visible};
use crate::graphql::input::input;
use crate::record::Record;
use crate::text::{escape_like, fold};

/// Conditions within one another: a database nests statements only so deep.
const DEEPEST: u32 = 12;
/// Conditions in one filter.
const MOST_CONDITIONS: u32 = 200;
/// Values in all the lists of one filter: each becomes a parameter of one statement.
const MOST_VALUES: u32 = 2000;

/// What a filter needs to know besides itself, and how much of it there may be.
pub struct Scope<'a> {
    visible: &'a Visible,
    today: NaiveDate,
    depth: u32,
    spent: Arc<Spent>,
}

/// What a filter has used up so far.
#[derive(Default)]
struct Spent {
    conditions: AtomicU32,
    values: AtomicU32,
}

impl<'a> Scope<'a> {
    /// The scope of one filter of a request.
    pub fn new(reader: &'a Reader) -> Self {
        Self { visible: reader.visible(), today: reader.clock().today(), depth: 0, spent: Arc::default() }
    }

    /// What the asker may see.
    pub fn visible(&self) -> &Visible {
        self.visible
    }

    /// Today in UTC, for what is computed from dates.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// The scope of a condition within this one.
    pub fn within(&self) -> async_graphql::Result<Self> {
        let conditions = self.spent.conditions.fetch_add(1, Ordering::Relaxed) + 1;
        if conditions > MOST_CONDITIONS {
            return Err(bad_input(format!("a filter takes at most {MOST_CONDITIONS} conditions")));
        }
        if self.depth == DEEPEST {
            return Err(bad_input(format!("a filter takes at most {DEEPEST} conditions within one another")));
        }
        Ok(Self { visible: self.visible, today: self.today, depth: self.depth + 1, spent: self.spent.clone() })
    }

    fn spend(&self, values: usize) -> async_graphql::Result<()> {
        let values = u32::try_from(values).unwrap_or(MOST_VALUES + 1);
        if self.spent.values.fetch_add(values, Ordering::Relaxed) + values > MOST_VALUES {
            return Err(bad_input(format!("the lists of a filter take at most {MOST_VALUES} values together")));
        }
        Ok(())
    }
}

/// An input object that chooses among the rows of one table.
pub trait Filter: InputType {
    /// The condition that the chosen rows fulfil.
    fn condition(self, scope: &Scope<'_>) -> async_graphql::Result<Condition>;

    /// By what its rows can be grouped: what the filter tests in a column of its own, and references to other records.
    fn groups(visible: &Visible) -> Vec<Group>;
}

/// An input object that tests one column.
pub trait Operator: InputType {
    /// What the values of the column are, where rows can be grouped by them.
    const VALUES: Option<Values> = None;

    /// The condition on `column`.
    fn test(self, column: SimpleExpr, scope: &Scope<'_>) -> async_graphql::Result<Condition>;
}

/// What values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Codes, keys, values of vocabularies.
    Text,
    /// Whole numbers.
    Number,
    /// Calendar dates.
    Date,
    /// Ids of records of this kind.
    Ids(RecordKind),
}

/// By what rows can be grouped.
pub struct Group {
    /// The field of the filter, as the API calls it.
    pub name: String,
    /// The value of a row; null where there is none, or what it refers to may not be seen.
    pub value: SimpleExpr,
    /// What the values are.
    pub values: Values,
}

impl Group {
    /// By the values of a column.
    pub fn column(field: &str, column: impl ColumnTrait, values: Option<Values>) -> Option<Self> {
        let value = Expr::col(column.as_column_ref());
        values.map(|values| Self { name: camel_case(field), value, values })
    }

    /// By the records that a column refers to, as far as they may be seen.
    pub fn reference<E: Record + Scoped>(field: &str, column: impl ColumnTrait, visible: &Visible) -> Option<Self> {
        let value = || Expr::col(column.as_column_ref());
        let seen = visible.condition::<E>();
        let value = if seen.is_empty() {
            value()
        } else {
            let ids = E::find().select_only().column(id_column::<E>()).filter(seen).into_query();
            Expr::case(value().in_subquery(ids), value()).into()
        };
        Some(Self { name: camel_case(field), value, values: Values::Ids(E::KIND) })
    }
}

/// A list in a filter is bounded: it becomes parameters of one statement.
const LONGEST_LIST: usize = 500;

/// Characters of a text in a filter at most: no name, title or key of the register has more, and databases refuse patterns that are
/// much longer.
const LONGEST_TEXT: usize = 500;

fn check_length(operator: &str, text: &str) -> async_graphql::Result<()> {
    let characters = text.chars().count();
    if characters > LONGEST_TEXT {
        return Err(bad_input(format!(
            "`{operator}` takes a text of at most {LONGEST_TEXT} characters; this one has {characters}"
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

fn one_of(column: SimpleExpr, values: Vec<Value>, scope: &Scope<'_>) -> async_graphql::Result<SimpleExpr> {
    if values.len() > LONGEST_LIST {
        return Err(bad_input(format!("`in` takes at most {LONGEST_LIST} values, not {}", values.len())));
    }
    scope.spend(values.len())?;
    Ok(column.is_in(values))
}

fn null(column: SimpleExpr, is_null: bool) -> SimpleExpr {
    if is_null { column.is_null() } else { column.is_not_null() }
}

macro_rules! comparable {
    ($($(#[doc = $doc:literal])* $name:ident($value:ty => $into:expr, $values:expr);)+) => {$(
        $crate::graphql::input::input! {
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

            fn test(self, column: SimpleExpr, scope: &Scope<'_>) -> async_graphql::Result<Condition> {
                let into: fn($value) -> Value = $into;
                let values = self.one_of.map(|values| one_of(column.clone(), values.into_iter().map(into).collect(), scope));
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

macro_rules! chosen {
    ($($(#[doc = $doc:literal])* $name:ident($value:ty => $into:expr);)+) => {$(
        $crate::graphql::input::input! {
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
            const VALUES: Option<Values> = Some(Values::Text);

            fn test(self, column: SimpleExpr, scope: &Scope<'_>) -> async_graphql::Result<Condition> {
                let into: fn($value) -> Value = $into;
                let checked = |operator: &str, value| checked(operator, into(value));
                let all = |values: Vec<$value>| values.into_iter().map(|value| checked("in", value)).collect();
                let values = self.one_of.map(all).transpose()?.map(|values| one_of(column.clone(), values, scope));
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
    CountryCodeFilter(CountryCode => |code| code.0.0.into());
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
    /// Tests a `Representation`.
    RepresentationFilter(Representation => |value| value.into());
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
    }
}

impl Operator for TextFilter {
    /// `column` holds folded text.
    fn test(self, column: SimpleExpr, scope: &Scope<'_>) -> async_graphql::Result<Condition> {
        use sea_orm::sea_query::LikeExpr;
        let like = |pattern: String| column.clone().like(LikeExpr::new(pattern).escape('\\'));
        for (operator, text) in [("eq", &self.eq), ("startsWith", &self.starts_with), ("contains", &self.contains)] {
            text.iter().try_for_each(|text| check_length(operator, text))?;
        }
        self.one_of.iter().flatten().try_for_each(|text| check_length("in", text))?;
        let folded = |values: Vec<String>| values.iter().map(|value| fold(value).into()).collect();
        let values = self.one_of.map(|values| one_of(column.clone(), folded(values), scope));
        Ok(Condition::all()
            .add_option(self.eq.map(|value| column.clone().eq(fold(&value))))
            .add_option(values.transpose()?)
            // A range reads the index, which LIKE does on neither database with a bound parameter.
            .add_option(self.starts_with.map(|start| {
                let start = fold(&start);
                let end = format!("{start}\u{10FFFF}");
                column.clone().gte(start).and(column.clone().lte(end))
            }))
            .add_option(self.contains.map(|part| like(format!("%{}%", escape_like(&fold(&part)))))))
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
        let values = values.transpose()?.map(|values| one_of(column.clone(), values, scope)).transpose()?;
        let eq = self.eq.as_ref().map(value).transpose()?;
        Ok(Condition::all().add_option(eq.map(|value| column.eq(value))).add_option(values))
    }
}

/// The values of `column` in the rows that may be seen and fulfil `condition`.
pub fn matching<E: Scoped>(column: E::Column, condition: Condition, scope: &Scope<'_>) -> SelectStatement {
    let rows = scope.visible().select::<E>().select_only().column(column);
    rows.filter(condition).filter(column.is_not_null()).into_query()
}

/// Holds where a condition does not, or is unknown.
pub fn opposite(condition: Condition) -> SimpleExpr {
    // A constant, not a parameter: PostgreSQL's IS NOT takes the word TRUE alone.
    SimpleExpr::from(condition).is_not(SimpleExpr::Constant(true.into()))
}

/// The column that identifies a row.
pub fn id_column<E: EntityTrait>() -> E::Column {
    E::PrimaryKey::iter()
        .next()
        .map(PrimaryKeyToColumn::into_column)
        .unwrap_or_else(|| unreachable!("every table has a key"))
}

/// Declares a filter of a table: its operators on columns and its conditions on related rows.
///
/// * `field: Operator => column(C)` tests a column;
/// * `field: Filter => one(C in module)` tests the row that column `C` refers to;
/// * `field: ListFilter => many(module.C)` tests the rows of `module` whose column `C` refers here;
/// * `field: ListFilter => through(link.Here/There to module)` tests the rows that a link table leads to;
/// * `field: Type => by(function)` calls `function(value, scope) -> Result<Condition>`.
macro_rules! filter {
    (
        $(#[doc = $doc:literal])*
        $name:ident / $list:ident of $module:ident {
            $($(#[doc = $field_doc:literal])* $field:ident: $type:ty => $kind:ident($($how:tt)+);)+
        }
    ) => {
        $crate::graphql::input::input! {
            $(#[doc = $doc])*
            #[derive(Default)]
            pub struct $name {
                $($(#[doc = $field_doc])* $field: Option<Box<$type>>,)+
                /// All of these hold as well.
                and: Option<Vec<$name>>,
                /// At least one of these holds as well; of none, none holds.
                or: Option<Vec<$name>>,
                /// This does not hold; what is unknown does not hold either. A filter without
                /// conditions holds for all, so that its opposite holds for nothing.
                not: Option<Box<$name>>,
            }
        }

        impl $crate::graphql::filter::Filter for $name {
            fn condition(self, scope: &$crate::graphql::filter::Scope<'_>) -> async_graphql::Result<sea_orm::Condition> {
                let scope = &scope.within()?;
                let mut all = sea_orm::Condition::all();
                $(if let Some(value) = self.$field {
                    all = all.add($crate::graphql::filter::filter_on!($module, *value, scope, $kind($($how)+)));
                })+
                for each in self.and.into_iter().flatten() {
                    all = all.add($crate::graphql::filter::Filter::condition(each, scope)?);
                }
                if let Some(or) = self.or {
                    let mut any = sea_orm::Condition::any();
                    for each in or {
                        any = any.add($crate::graphql::filter::Filter::condition(each, scope)?);
                    }
                    all = all.add(any);
                }
                if let Some(not) = self.not {
                    let condition = $crate::graphql::filter::Filter::condition(*not, scope)?;
                    all = all.add($crate::graphql::filter::opposite(condition));
                }
                Ok(all)
            }

            #[allow(unused_variables, reason = "not every kind of record refers to others")]
            fn groups(visible: &$crate::access::Visible) -> Vec<$crate::graphql::filter::Group> {
                [$($crate::graphql::filter::group_by!($module, stringify!($field), $type, visible, $kind($($how)+))),+]
                    .into_iter()
                    .flatten()
                    .collect()
            }
        }

        $crate::graphql::input::input! {
            /// Conditions on the related records.
            #[derive(Default)]
            pub struct $list {
                /// At least one of them fulfils this.
                some: Option<Box<$name>>,
                /// None of them fulfils this.
                none: Option<Box<$name>>,
            }
        }

        impl $list {
            /// Turns the conditions into one on the referring row, given how a set of related rows is found from here.
            #[allow(dead_code, reason = "not every kind of record is a list somewhere")]
            pub(crate) fn related(
                self,
                scope: &$crate::graphql::filter::Scope<'_>,
                here: impl Fn(sea_orm::Condition) -> sea_orm::sea_query::SelectStatement,
                id: impl sea_orm::ColumnTrait,
            ) -> async_graphql::Result<sea_orm::Condition> {
                let mut all = sea_orm::Condition::all();
                if let Some(some) = self.some {
                    all = all.add(id.in_subquery(here($crate::graphql::filter::Filter::condition(*some, scope)?)));
                }
                if let Some(none) = self.none {
                    all = all.add(id.not_in_subquery(here($crate::graphql::filter::Filter::condition(*none, scope)?)));
                }
                Ok(all)
            }
        }
    };
}
pub(crate) use filter;

/// The condition of one field of [`filter!`].
macro_rules! filter_on {
    ($module:ident, $value:expr, $scope:expr, column($column:ident)) => {
        $crate::graphql::filter::Operator::test(
            $value,
            sea_orm::sea_query::Expr::col((entity::$module::Entity, entity::$module::Column::$column)).into(),
            $scope,
        )?
    };
    ($module:ident, $value:expr, $scope:expr, one($column:ident in $other:ident)) => {
        sea_orm::ColumnTrait::in_subquery(
            &entity::$module::Column::$column,
            $crate::graphql::filter::matching::<entity::$other::Entity>(
                $crate::graphql::filter::id_column::<entity::$other::Entity>(),
                $crate::graphql::filter::Filter::condition($value, $scope)?,
                $scope,
            ),
        )
    };
    ($module:ident, $value:expr, $scope:expr, many($other:ident.$column:ident)) => {
        $value.related(
            $scope,
            |condition| {
                $crate::graphql::filter::matching::<entity::$other::Entity>(
                    entity::$other::Column::$column,
                    condition,
                    $scope,
                )
            },
            $crate::graphql::filter::id_column::<entity::$module::Entity>(),
        )?
    };
    ($module:ident, $value:expr, $scope:expr, through($link:ident.$here:ident/$there:ident to $other:ident)) => {
        $value.related(
            $scope,
            |condition| {
                $crate::graphql::filter::matching::<entity::$link::Entity>(
                    entity::$link::Column::$here,
                    sea_orm::ColumnTrait::in_subquery(
                        &entity::$link::Column::$there,
                        $crate::graphql::filter::matching::<entity::$other::Entity>(
                            $crate::graphql::filter::id_column::<entity::$other::Entity>(),
                            condition,
                            $scope,
                        ),
                    )
                    .into(),
                    $scope,
                )
            },
            $crate::graphql::filter::id_column::<entity::$module::Entity>(),
        )?
    };
    ($module:ident, $value:expr, $scope:expr, by($function:path)) => {
        $function($value, $scope)?
    };
}
pub(crate) use filter_on;

/// By what one field of [`filter!`] lets rows be grouped.
macro_rules! group_by {
    ($module:ident, $field:expr, $type:ty, $visible:expr, column($column:ident)) => {
        $crate::graphql::filter::Group::column(
            $field,
            entity::$module::Column::$column,
            <$type as $crate::graphql::filter::Operator>::VALUES,
        )
    };
    ($module:ident, $field:expr, $type:ty, $visible:expr, one($column:ident in $other:ident)) => {
        $crate::graphql::filter::Group::reference::<entity::$other::Entity>(
            $field,
            entity::$module::Column::$column,
            $visible,
        )
    };
    ($module:ident, $field:expr, $type:ty, $visible:expr, $kind:ident($($how:tt)+)) => {
        None
    };
}
pub(crate) use group_by;
