//! The index of names of countries, kept from one import to the next.

use std::sync::{Arc, Mutex, PoisonError};

use entity::{country, country_name};

use super::{Country, CountryNames, ListedName};

/// The index that was made last, with what it was made of. Names of countries hardly ever change,
/// and each preview asks for them: to fold and sort them all takes longer than most files. Whoever
/// brings other names (another register within the process, a name that was entered) gets an
/// index of those.
static LAST: Mutex<Option<Kept>> = Mutex::new(None);

struct Kept {
    countries: Vec<country::Model>,
    names: Vec<country_name::Model>,
    index: Arc<CountryNames>,
}

impl CountryNames {
    /// The index of these countries and names, as [`CountryNames::new`] makes it, and made anew
    /// only where they are not those of the call before.
    pub fn of(countries: &[country::Model], names: &[country_name::Model]) -> Arc<Self> {
        let last = || LAST.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = &*last()
            && alike::<_, Country<'_>>(&kept.countries, countries)
            && alike::<_, ListedName<'_>>(&kept.names, names)
        {
            return kept.index.clone();
        }
        // Not under the lock: others would wait for names that may not be theirs.
        let index =
            Arc::new(Self::new(countries.iter().map(Into::into), names.iter().map(Into::into)));
        let kept =
            Kept { countries: countries.to_vec(), names: names.to_vec(), index: index.clone() };
        *last() = Some(kept);
        index
    }
}

/// Whether two lists say the same to the index: ids and times are nothing to it.
fn alike<'a, R, Short: From<&'a R> + PartialEq>(kept: &'a [R], now: &'a [R]) -> bool {
    let same = |(kept, now)| Short::from(kept) == Short::from(now);
    kept.len() == now.len() && kept.iter().zip(now).all(same)
}

#[cfg(test)]
mod tests {
    use entity::id::CountryCode;
    use entity::vocabulary::NameKind;

    use super::*;
    use crate::exchange::names::NameMatch;

    fn named(name: &str) -> ([country::Model; 1], [country_name::Model; 1]) {
        let code = CountryCode("ID".to_owned());
        let country = country::Model { code: code.clone(), ..Default::default() };
        let name = country_name::Model {
            country_code: code,
            kind: NameKind::Common,
            name: name.to_owned(),
            ..Default::default()
        };
        ([country], [name])
    }

    #[test]
    fn other_names_have_an_index_of_their_own() {
        let (countries, names) = named("Indonesia");
        let first = CountryNames::of(&countries, &names);
        let (_, others) = named("Hindia");
        let second = CountryNames::of(&countries, &others);
        assert!(matches!(first.find("Indonesia"), NameMatch::One { .. }));
        assert!(matches!(second.find("Indonesia"), NameMatch::None { .. }));
        assert!(matches!(second.find("Hindia"), NameMatch::One { .. }));
        let mut later = others.clone();
        later[0].id = entity::id::CountryNameId(uuid::Uuid::max());
        let kept = alike::<_, ListedName<'_>>(&others, &later);
        assert!(kept, "an id is nothing to the index");
        assert!(!alike::<_, ListedName<'_>>(&names, &others));
        assert!(!alike::<_, ListedName<'_>>(&names, &[]));
    }
}
