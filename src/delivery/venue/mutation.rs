//! What is done to venues.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use async_graphql::MaybeUndefined;
use entity::venue;
use entity::vocabulary::VenueKind;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Venue, merge, rules};
use crate::access::policy::Relation;
use crate::graphql::scalars::CountryCode;
use crate::mutation::{IdOf, changed, given, mutations};
use crate::rule::country::known;
use crate::rule::{self, key_or, unset};

mutations! {
    /// Mutations of venues.
    VENUE_MUTATIONS {
        /// Enters a place.
        add_venue(AddVenueInput) -> AddVenuePayload { venue: Venue }, a EnterCommon {
            /// The key; unless given, made of what tells the record apart.
            key: Option<String>,
            /// What kind of place it is.
            kind: VenueKind = VenueKind::Site,
            /// The name.
            name: String,
            /// The address.
            address: Option<String>,
            /// The city.
            city: Option<String>,
            /// The country.
            country: Option<CountryCode>,
            /// The subdivision of the country (ISO 3166-2).
            subdivision: Option<String>,
            /// The latitude, in degrees north (WGS 84).
            latitude: Option<f64>,
            /// The longitude, in degrees east (WGS 84).
            longitude: Option<f64>,
        }

        /// Changes what is recorded of a place. For curators. What is left out stays as it is.
        update_venue(UpdateVenueInput) -> UpdateVenuePayload { venue: Venue }, a KeepCommon {
            /// The venue.
            venue_id: IdOf<venue::Entity>,
            /// The name.
            name: Option<String>,
            /// The address; null where not known.
            address: MaybeUndefined<String>,
            /// The city; null where not known.
            city: MaybeUndefined<String>,
            /// The subdivision of the country (ISO 3166-2); null where not known.
            subdivision: MaybeUndefined<String>,
            /// The latitude, in degrees north (WGS 84); null where not known.
            latitude: MaybeUndefined<f64>,
            /// The longitude, in degrees east (WGS 84); null where not known.
            longitude: MaybeUndefined<f64>,
        }

        /// Merges a place into another, the two being one. What referred to the one refers to the
        /// other; the id and key of the one keep resolving. For curators.
        merge_venues(MergeVenuesInput) -> MergeVenuesPayload { venue: Venue }, a Curate {
            /// The record that is to be merged.
            venue_id: IdOf<venue::Entity>,
            /// The record that stays.
            into_id: IdOf<venue::Entity>,
        }
    }
}

async fn add_venue(
    w: &mut Write,
    by: &Authorizer,
    input: &AddVenueInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let stem = rules::key_stem(&input.name, input.city.as_deref());
    let draft = venue::ActiveModel {
        key: key_or(w, input.key.as_ref(), stem).await?,
        kind: Set(input.kind),
        name: Set(input.name.clone()),
        address: Set(input.address.clone()),
        city: Set(input.city.clone()),
        country_code: Set(known(w, input.country.as_ref().map(|code| &code.0)).await?),
        subdivision: Set(input.subdivision.clone()),
        latitude: Set(input.latitude),
        longitude: Set(input.longitude),
        ..unset()
    };
    let put = rules::enter(w, None, draft).await?;
    rule::emit::<venue::Entity>(w, &put);
    Ok(put.row.id.0)
}

async fn update_venue(
    w: &mut Write,
    by: &Authorizer,
    input: &UpdateVenueInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let row = by.target::<venue::Entity>(w, "venue_id", input.venue_id.0).await?;
    let draft = venue::ActiveModel {
        name: given(input.name.clone()),
        address: changed(input.address.clone(), |address| address),
        city: changed(input.city.clone(), |city| city),
        subdivision: changed(input.subdivision.clone(), |code| code),
        latitude: changed(input.latitude, |degrees| degrees),
        longitude: changed(input.longitude, |degrees| degrees),
        ..unset()
    };
    let put = rules::enter(w, Some(&row), draft).await?;
    rule::emit::<venue::Entity>(w, &put);
    Ok(put.row.id.0)
}

async fn merge_venues(
    w: &mut Write,
    by: &Authorizer,
    input: &MergeVenuesInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    w.lock_register().await?;
    let row = by.target::<venue::Entity>(w, "venue_id", input.venue_id.0).await?;
    let into = by.find::<venue::Entity>(w, "into_id", input.into_id.0).await?;
    Ok(merge::merge(w, &row, &into).await?.row.id.0)
}
