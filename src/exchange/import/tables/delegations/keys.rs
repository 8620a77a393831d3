//! Keys of delegations that a file enters.

use std::collections::{HashMap, HashSet};

use entity::id::InstitutionId;
use entity::institution;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

use super::DelegationRow;
use crate::db::{IDS_PER_QUERY, Write};
use crate::delivery::delegation::rules::{Party, key_stem};
use crate::provenance::claim::rules as claims;
use crate::rule::{look_up_keys, made_keys};

/// The keys of delegations, those that are new among them. What is taken is asked for once, also
/// for the claims of them.
pub(super) async fn keys_of(w: &Write, parties: &[DelegationRow]) -> Result<Vec<String>, DbErr> {
    let senders: HashSet<InstitutionId> = parties
        .iter()
        .filter(|party| party.existing.is_none() && party.key.is_none())
        .filter_map(|party| party.institution)
        .collect();
    let mut known: HashMap<InstitutionId, String> = HashMap::new();
    for some in senders.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
        let rows = institution::Entity::find()
            .select_only()
            .columns([institution::Column::Id, institution::Column::Key])
            .filter(institution::Column::Id.is_in(some.iter().copied()));
        known.extend(rows.into_tuple::<(InstitutionId, String)>().all(w.read()).await?);
    }
    let wanted = parties.iter().map(|party| {
        let given = party.existing.as_ref().map(|row| row.key.clone()).or(party.key.clone());
        let sender = party.institution.and_then(|id| known.get(&id)).map(String::as_str);
        let country = party.country.as_ref().map(|code| code.0.as_str());
        let whose = Party {
            country,
            institution: sender,
            group: party.group.as_ref().map(|row| row.key.as_str()),
            label: party.label.as_deref(),
        };
        (given, key_stem(&party.batch_key, party.represents, whose))
    });
    let keys = made_keys(w, wanted.collect()).await?;
    let stems = parties.iter().zip(&keys).flat_map(|(party, key)| {
        party.new.iter().map(|said| claims::key_stem(key, said.property()))
    });
    look_up_keys(w, &stems.collect::<Vec<_>>()).await?;
    Ok(keys)
}
