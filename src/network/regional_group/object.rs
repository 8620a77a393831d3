//! What a group shows.

use std::collections::BTreeMap;

use async_graphql::{Context, ID, Object, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::country;
use entity::vocabulary::RegionalGroupKind;
use entity::{citation, claim, membership, observation, partnership, programme};
use futures::future::try_join_all;

use super::RegionalGroupFilter;
use super::query::RegionalGroupOrder;
use crate::delivery::partnership::Partnership;
use crate::engine::Computed;
use crate::engine::computed::LANGUAGE;
use crate::engine::object::object;
use crate::engine::reference::{NodeType, Records};
use crate::graphql::context::LoadRows;
use crate::graphql::context::RequestContext;
use crate::graphql::edge::Edge;
use crate::graphql::list::List;
use crate::graphql::loader::Key;
use crate::graphql::order::OrderDirection;
use crate::graphql::scalars::Date;
use crate::network::country::Country;
use crate::network::membership::Membership;
use crate::network::programme::Programme;
use crate::provenance::citation::Citation;
use crate::provenance::claim::Claim;
use crate::provenance::observation::Observation;
use crate::rule::dates::{MembershipCertainty, member_on};

object! {
    /// A group of countries: an organisation such as ASEAN, or the parties of a treaty.
    RegionalGroup of regional_group, chosen by RegionalGroupFilter, ordered by RegionalGroupOrder {
        /// Which countries belong or belonged to it, in every quality, past ones included.
        list memberships: Membership => Edge::by(membership::Column::RegionalGroupId);
        /// The programmes that address its members.
        list programmes: Programme => Edge::by(programme::Column::RegionalGroupId);
        /// The roles that it holds in programmes, batches and workshops.
        list partnerships: Partnership => Edge::by(partnership::Column::RegionalGroupId);
        /// What sources claim of it, such as that it organised a batch.
        list claims: Claim => Edge::by(claim::Column::RegionalGroupId);
        /// The statistics about it that sources quote with a programme or batch.
        list observations: Observation => Edge::by(observation::Column::RegionalGroupId);
        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// What binds it together.
        column kind: RegionalGroupKind;
        /// The acronym, such as "ASEAN"; null where it has none.
        column acronym: Option<&str>;

        /// The name in a language: the one asked for, else that of the request, else English.
        computed name: String = Computed::of(&["name_en", "name_id"], |made| {
            let row = made.row::<entity::regional_group::Entity>()?;
            Ok(made.languages().en_or_id(&row.name_en, row.name_id.as_deref()).into())
        }).taking(&[LANGUAGE]);
    } {
        /// The countries that were its full members, or parties to the treaty, on a day; by common
        /// English name. A membership whose first day is not known counts as in force throughout:
        /// `membersWithCertainty` tells which these are, and `onlyCertain` leaves them out.
        async fn members(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "On which day; today (UTC) where not given.")] as_of: Option<Date>,
            #[graphql(
                desc = "Without countries whose membership may have begun after that day.",
                default
            )]
            only_certain: bool,
        ) -> Result<Records<Country>> {
            let all = members(ctx, self.parent_key(), as_of).await?.into_iter();
            let all = all
                .filter(|member| !only_certain || member.certainty == MembershipCertainty::Certain);
            Ok(Records::required(all.map(|member| member.country).collect()))
        }

        /// The same countries, each with how certain it is that its membership had begun.
        async fn members_with_certainty(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "On which day; today (UTC) where not given.")] as_of: Option<Date>,
        ) -> Result<List<RegionalGroupMember>> {
            Ok(members(ctx, self.parent_key(), as_of).await?.into_iter().collect())
        }
    }
}

/// A country that belonged to a group on a day.
#[derive(Clone, Debug)]
pub struct RegionalGroupMember {
    id: ID,
    country: Key,
    certainty: MembershipCertainty,
}

/// A country that belonged to a group on a day.
#[Object]
impl RegionalGroupMember {
    /// Identifies the country in the group on that day; it cannot be looked up with `node`.
    async fn id(&self) -> &ID {
        &self.id
    }

    /// The country.
    async fn country(&self) -> Country {
        Country::required(self.country.clone())
    }

    /// How certain it is that it belonged to the group on that day already.
    async fn certainty(&self) -> MembershipCertainty {
        self.certainty
    }
}

/// Who belonged to a group on a day, by common English name. Of several memberships of a country
/// the most certain one counts.
async fn members(
    ctx: &Context<'_>,
    group: Key,
    as_of: Option<Date>,
) -> Result<Vec<RegionalGroupMember>> {
    let day = as_of.map_or_else(|| ctx.reader().clock().today(), |day| day.0);
    let edge = Edge::by(membership::Column::RegionalGroupId);
    let order = vec![(membership::Column::SortDate, OrderDirection::Asc)];
    let stem = format!("RegionalGroupMember:{}:{day}", group.text());
    let memberships = ctx.rows::<membership::Entity>(edge, group, order).await?;
    let mut certain: BTreeMap<String, MembershipCertainty> = BTreeMap::new();
    for row in &memberships {
        if let Some(this) = member_on(row, day) {
            let best = certain.entry(row.country_code.0.clone()).or_insert(this);
            *best = this.min(*best);
        }
    }
    let rows = certain.keys().map(|code| ctx.row::<country::Entity>(Key::Code(code.clone())));
    let mut countries: Vec<_> = try_join_all(rows).await?.into_iter().flatten().collect();
    countries.sort_by(|one, other| one.sort_name.cmp(&other.sort_name));
    let member = |row: &country::Model| {
        let certainty = *certain.get(&row.code.0)?;
        let id = URL_SAFE_NO_PAD.encode(format!("{stem}:{}", row.code.0)).into();
        Some(RegionalGroupMember { id, country: Key::Code(row.code.0.clone()), certainty })
    };
    Ok(countries.iter().filter_map(|row| member(row)).collect())
}
