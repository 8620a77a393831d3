//! Who of some name has taken part, as the importer may see it and as earlier rows leave it.

use std::collections::{BTreeSet, HashMap, HashSet};

use entity::id::{BatchId, CountryCode, DelegationId, InstitutionId, PersonId};
use entity::vocabulary::EngagementRole;
use entity::{delegation, engagement, person};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, QueryFilter};

use crate::access::Visible;
use crate::db::IDS_PER_QUERY;

/// That somebody took part.
#[derive(Clone, Debug)]
pub(super) struct Took {
    pub(super) batch: BatchId,
    pub(super) party: DelegationId,
    /// The country for which; none where the delegation is that of an institution.
    pub(super) country: Option<CountryCode>,
    /// The institutions: the sender, and the one for which.
    pub(super) institutions: Vec<InstitutionId>,
}

/// Somebody who has taken part.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) who: Who,
    took: Vec<Took>,
}

/// Who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// A person whom the register has.
    Person(PersonId),
    /// The one whom an earlier row enters: its line, and the delegation there.
    OfLine(u64, DelegationId),
}

/// What is known of a name.
#[derive(Debug)]
pub(super) enum Found {
    /// Nobody of it has taken part.
    Nobody,
    /// Somebody, but for another country or institution, or in another delegation at the same time.
    Another,
    /// One, of whom nothing differs.
    One(Who),
    /// So many.
    Several(usize),
}

/// People by their folded names. They are read once, when a row names them first: what earlier rows
/// enter is kept here.
#[derive(Debug, Default)]
pub(in super::super::super) struct People {
    names: HashMap<String, Vec<Known>>,
}

impl People {
    /// Reads who of these names has taken part, unless that is known.
    pub(super) async fn read(
        &mut self,
        db: &DatabaseExecutor<'_>,
        visible: &Visible,
        names: BTreeSet<String>,
    ) -> Result<(), DbErr> {
        let new: Vec<String> =
            names.into_iter().filter(|name| !self.names.contains_key(name)).collect();
        let people = people_called(db, visible, &new).await?.into_iter();
        let people: HashMap<PersonId, String> = people.map(|row| (row.id, row.sort_name)).collect();
        let ids: Vec<PersonId> = people.keys().copied().collect();
        let mut engaged = Vec::new();
        for some in ids.chunks(IDS_PER_QUERY) {
            let took = engagement::Column::PersonId
                .is_in(some.iter().copied())
                .and(engagement::Column::Role.eq(EngagementRole::Participant))
                .and(engagement::Column::DelegationId.is_not_null());
            engaged.extend(visible.select::<engagement::Entity>().filter(took).all(db).await?);
        }
        let ids: HashSet<DelegationId> =
            engaged.iter().filter_map(|row| row.delegation_id).collect();
        let mut parties: HashMap<DelegationId, delegation::Model> = HashMap::new();
        for some in ids.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
            let these = delegation::Column::Id.is_in(some.iter().copied());
            let found = visible.select::<delegation::Entity>().filter(these).all(db).await?;
            parties.extend(found.into_iter().map(|row| (row.id, row)));
        }
        let mut took: HashMap<PersonId, Vec<Took>> = HashMap::new();
        for row in engaged {
            let Some(party) = row.delegation_id.and_then(|id| parties.get(&id)) else { continue };
            took.entry(row.person_id).or_default().push(Took::of(party, row.institution_id));
        }
        self.names.extend(new.into_iter().map(|name| (name, Vec::new())));
        for (id, took) in took {
            let named = people.get(&id).and_then(|name| self.names.get_mut(name));
            named
                .into_iter()
                .for_each(|known| known.push(Known { who: Who::Person(id), took: took.clone() }));
        }
        Ok(())
    }

    /// Who of a name takes part once more: one who took part for the same country and, where both
    /// are known, the same institution, and not in another delegation at that batch.
    pub(super) fn find(&self, name: &str, taking: &Took) -> Found {
        let known = self.names.get(name).map(Vec::as_slice).unwrap_or_default();
        let mut same: Vec<&Known> = known.iter().filter(|one| one.is_same(taking)).collect();
        // Who is known by the institution comes before those of whom none is known.
        if same.iter().any(|one| one.is_of(taking)) {
            same.retain(|one| one.is_of(taking));
        }
        match (same.as_slice(), known) {
            ([only], _) => Found::One(only.who),
            ([], []) => Found::Nobody,
            ([], _) => Found::Another,
            (several, _) => Found::Several(several.len()),
        }
    }

    /// Remembers that somebody takes part.
    pub(super) fn remember(&mut self, name: &str, who: Who, taking: Took) {
        let known = self.names.entry(name.to_owned()).or_default();
        match known.iter_mut().find(|one| one.who == who) {
            Some(one) => one.took.push(taking),
            None => known.push(Known { who, took: vec![taking] }),
        }
    }
}

