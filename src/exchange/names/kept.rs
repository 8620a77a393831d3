//! The index of names of countries, kept from one import to the next.

use std::sync::{Arc, Mutex, PoisonError};

use entity::{country, country_name};

use super::{Country, CountryNames, ListedName};

/// The index that was made last, with what it was made of. Names of countries hardly ever change,
/// and each preview asks for them: to fold and sort them all takes longer than most files. Other
/// names (of another register within the process, or since a name was entered) have an index of
/// their own.
static LAST: Mutex<Option<Kept>> = Mutex::new(None);

struct Kept {
    countries: Vec<country::Model>,
    names: Vec<country_name::Model>,
    index: Arc<CountryNames>,
}

impl CountryNames {
    /// The index of these countries and names, given in any order, as [`CountryNames::new`] makes
    /// it; made anew only where they are not those of the call before.
    pub fn of(
        mut countries: Vec<country::Model>,
        mut names: Vec<country_name::Model>,
    ) -> Arc<Self> {
        countries.sort_unstable_by(|one, other| Country::from(one).cmp(&Country::from(other)));
        names.sort_unstable_by(|one, other| ListedName::from(one).cmp(&ListedName::from(other)));
        let last = || LAST.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = &*last()
            && alike::<_, Country<'_>>(&kept.countries, &countries)
            && alike::<_, ListedName<'_>>(&kept.names, &names)
        {
            return kept.index.clone();
        }
        // Not under the lock: others would wait for names that may not be theirs.
        let index =
            Arc::new(Self::new(countries.iter().map(Into::into), names.iter().map(Into::into)));
        *last() = Some(Kept { countries, names, index: index.clone() });
        index
    }
}

/// Whether two sorted lists say the same to the index: ids and times are nothing to it.
fn alike<'a, R, Short: From<&'a R> + PartialEq>(kept: &'a [R], now: &'a [R]) -> bool {
    let same = |(kept, now)| Short::from(kept) == Short::from(now);
    kept.len() == now.len() && kept.iter().zip(now).all(same)
}

#[cfg(test)]
mod tests {
    use entity::id::{CountryCode, CountryNameId};
    use entity::vocabulary::NameKind;
    use uuid::Uuid;

    use super::*;
    use crate::exchange::names::NameMatch;

    fn named(names: &[&str]) -> (Vec<country::Model>, Vec<country_name::Model>) {
        identified(1, names)
    }

    fn identified(id: u128, names: &[&str]) -> (Vec<country::Model>, Vec<country_name::Model>) {
        let code = CountryCode("ID".to_owned());
        let country = country::Model { code: code.clone(), ..Default::default() };
        let named = |name: &&str| country_name::Model {
            id: CountryNameId(Uuid::from_u128(id)),
            country_code: code.clone(),
            kind: NameKind::Common,
            name: (*name).to_owned(),
            ..Default::default()
        };
        (vec![country], names.iter().map(named).collect())
    }

    #[test]
    fn other_names_have_an_index_of_their_own() {
        let of = |names: &[&str]| {
            let (countries, names) = named(names);
            CountryNames::of(countries, names)
        };
        let (first, second) = (of(&["Indonesia"]), of(&["Hindia"]));
        assert!(matches!(first.find("Indonesia"), NameMatch::One { .. }));
        assert!(matches!(second.find("Indonesia"), NameMatch::None { .. }));
        assert!(matches!(second.find("Hindia"), NameMatch::One { .. }));
        assert!(matches!(of(&["Hindia", "Indonesia"]).find("Indonesia"), NameMatch::One { .. }));
    }

    #[test]
    fn ids_are_nothing_to_the_index() {
        let ((_, one), (_, other)) = (named(&["Indonesia"]), identified(2, &["Indonesia"]));
        assert_ne!(one, other);
        assert!(alike::<_, ListedName<'_>>(&one, &other));
        assert!(!alike::<_, ListedName<'_>>(&one, &[]));
        assert!(!alike::<_, ListedName<'_>>(&one, &named(&["Hindia"]).1));
    }
}
