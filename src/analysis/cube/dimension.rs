//! By what attendance is told apart.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Result};
use entity::vocabulary::{MembershipKind, RecordKind, Representation};
use entity::{
    batch, batch_topic, batch_venue, delegation, institution, membership, programme,
    regional_group, topic, venue,
};
use sea_orm::sea_query::{
    Alias, DynIden, Expr, ExprTrait, Func, IntoIden, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, JoinType, QueryFilter};

use crate::access::Scoped;
use crate::engine::node::Node;
use crate::graphql::context::{Nullable, RequestContext, nullable};
use crate::graphql::language::Language;
use crate::graphql::loader::{Key, LevelFuture, LevelLoader, Reader};
use crate::network::country::common_name;
use crate::network::institution::present_name;
use crate::record::Record;

/// By what attendance is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AttendanceDimension {
    /// The country whose party it is. Delegations of institutions are left out.
    Country,
    /// The groups of which the country was a full member, or a party, on the first day of the batch, else on its last. A delegation
    /// stands in each of them; in none where the batch has no date. Delegations of institutions are left out. A membership whose
    /// first day is not known counts as in force throughout, unless `onlyCertain` leaves it out.
    RegionalGroup,
    /// The institution that the delegation stands for, or that sent it.
    Institution,
    /// The programme.
    Programme,
    /// The batch.
    Batch,
    /// What the batch is about. A batch stands in each of its topics.
    Topic,
    /// How partners share the programme.
    Modality,
    /// The year of the first day, else of the last day.
    Year,
    /// The cities of the venues. A batch stands in each of them.
    City,
}

impl std::fmt::Display for AttendanceDimension {
    /// As the API writes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(async_graphql::resolver_utils::enum_value(*self).to_string().trim_matches('"'))
    }
}

/// The condition that a delegation is a country's.
pub(super) fn of_countries() -> SimpleExpr {
    // Written out and not bound: the index of cells has these alone.
    Expr::col((delegation::Entity, delegation::Column::Represents))
        .eq(Expr::Constant(Representation::Country.into()))
}

impl AttendanceDimension {
    /// Whether it tells parties apart, and not batches.
    pub(super) fn is_of_parties(self) -> bool {
        matches!(self, Self::Country | Self::RegionalGroup | Self::Institution)
    }

    /// Whether it is about countries alone.
    pub(super) fn is_of_countries(self) -> bool {
        matches!(self, Self::Country | Self::RegionalGroup)
    }

    /// Whether each delegation (of a country, where countries are told apart) has a value. The
    /// value is then a column, in the order of whose index cells can be read, a page of them
    /// without counting the others.
    fn is_always_known(self) -> bool {
        matches!(self, Self::Country | Self::Programme | Self::Batch | Self::Modality)
    }

    /// Joins what it needs to a selection of batches and delegations, and gives its value: text,
    /// empty where there is none.
    /// Of memberships only those count that are certain, where that is asked for.
    pub(super) fn join(self, select: &mut SelectStatement, only_certain: bool) -> SimpleExpr {
        let id = || Expr::col((batch::Entity, batch::Column::Id));
        let left = JoinType::LeftJoin;
        let value: SimpleExpr = match self {
            Self::Country => Expr::col((delegation::Entity, delegation::Column::CountryCode)),
            Self::Institution => {
                let on = Expr::col((institution::Entity, institution::Column::Id))
                    .equals((delegation::Entity, delegation::Column::InstitutionId));
                select.join(left, institution::Entity, on);
                Expr::col((institution::Entity, institution::Column::Key))
            }
            Self::RegionalGroup => {
                let group = Expr::col((regional_group::Entity, regional_group::Column::Id))
                    .equals((membership::Entity, membership::Column::RegionalGroupId));
                select.join(left, membership::Entity, memberships(only_certain)).join(
                    left,
                    regional_group::Entity,
                    group,
                );
                Expr::col((regional_group::Entity, regional_group::Column::Key))
            }
            Self::Programme => join_programme(select, "by_programme", programme::Column::Key),
            Self::Modality => join_programme(select, "by_modality", programme::Column::Modality),
            Self::Batch => Expr::col((batch::Entity, batch::Column::Key)),
            Self::Topic => {
                let link = Expr::col((batch_topic::Entity, batch_topic::Column::BatchId)).eq(id());
                let on = Expr::col((topic::Entity, topic::Column::Id))
                    .equals((batch_topic::Entity, batch_topic::Column::TopicId));
                select.join(left, batch_topic::Entity, link).join(left, topic::Entity, on);
                Expr::col((topic::Entity, topic::Column::Key))
            }
            Self::City => {
                // Two venues of one city are one city.
                let on = Expr::col((venue::Entity, venue::Column::Id))
                    .equals((batch_venue::Entity, batch_venue::Column::VenueId));
                let cities = Query::select()
                    .distinct()
                    .column((batch_venue::Entity, batch_venue::Column::BatchId))
                    .column((venue::Entity, venue::Column::City))
                    .from(batch_venue::Entity)
                    .join(JoinType::InnerJoin, venue::Entity, on)
                    .and_where(venue::Column::City.is_not_null())
                    .take();
                let of = Expr::col((Alias::new(CITIES), batch_venue::Column::BatchId)).eq(id());
                select.join_subquery(left, cities, Alias::new(CITIES), of);
                Expr::col((Alias::new(CITIES), venue::Column::City))
            }
            Self::Year => {
                // Dates are text in SQLite, and become it in PostgreSQL: both as YYYY-MM-DD. An
                // unknown one sorts as 9999.
                let date =
                    Expr::col((batch::Entity, batch::Column::SortDate)).cast_as(Alias::new("text"));
                let year = Func::cust(Alias::new("substr")).arg(date).arg(1).arg(4);
                Func::cust(Alias::new("nullif")).arg(year).arg("9999").into()
            }
        };
        if self.is_always_known() { value } else { Func::coalesce([value, Expr::val("")]).into() }
    }
}