/// The people of some folded names whom the importer may see, but for records that were merged.
pub(in super::super) async fn people_called(
    db: &DatabaseExecutor<'_>,
    visible: &Visible,
    names: &[String],
) -> Result<Vec<person::Model>, DbErr> {
    let mut people = Vec::new();
    for some in names.chunks(IDS_PER_QUERY) {
        let named =
            person::Column::SortName.is_in(some).and(person::Column::MergedIntoId.is_null());
        people.extend(visible.select::<person::Entity>().filter(named).all(db).await?);
    }
    Ok(people)
}

impl Took {
    /// Taking part in a delegation, for an institution where one is said.
    pub(super) fn of(party: &delegation::Model, institution: Option<InstitutionId>) -> Self {
        Self {
            batch: party.batch_id,
            party: party.id,
            country: party.country_code.clone(),
            institutions: [institution, party.institution_id].into_iter().flatten().collect(),
        }
    }
}

impl Known {
    fn is_same(&self, taking: &Took) -> bool {
        let elsewhere =
            self.took.iter().any(|took| took.batch == taking.batch && took.party != taking.party);
        let known = self.institutions(taking);
        !elsewhere
            && self.took.iter().any(|took| took.country == taking.country)
            && taking.institutions.first().is_none_or(|one| known.is_empty() || known.contains(one))
    }

    /// Whether the institution is one for which they took part.
    fn is_of(&self, taking: &Took) -> bool {
        taking.institutions.first().is_some_and(|one| self.institutions(taking).contains(one))
    }

    /// The institutions for which they took part, for the same country.
    fn institutions(&self, taking: &Took) -> HashSet<InstitutionId> {
        let of_country = self.took.iter().filter(|took| took.country == taking.country);
        of_country.flat_map(|took| took.institutions.iter().copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn took(batch: u128, party: u128, country: &str, institutions: &[u128]) -> Took {
        Took {
            batch: BatchId(Uuid::from_u128(batch)),
            party: DelegationId(Uuid::from_u128(party)),
            country: Some(CountryCode(country.to_owned())),
            institutions: institutions
                .iter()
                .map(|id| InstitutionId(Uuid::from_u128(*id)))
                .collect(),
        }
    }

    #[test]
    fn a_person_is_known_within_country_and_institution() {
        let mut people = People::default();
        let (one, other) =
            (Who::Person(PersonId(Uuid::from_u128(1))), Who::Person(PersonId(Uuid::from_u128(2))));
        people.remember("a b", one, took(1, 10, "ES", &[7]));
        let found = |people: &People, taking: Took| match people.find("a b", &taking) {
            Found::Nobody => 0,
            Found::Another => -1,
            Found::One(who) => {
                if who == one {
                    1
                } else {
                    2
                }
            }
            Found::Several(_) => 9,
        };
        assert_eq!(found(&people, took(2, 20, "ES", &[])), 1);
        assert_eq!(found(&people, took(2, 20, "ES", &[7])), 1);
        assert_eq!(found(&people, took(2, 20, "ES", &[8])), -1, "of another institution");
        assert_eq!(found(&people, took(2, 20, "PT", &[])), -1, "of another country");
        assert_eq!(
            found(&people, took(1, 11, "ES", &[])),
            -1,
            "of another delegation at the same batch"
        );
        people.remember("a b", other, took(3, 30, "ES", &[8]));
        assert_eq!(found(&people, took(2, 20, "ES", &[])), 9);
        assert_eq!(found(&people, took(2, 20, "ES", &[8])), 2);
        assert!(matches!(people.find("c d", &took(2, 20, "ES", &[])), Found::Nobody));
    }

    #[test]
    fn an_institution_that_is_not_known_differs_from_none() {
        let (one, other) =
            (Who::Person(PersonId(Uuid::from_u128(1))), Who::Person(PersonId(Uuid::from_u128(2))));
        let found = |people: &People, taking: Took| match people.find("a b", &taking) {
            Found::One(who) => Some(who),
            _ => None,
        };
        // In whichever order the two are told.
        for (first, second) in [(&[7][..], &[][..]), (&[][..], &[7][..])] {
            let mut people = People::default();
            people.remember("a b", one, took(1, 10, "ES", first));
            assert_eq!(found(&people, took(2, 20, "ES", second)), Some(one));
        }
        let mut people = People::default();
        people.remember("a b", one, took(1, 10, "ES", &[]));
        people.remember("a b", other, took(2, 20, "ES", &[7]));
        assert_eq!(
            found(&people, took(3, 30, "ES", &[7])),
            Some(other),
            "known by the institution"
        );
        assert_eq!(found(&people, took(3, 30, "ES", &[8])), Some(one));
    }
}
