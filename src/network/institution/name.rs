//! Names of institutions, and which of them holds on a day.

use std::borrow::Borrow;
use std::cmp::Reverse;

use async_graphql::{ID, SimpleObject};
use chrono::NaiveDate;
use entity::institution_name;
use entity::vocabulary::{DatePrecision, NameKind};
use serde::Serialize;

use crate::graphql::language::Languages;
use crate::graphql::scalars::Date;
use crate::network::entry::entry_id;

/// A name of an institution, with the time in which it was in force.
#[derive(Clone, Debug, Serialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct InstitutionName {
    /// Tells names apart; opaque, and not resolved by `node`.
    id: ID,
    /// The language of the name (BCP 47 tag).
    language: String,
    /// What the name is to the institution.
    kind: NameKind,
    /// The name as written.
    name: String,
    /// The first day in force, of the period where only month or year is known; null where it is
    /// not known.
    valid_from: Option<Date>,
    /// The last day in force, of the period where only month or year is known; null while it is in
    /// force.
    valid_to: Option<Date>,
    /// How exactly the days are known.
    precision: DatePrecision,
}

impl From<&institution_name::Model> for InstitutionName {
    fn from(row: &institution_name::Model) -> Self {
        Self {
            id: entry_id("InstitutionName", row.id.0),
            language: row.language.clone(),
            kind: row.kind,
            name: row.name.clone(),
            valid_from: row.valid_from.map(Date),
            valid_to: row.valid_to.map(Date),
            precision: row.precision,
        }
    }
}

/// The days between a name's time and `day`; none where it was in force.
fn distance(name: &institution_name::Model, day: NaiveDate) -> i64 {
    let before = name.valid_from.map_or(0, |from| (from - day).num_days());
    let after = name.valid_to.map_or(0, |to| (day - to).num_days());
    before.max(after).max(0)
}

/// The name on a day: of those in force, else of those in force nearest to it, the most common in
/// kind, in the dearest language; of two such names the one that began later.
pub fn name_on(
    names: &[impl Borrow<institution_name::Model>],
    day: NaiveDate,
    languages: &Languages,
) -> Option<String> {
    let rank = |name: &institution_name::Model| {
        (name.kind == NameKind::Acronym, distance(name, day), name.kind)
    };
    let names = || names.iter().map(Borrow::borrow);
    let best = names().map(rank).min()?;
    choose(names().filter(|name| rank(name) == best).collect(), languages)
}

/// The acronym in force on a day.
pub fn acronym_on(
    names: &[impl Borrow<institution_name::Model>],
    day: NaiveDate,
    languages: &Languages,
) -> Option<String> {
    let in_force = |name: &&institution_name::Model| {
        name.kind == NameKind::Acronym && distance(name, day) == 0
    };
    choose(names.iter().map(Borrow::borrow).filter(in_force).collect(), languages)
}

fn choose(mut names: Vec<&institution_name::Model>, languages: &Languages) -> Option<String> {
    names.sort_by_key(|name| (Reverse(name.valid_from), &name.name));
    languages.choose(names.into_iter().map(|name| (name.language.as_str(), &name.name))).cloned()
}

#[cfg(test)]
mod tests {
    use entity::id::{InstitutionId, InstitutionNameId};
    use uuid::Uuid;

    use super::*;

    fn name(
        language: &str,
        kind: NameKind,
        name: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> institution_name::Model {
        let date = |date: &str| date.parse().unwrap();
        institution_name::Model {
            id: InstitutionNameId(Uuid::nil()),
            institution_id: InstitutionId(Uuid::nil()),
            language: language.to_owned(),
            kind,
            name: name.to_owned(),
            search_text: name.to_lowercase(),
            valid_from: from.map(date),
            valid_to: to.map(date),
            precision: DatePrecision::Year,
        }
    }

    fn centre() -> Vec<institution_name::Model> {
        let (start, end, change) = (Some("2002-01-01"), Some("2022-12-31"), Some("2022-01-01"));
        vec![
            name("id", NameKind::Common, "Balai Kerajinan", start, end),
            name("id", NameKind::Acronym, "BBKB", start, end),
            name("en", NameKind::Alias, "Craft Centre", start, end),
            name("id", NameKind::Common, "Balai Standardisasi", change, None),
            name("id", NameKind::Acronym, "BBSPJIKB", change, None),
        ]
    }

    fn on(day: &str) -> (Option<String>, Option<String>) {
        let (names, languages) = (centre(), Languages::default().first(None));
        let day = day.parse().unwrap();
        (name_on(&names, day, &languages), acronym_on(&names, day, &languages))
    }

    #[test]
    fn the_name_is_that_of_the_day_and_the_later_one_where_two_overlap() {
        let pair = |name: &str, acronym: &str| (Some(name.to_owned()), Some(acronym.to_owned()));
        assert_eq!(on("2017-08-09"), pair("Balai Kerajinan", "BBKB"));
        assert_eq!(on("2022-06-01"), pair("Balai Standardisasi", "BBSPJIKB"));
        assert_eq!(on("2023-11-20"), pair("Balai Standardisasi", "BBSPJIKB"));
        assert_eq!(on("1990-01-01"), (Some("Balai Kerajinan".to_owned()), None));
    }

    #[test]
    fn the_dearest_language_decides_among_names_of_a_kind() {
        let names = [
            name("id", NameKind::Acronym, "Kemenperin", None, None),
            name("id", NameKind::Common, "Kementerian Perindustrian", None, None),
            name("en", NameKind::Common, "Ministry of Industry", None, None),
        ];
        let day = "2023-11-20".parse().unwrap();
        let languages = |tag: &str| Languages::preferring([tag]).first(None);
        assert_eq!(
            name_on(&names, day, &languages("id")).as_deref(),
            Some("Kementerian Perindustrian")
        );
        assert_eq!(name_on(&names, day, &languages("fr")).as_deref(), Some("Ministry of Industry"));
        assert_eq!(name_on(&names[..1], day, &languages("en")).as_deref(), Some("Kemenperin"));
    }
}
