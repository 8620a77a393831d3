//! Many delegations of a batch at once: all of them, or none.

use std::collections::HashMap;

use entity::vocabulary::{ClaimProperty, Representation};
use entity::{batch, delegation};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::super::rules;
use super::{
    AttendanceInput, InviteCountriesInput, LONGEST_LIST, RecordAttendancesInput, attend, invite,
};
use crate::access::{Authorizer, expect_version, nothing};
use crate::db::Write;
use crate::error::WriteError;
use crate::graphql::scalars::CountryCode;
use crate::phrase::say;
use crate::provenance::claim::people::People;
use crate::provenance::claim::rules as claims;
use crate::rule::country::known;
use crate::rule::{check, look_up_keys, made_keys, unset};

pub(super) async fn invite_countries(
    w: &mut Write,
    by: &Authorizer,
    input: &InviteCountriesInput,
) -> Result<Vec<Uuid>, WriteError> {
    let batch = by.under_batch(w, input.batch_id.0).await?;
    check::at_most("countries", input.countries.len(), LONGEST_LIST)?;
    let stem = |country: &CountryCode| {
        let party = rules::Party { country: Some(country.0.0.as_str()), ..rules::Party::default() };
        (None, rules::key_stem(&batch.key, Representation::Country, party))
    };
    let keys = made_keys(w, input.countries.iter().map(stem).collect()).await?;
    let status = |key: &String| claims::key_stem(key, ClaimProperty::Attendance);
    look_up_keys(w, &keys.iter().map(status).collect::<Vec<_>>()).await?;
    let mut invited = Vec::new();
    for ((place, country), key) in input.countries.iter().enumerate().zip(keys) {
        let of_it = |error: WriteError| error.within(place).within("countries");
        let draft = delegation::ActiveModel {
            key: Set(key),
            represents: Set(Representation::Country),
            country_code: Set(known(w, Some(&country.0)).await.map_err(of_it)?),
            ..unset()
        };
        invited.push(invite(w, &batch, draft).await.map_err(of_it)?);
    }
    Ok(invited)
}

pub(super) async fn record_attendances(
    w: &mut Write,
    by: &Authorizer,
    input: &RecordAttendancesInput,
) -> Result<Vec<Uuid>, WriteError> {
    let batch = by.under_batch(w, input.batch_id.0).await?;
    check::at_most("attendances", input.attendances.len(), LONGEST_LIST)?;
    let ids = input.attendances.iter().map(|attendance| attendance.delegation_id.0).collect();
    let parties = by.find_some::<delegation::Entity>(w, &ids).await?;
    let parties: HashMap<Uuid, delegation::Model> =
        parties.into_iter().map(|row| (row.id.0, row)).collect();
    let mut stems = Vec::new();
    for party in parties.values() {
        for property in [ClaimProperty::Attendance, ClaimProperty::Headcount] {
            stems.push(claims::key_stem(&party.key, property));
        }
    }
    look_up_keys(w, &stems).await?;
    let mut attended = Vec::new();
    for (place, attendance) in input.attendances.iter().enumerate() {
        let done = match parties.get(&attendance.delegation_id.0) {
            None => Err(nothing("delegation_id").into()),
            Some(party) if party.batch_id == batch.id => {
                record_one(w, &batch, party, attendance).await
            }
            Some(_) => {
                let message = say!("the delegation is not one of this batch");
                Err(check::invalid("delegation_id", message).into())
            }
        };
        attended.push(done.map_err(|error| error.within(place).within("attendances"))?);
    }
    Ok(attended)
}

async fn record_one(
    w: &mut Write,
    batch: &batch::Model,
    party: &delegation::Model,
    attendance: &AttendanceInput,
) -> Result<Uuid, WriteError> {
    expect_version::<delegation::Entity>(party, attendance.expected_version)?;
    let by_sex = attendance.headcount_by_sex.as_ref();
    let people = People::given("headcount", attendance.headcount, by_sex)?;
    attend(w, batch, party, people).await
}