const CITIES: &str = "batch_city";

/// Joins the programme of a batch, and gives a column of it. Two dimensions are of the programme,
/// and may be asked for together: each joins it under a name of its own.
fn join_programme(
    select: &mut SelectStatement,
    name: &'static str,
    column: programme::Column,
) -> SimpleExpr {
    let of = |column| Expr::col((Alias::new(name), column));
    let on = of(programme::Column::Id).equals((batch::Entity, batch::Column::ProgrammeId));
    select.join_as(JoinType::InnerJoin, programme::Entity, Alias::new(name), on);
    of(column)
}

/// The condition that a membership is of the country of a delegation, and counts at the date of the
/// batch: what [`is_member`](crate::network::membership::is_member) says, in SQL. A country that is
/// in a group in two kinds at once is in it once.
///
/// It leads by the country, of which there is an index: a condition between groups and delegations
/// would try each group for each delegation.
fn memberships(only_certain: bool) -> Condition {
    use membership::Column::{CountryCode, Id, RegionalGroupId};
    let (this, other) = (membership::Entity.into_iden(), Alias::new(OTHER_MEMBERSHIP).into_iden());
    let of_country = Expr::col((this.clone(), CountryCode))
        .equals((delegation::Entity, delegation::Column::CountryCode));
    let same = |column: membership::Column| {
        Expr::col((other.clone(), column)).equals((this.clone(), column))
    };
    let before = Query::select()
        .expr(Expr::cust("1"))
        .from_as(membership::Entity, other.clone())
        .and_where(same(CountryCode))
        .and_where(same(RegionalGroupId))
        .and_where(Expr::col((other.clone(), Id)).lt(Expr::col((this.clone(), Id))))
        .cond_where(counts_at_the_date(&other, only_certain))
        .take();
    Condition::all()
        .add(of_country)
        .add(counts_at_the_date(&this, only_certain))
        .add(Expr::exists(before).not())
}

const OTHER_MEMBERSHIP: &str = "other_membership";

/// The condition that a membership of `table` is of a kind that counts, and in force at the date of
/// the batch.
fn counts_at_the_date(table: &DynIden, only_certain: bool) -> Condition {
    use membership::Column::{CreatedAt, Kind, ValidFrom, ValidTo};
    let column = |column: membership::Column| Expr::col((table.clone(), column));
    let date = || {
        let ends = [batch::Column::StartsOn, batch::Column::EndsOn];
        SimpleExpr::from(Func::coalesce(ends.map(|column| Expr::col((batch::Entity, column)))))
    };
    // What `MembershipCertainty` says, in SQL. Moments and days are text in SQLite, and become it in
    // PostgreSQL, where they are told in UTC: both begin with YYYY-MM-DD.
    let text = |value: SimpleExpr| value.cast_as(Alias::new("text"));
    let recorded = Func::cust(Alias::new("substr")).arg(text(column(CreatedAt))).arg(1).arg(10);
    let begun = Condition::any()
        .add(column(ValidFrom).is_not_null())
        .add(column(ValidTo).eq(date()))
        .add(SimpleExpr::from(recorded).lte(text(date())));
    Condition::all()
        .add_option(only_certain.then_some(begun))
        .add(
            column(Kind)
                .is_in([MembershipKind::Full, MembershipKind::Party].map(|kind| kind.to_value())),
        )
        .add(date().is_not_null())
        .add(Condition::any().add(column(ValidFrom).is_null()).add(column(ValidFrom).lte(date())))
        .add(Condition::any().add(column(ValidTo).is_null()).add(column(ValidTo).gte(date())))
}

/// What a row or a column of a cube stands for.
#[derive(Clone, Debug)]
pub struct AttendanceHeader {
    dimension: AttendanceDimension,
    value: String,
}

