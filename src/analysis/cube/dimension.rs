//! By what attendance is told apart.

use async_graphql::Enum;
use entity::vocabulary::{PartnershipRole, Representation};
use entity::{
    batch, batch_topic, delegation, institution, membership, programme, regional_group, topic,
    venue,
};
use sea_orm::JoinType;
use sea_orm::sea_query::{Expr, ExprTrait, Func, SelectStatement, SimpleExpr};

use super::join::{
    has_head, join_partners, join_places, join_programme, join_sectors, memberships,
};
use super::period;
use crate::access::Visible;

/// By what attendance is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AttendanceDimension {
    /// The country whose party it is. Delegations of institutions are left out.
    Country,
    /// The groups of which the country was a full member, or a party, on the first day of the
    /// batch, else on its last. A delegation stands in each of them; in none where the batch has no
    /// date. Delegations of institutions are left out. A membership whose first day is not known
    /// counts as in force throughout, unless `onlyCertain` leaves it out.
    RegionalGroup,
    /// The institution that the delegation stands for, or that sent it.
    Institution,
    /// The programme.
    Programme,
    /// The batch.
    Batch,
    /// What the batch is about. A batch stands in each of its topics.
    Topic,
    /// The category of aid purposes that the programme and the topics are tagged with: the first
    /// three digits of a `DAC_PURPOSE`. A batch stands in each of them.
    Sector,
    /// How partners share the programme.
    Modality,
    /// The year of the first day, else of the last day.
    Year,
    /// The quarter of that day, as `2023-Q4`; none where no more than the year is known.
    Quarter,
    /// The month of that day, as `2023-11`; none where no more than the year is known.
    Month,
    /// The cities of the venues. A batch stands in each of them.
    City,
    /// The countries of the venues. A batch stands in each of them.
    HostCountry,
    /// The institutions that organise the batch, or its programme. A batch stands in each of them.
    Organiser,
    /// The institutions that host the batch, or its programme. A batch stands in each of them.
    Host,
    /// The institutions that fund the batch, or its programme. A batch stands in each of them.
    Funder,
    /// The institutions that carry out the batch, or its programme. A batch stands in each of them.
    Implementer,
    /// The institutions that take part in carrying out the batch, or its programme. A batch stands
    /// in each of them.
    Partner,
    /// As what the delegation takes part: a party, an observer state, and so on.
    Category,
    /// Whether the delegation has a head that is named: `true` or `false`.
    HasHead,
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
        matches!(
            self,
            Self::Country
                | Self::RegionalGroup
                | Self::Institution
                | Self::Category
                | Self::HasHead
        )
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
    pub(super) fn join(
        self,
        select: &mut SelectStatement,
        visible: &Visible,
        only_certain: bool,
    ) -> SimpleExpr {
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
            Self::Sector => join_sectors(select),
            Self::City => join_places(select, "batch_city", venue::Column::City),
            Self::HostCountry => join_places(select, "batch_host", venue::Column::CountryCode),
            Self::Organiser => join_partners(select, visible, PartnershipRole::Organiser),
            Self::Host => join_partners(select, visible, PartnershipRole::Host),
            Self::Funder => join_partners(select, visible, PartnershipRole::Funder),
            Self::Implementer => join_partners(select, visible, PartnershipRole::Implementer),
            Self::Partner => join_partners(select, visible, PartnershipRole::Partner),
            Self::Year => period::year(),
            Self::Quarter => period::quarter(),
            Self::Month => period::month(),
            Self::Category => Expr::col((delegation::Entity, delegation::Column::Category)),
            Self::HasHead => has_head(visible),
        };
        if self.is_always_known() { value } else { Func::coalesce([value, Expr::val("")]).into() }
    }
}
