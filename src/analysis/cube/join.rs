//! What dimensions join to a selection of batches and delegations.

use entity::vocabulary::{EngagementRole, MembershipKind, PartnershipRole, TagVocabulary};
use entity::{
    batch, batch_topic, batch_venue, delegation, engagement, institution, membership, partnership,
    programme, tag, topic, venue,
};
use sea_orm::sea_query::{
    Alias, DynIden, Expr, ExprTrait, Func, IntoIden, Query, SelectStatement, SimpleExpr, UnionType,
};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, JoinType, QueryFilter, QuerySelect, QueryTrait};

use crate::access::Visible;

/// Joins what is known of the places of a batch, each once: two venues of one city are one city.
pub(super) fn join_places(
    select: &mut SelectStatement,
    name: &'static str,
    column: venue::Column,
) -> SimpleExpr {
    let on = Expr::col((venue::Entity, venue::Column::Id))
        .equals((batch_venue::Entity, batch_venue::Column::VenueId));
    let places = Query::select()
        .distinct()
        .column((batch_venue::Entity, batch_venue::Column::BatchId))
        .column((venue::Entity, column))
        .from(batch_venue::Entity)
        .join(JoinType::InnerJoin, venue::Entity, on)
        .and_where(Expr::col((venue::Entity, column)).is_not_null())
        .take();
    let of = Expr::col((Alias::new(name), batch_venue::Column::BatchId))
        .equals((batch::Entity, batch::Column::Id));
    select.join_subquery(JoinType::LeftJoin, places, Alias::new(name), of);
    Expr::col((Alias::new(name), column))
}

/// Joins the institutions that have a role in a batch or in its programme, each once.
pub(super) fn join_partners(
    select: &mut SelectStatement,
    visible: &Visible,
    role: PartnershipRole,
) -> SimpleExpr {
    use institution::Column::Key as InstitutionKey;
    use partnership::Column::{BatchId, InstitutionId, ProgrammeId, Role};
    let partners = |id: (DynIden, DynIden)| {
        let holder = Expr::col((institution::Entity, institution::Column::Id))
            .equals((partnership::Entity, InstitutionId));
        let mut partners =
            visible.select::<partnership::Entity>().filter(Role.eq(role)).into_query();
        partners
            .clear_selects()
            .expr_as(Expr::col(id), Alias::new(OF_BATCH))
            .column((institution::Entity, InstitutionKey))
            .join(JoinType::InnerJoin, institution::Entity, holder)
            .take()
    };
    let of_programme = Alias::new("batch_of_programme").into_iden();
    let through = Expr::col((of_programme.clone(), batch::Column::ProgrammeId))
        .equals((partnership::Entity, ProgrammeId));
    let inherited = partners((of_programme.clone(), batch::Column::Id.into_iden()))
        .join_as(JoinType::InnerJoin, batch::Entity, of_programme, through)
        .take();
    let all = partners((partnership::Entity.into_iden(), BatchId.into_iden()))
        .and_where(BatchId.is_not_null())
        .union(UnionType::Distinct, inherited)
        .take();
    let name = Alias::new(format!("batch_{}", role.to_value().to_lowercase())).into_iden();
    let of =
        Expr::col((name.clone(), Alias::new(OF_BATCH))).equals((batch::Entity, batch::Column::Id));
    select.join_subquery(JoinType::LeftJoin, all, name.clone(), of);
    Expr::col((name, InstitutionKey))
}

const OF_BATCH: &str = "of_batch";

/// Joins the categories of the purposes that the programme and the topics of a batch have, each
/// once.
pub(super) fn join_sectors(select: &mut SelectStatement) -> SimpleExpr {
    let category = |code: SimpleExpr| {
        SimpleExpr::from(Func::cust(Alias::new("substr")).arg(code).arg(1).arg(3))
    };
    let of_batch = |column: (DynIden, DynIden), code: SimpleExpr| {
        Query::select()
            .expr_as(Expr::col(column), Alias::new(OF_BATCH))
            .expr_as(category(code), Alias::new(SECTOR))
            .take()
    };
    let code = || Expr::col((tag::Entity, tag::Column::Code));
    let is_purpose = || tag::Column::Vocabulary.eq(TagVocabulary::DacPurpose);
    let of_programme = Alias::new("batch_of_tag").into_iden();
    let through = Expr::col((of_programme.clone(), batch::Column::ProgrammeId))
        .equals((tag::Entity, tag::Column::ProgrammeId));
    let inherited = of_batch((of_programme.clone(), batch::Column::Id.into_iden()), code())
        .from(tag::Entity)
        .join_as(JoinType::InnerJoin, batch::Entity, of_programme, through)
        .and_where(is_purpose())
        .take();
    let link = || (batch_topic::Entity.into_iden(), batch_topic::Column::BatchId.into_iden());
    let tagged = Expr::col((tag::Entity, tag::Column::TopicId))
        .equals((batch_topic::Entity, batch_topic::Column::TopicId));
    let of_tags = of_batch(link(), code())
        .from(batch_topic::Entity)
        .join(JoinType::InnerJoin, tag::Entity, tagged)
        .and_where(is_purpose())
        .take();
    let own = Expr::col((topic::Entity, topic::Column::Id))
        .equals((batch_topic::Entity, batch_topic::Column::TopicId));
    let of_topics = of_batch(link(), Expr::col((topic::Entity, topic::Column::DacCode)))
        .from(batch_topic::Entity)
        .join(JoinType::InnerJoin, topic::Entity, own)
        .and_where(topic::Column::DacCode.is_not_null())
        .take();
    let all = { inherited }
        .union(UnionType::Distinct, of_tags)
        .union(UnionType::Distinct, of_topics)
        .take();
    let name = Alias::new("batch_sector").into_iden();
    let of =
        Expr::col((name.clone(), Alias::new(OF_BATCH))).equals((batch::Entity, batch::Column::Id));
    select.join_subquery(JoinType::LeftJoin, all, name.clone(), of);
    Expr::col((name, Alias::new(SECTOR)))
}

const SECTOR: &str = "sector";

/// Whether a head of the delegation is recorded.
pub(super) fn has_head(visible: &Visible) -> SimpleExpr {
    use engagement::Column::{DelegationId, Role};
    let mut heads = visible.select::<engagement::Entity>();
    let heads = QuerySelect::query(&mut heads)
        .clear_selects()
        .expr(Expr::cust("1"))
        .and_where(Role.eq(EngagementRole::HeadOfDelegation))
        .and_where(
            Expr::col((engagement::Entity, DelegationId))
                .equals((delegation::Entity, delegation::Column::Id)),
        )
        .take();
    Expr::case(Expr::exists(heads), Expr::cust("'true'")).finally(Expr::cust("'false'")).into()
}

/// Joins the programme of a batch, and gives a column of it. Two dimensions are of the programme,
/// and may be asked for together: each joins it under a name of its own.
pub(super) fn join_programme(
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
pub(super) fn memberships(only_certain: bool) -> Condition {
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
    // What `MembershipCertainty` says, in SQL. Moments and days are text in SQLite, and become it
    // in PostgreSQL, where they are told in UTC: both begin with YYYY-MM-DD.
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
