//! Who of some name holds posts, as the importer may see it and as earlier rows leave it.

use std::collections::{BTreeSet, HashMap};

use entity::id::{InstitutionId, PersonId};
use entity::{appointment, engagement};
use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, QueryFilter};

use super::super::delegations::label_by;
use super::super::entered::Entered;
use super::super::participants::people_called;
use super::super::terms::Terms;
use crate::access::Visible;
use crate::db::IDS_PER_QUERY;

/// Who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    /// A person whom the register has.
    Person(PersonId),
    /// The one whom the row of a line enters.
    OfLine(u64),
}

/// A post: whose, where, how it is called, and whether it is held in an acting capacity.
pub(super) type Post = (Who, InstitutionId, String, bool);

/// Somebody of a name, and the institutions at which they hold posts, or for which they do
/// something.
#[derive(Debug)]
struct Known {
    who: Who,
    institutions: BTreeSet<InstitutionId>,
}

/// Who of a name is meant at an institution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nobody has the name.
    Nobody,
    /// Somebody has it, and is not known there.
    Elsewhere,
    One(Who),
    /// So many.
    Several(usize),
}

/// People by their folded names, and their posts. They are read once, when a row names them first:
/// what earlier rows enter is kept here.
#[derive(Debug, Default)]
pub(in super::super::super) struct Posts {
    names: HashMap<String, Vec<Known>>,
    pub(super) terms: Terms<Post, appointment::Model>,
    /// The people whom rows have entered.
    pub(super) entered: Entered<PersonId>,
}

impl Posts {
    /// Reads who has these names, unless that is known.
    pub(super) async fn read(
        &mut self,
        db: &DatabaseExecutor<'_>,
        visible: &Visible,
        names: BTreeSet<String>,
    ) -> Result<(), DbErr> {
        let new: Vec<String> =
            names.into_iter().filter(|name| !self.names.contains_key(name)).collect();
        let people = people_called(db, visible, &new).await?.into_iter();
        let mut people: HashMap<PersonId, (String, BTreeSet<InstitutionId>)> =
            people.map(|row| (row.id, (row.sort_name, BTreeSet::new()))).collect();
        let ids: Vec<PersonId> = people.keys().copied().collect();
        for some in ids.chunks(IDS_PER_QUERY) {
            let theirs = engagement::Column::PersonId.is_in(some.iter().copied());
            for row in visible.select::<engagement::Entity>().filter(theirs).all(db).await? {
                let known = people.get_mut(&row.person_id).zip(row.institution_id);
                if let Some(((_, institutions), id)) = known {
                    institutions.insert(id);
                }
            }
            let theirs = appointment::Column::PersonId.is_in(some.iter().copied());
            for row in visible.select::<appointment::Entity>().filter(theirs).all(db).await? {
                if let Some((_, institutions)) = people.get_mut(&row.person_id) {
                    institutions.insert(row.institution_id);
                }
                let (who, post) = (Who::Person(row.person_id), label_by(&row.post));
                let (days, precision) = ((row.valid_from, row.valid_to), row.precision);
                let post = (who, row.institution_id, post, row.acting);
                self.terms.add(post, row, days, precision);
            }
        }
        self.names.extend(new.into_iter().map(|name| (name, Vec::new())));
        for (id, (name, institutions)) in people {
            let known = Known { who: Who::Person(id), institutions };
            self.names.entry(name).or_default().push(known);
        }
        Ok(())
    }

    /// Who of a name is meant at an institution: the one who is known there.
    pub(super) fn find(&self, name: &str, at: InstitutionId) -> Found {
        let known = self.names.get(name).map(Vec::as_slice).unwrap_or_default();
        let mut there = known.iter().filter(|one| one.institutions.contains(&at));
        match (there.next(), there.count()) {
            (Some(only), 0) => Found::One(only.who),
            (Some(_), others) => Found::Several(others + 1),
            (None, _) if known.is_empty() => Found::Nobody,
            (None, _) => Found::Elsewhere,
        }
    }

    /// Remembers that somebody holds a post at an institution.
    pub(super) fn remember(&mut self, name: &str, who: Who, at: InstitutionId) {
        let known = self.names.entry(name.to_owned()).or_default();
        match known.iter_mut().find(|one| one.who == who) {
            Some(one) => drop(one.institutions.insert(at)),
            None => known.push(Known { who, institutions: BTreeSet::from([at]) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_person_is_known_by_name_and_institution() {
        let at = |number: u128| InstitutionId(Uuid::from_u128(number));
        let mut posts = Posts::default();
        assert_eq!(posts.find("a b", at(1)), Found::Nobody);
        posts.remember("a b", Who::OfLine(2), at(1));
        assert_eq!(posts.find("a b", at(1)), Found::One(Who::OfLine(2)));
        assert_eq!(posts.find("a b", at(2)), Found::Elsewhere);
        posts.remember("a b", Who::OfLine(2), at(2));
        assert_eq!(posts.find("a b", at(2)), Found::One(Who::OfLine(2)));
        posts.remember("a b", Who::OfLine(3), at(2));
        assert_eq!(posts.find("a b", at(2)), Found::Several(2));
        assert_eq!(posts.find("c d", at(1)), Found::Nobody);
    }
}