impl AttendanceHeader {
    pub(super) fn new(dimension: AttendanceDimension, value: &str) -> Self {
        Self { dimension, value: value.to_owned() }
    }

    fn key(&self) -> Option<Key> {
        (!self.value.is_empty()).then(|| Key::Code(self.value.clone()))
    }
}

/// What a row or a column of a cube stands for.
#[Object(name = "AttendanceHeaderPayload")]
impl AttendanceHeader {
    /// The code of the country, the key of the record, the modality, the year, or the city; null for what has none recorded, as a
    /// batch without a venue has no city.
    #[graphql(name = "key")]
    async fn value(&self) -> Option<&str> {
        (!self.value.is_empty()).then_some(self.value.as_str())
    }

    /// Its name in a language: the one asked for, else that of the request, else English, else as printed; a batch without an
    /// accepted title is called by its key. Null for what has none recorded.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language.")] language: Option<Language>,
    ) -> Nullable<String> {
        nullable(self.called(ctx, language)).await
    }

    /// The record that it is; null where it is none, as a year is none.
    async fn record(&self, ctx: &Context<'_>) -> Nullable<Node> {
        nullable(self.node(ctx)).await
    }
}

impl AttendanceHeader {
    async fn called(
        &self,
        ctx: &Context<'_>,
        language: Option<Language>,
    ) -> Result<Option<String>> {
        let Some(key) = self.key() else { return Ok(None) };
        let languages = ctx.languages(language);
        let name = match self.dimension {
            AttendanceDimension::Country => Some(common_name(ctx, key, &languages).await?),
            AttendanceDimension::RegionalGroup => {
                let group = keyed::<regional_group::Entity>(ctx, key).await?;
                group.map(|group| languages.en_or_id(&group.name_en, group.name_id.as_deref()))
            }
            AttendanceDimension::Institution => match keyed::<institution::Entity>(ctx, key).await?
            {
                Some(body) => Some(present_name(ctx, &body, &languages).await?),
                None => None,
            },
            AttendanceDimension::Topic => {
                let topic = keyed::<topic::Entity>(ctx, key).await?;
                topic.map(|topic| languages.en_or_id(&topic.label_en, Some(&topic.label_id)))
            }
            AttendanceDimension::Programme => {
                keyed::<programme::Entity>(ctx, key).await?.map(|programme| programme.title.clone())
            }
            AttendanceDimension::Batch => {
                let batch = keyed::<batch::Entity>(ctx, key).await?;
                batch.map(|batch| batch.title.as_ref().unwrap_or(&batch.key).clone())
            }
            AttendanceDimension::Modality
            | AttendanceDimension::Year
            | AttendanceDimension::City => None,
        };
        Ok(Some(name.unwrap_or_else(|| self.value.clone())))
    }

    async fn node(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        let Some(key) = self.key() else { return Ok(None) };
        Ok(match self.dimension {
            AttendanceDimension::Country => Some(Node::seen(RecordKind::Country, key)),
            AttendanceDimension::RegionalGroup => {
                record::<regional_group::Entity>(ctx, key).await?
            }
            AttendanceDimension::Institution => record::<institution::Entity>(ctx, key).await?,
            AttendanceDimension::Programme => record::<programme::Entity>(ctx, key).await?,
            AttendanceDimension::Batch => record::<batch::Entity>(ctx, key).await?,
            AttendanceDimension::Topic => record::<topic::Entity>(ctx, key).await?,
            AttendanceDimension::Modality
            | AttendanceDimension::Year
            | AttendanceDimension::City => None,
        })
    }
}

/// The record with a key.
async fn keyed<E: Record + Scoped<Model: Send + Sync>>(
    ctx: &Context<'_>,
    key: Key,
) -> Result<Option<Arc<E::Model>>> {
    ctx.reader().load("", || ByKey::<E>(std::marker::PhantomData), key).await
}

/// The same as the API shows it.
async fn record<E: Record + Scoped<Model: Send + Sync>>(
    ctx: &Context<'_>,
    key: Key,
) -> Result<Option<Node>> {
    Ok(keyed::<E>(ctx, key).await?.map(|row| Node::seen(E::KIND, Key::Id(E::id(&row)))))
}

/// Asks for the record that a key names.
struct ByKey<E>(std::marker::PhantomData<E>);

impl<E: Record + Scoped<Model: Send + Sync>> LevelLoader for ByKey<E> {
    type Answer = E::Model;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> LevelFuture<Self::Answer> {
        Box::pin(async move {
            let wanted =
                Expr::col((E::default(), Alias::new("key"))).is_in(keys.iter().map(Key::text));
            let rows = reader.visible().select::<E>().filter(wanted).all(reader.db()).await?;
            Ok(rows.into_iter().map(|row| (Key::Code(E::key(&row).to_owned()), row)).collect())
        })
    }
}
