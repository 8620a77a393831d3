//! Which country a row names: by its name as at a date, and by its code.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use entity::country_name;
use entity::id::CountryCode;
use entity::vocabulary::NameKind;

use super::super::cells::is_nothing;
use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use super::Knowledge;
use crate::exchange::names::NameMatch;
use crate::phrase::{Phrase, say};
use crate::text::fold;

/// Parts of countries that send teams of their own, or stand where a country should, folded, by
/// country.
const PARTS: [(&str, &[&str]); 10] = [
    (
        "GB",
        &[
            "england",
            "angleterre",
            "scotland",
            "skotlandia",
            "ecosse",
            "escocia",
            "wales",
            "pays de galles",
            "gales",
            "northern ireland",
            "irlandia utara",
            "irlande du nord",
            "irlanda del norte",
        ],
    ),
    (
        "ID",
        &[
            "aceh",
            "bali",
            "jakarta",
            "dki jakarta",
            "jawa",
            "jawa barat",
            "jawa tengah",
            "jawa timur",
            "banten",
            "yogyakarta",
            "java",
            "sumatra",
            "sumatera utara",
            "sumatera barat",
            "kalimantan",
            "sulawesi",
            "sulawesi selatan",
            "lombok",
            "maluku",
            "papua",
            "papua barat",
            "west papua",
            "irian jaya",
        ],
    ),
    ("MY", &["sabah", "sarawak", "johor", "penang", "selangor", "kuala lumpur"]),
    ("PH", &["mindanao", "luzon", "visayas", "manila"]),
    ("TH", &["bangkok"]),
    ("TZ", &["zanzibar", "pemba"]),
    ("US", &["hawaii", "alaska", "california", "texas"]),
    (
        "ES",
        &["catalonia", "catalogne", "cataluna", "basque country", "pais vasco", "canary islands"],
    ),
    ("CA", &["quebec", "ontario", "british columbia"]),
    (
        "PS",
        &[
            "gaza",
            "gaza strip",
            "jalur gaza",
            "west bank",
            "tepi barat",
            "cisjordanie",
            "cisjordania",
        ],
    ),
];

/// What is written of people who come for themselves, folded.
const NOBODYS: [&str; 10] = [
    "individual",
    "individuals",
    "independent",
    "perorangan",
    "pribadi",
    "mandiri",
    "stateless",
    "tanpa negara",
    "refugee team",
    "international",
];

/// Unions whose members are countries, beside the groups of the register, folded.
const UNIONS: [&str; 8] = [
    "european union",
    "uni eropa",
    "eu",
    "african union",
    "uni afrika",
    "united nations",
    "pbb",
    "commonwealth of independent states",
];

/// Whether a folded name is that of a union, with or without signs between its letters.
fn is_union(folded: &str) -> bool {
    let close = |name: &str| name.replace(' ', "");
    UNIONS.iter().any(|union| close(union) == close(folded))
}

/// What a country is called in everyday use.
#[derive(Clone, Debug)]
pub(in super::super) struct Called {
    en: String,
    id: String,
}

impl Called {
    /// Of all countries that have a name in English; where they have none in Indonesian, that one.
    pub(in super::super) fn all(names: &[country_name::Model]) -> HashMap<CountryCode, Self> {
        let mut all: HashMap<CountryCode, Self> = HashMap::new();
        let common = |language: &'static str| {
            let is_it = move |row: &&country_name::Model| {
                row.kind == NameKind::Common && row.language == language
            };
            names.iter().filter(is_it)
        };
        for row in common("en") {
            let name = || row.name.clone();
            all.entry(row.country_code.clone()).or_insert_with(|| Self { en: name(), id: name() });
        }
        for row in common("id") {
            if let Some(called) = all.get_mut(&row.country_code) {
                called.id.clone_from(&row.name);
            }
        }
        all
    }
}

impl Knowledge {
    /// The country of a row, by its name and its code, as at a date.
    pub(in super::super) fn country(
        &self,
        parser: &mut RowParser<'_>,
        date: Option<NaiveDate>,
    ) -> Option<CountryCode> {
        let coded = self.coded(parser).map(|code| self.countries.in_force(&code, date));
        let named = self.named(parser, date, coded.as_ref());
        let country = match (named, coded) {
            (Some(named), Some(coded)) if named != coded => {
                let code = parser.layout.cell(parser.row, "country_code");
                let message = say!(
                    "is {country}, and the code beside it is \"{code}\": the two contradict each \
                     other",
                    country = self.country_called(&named),
                    code
                );
                parser.refuse("country", message);
                return None;
            }
            (named, coded) => named.or(coded)?,
        };
        if let Some(message) = date.and_then(|date| self.not_at(&country, date)) {
            let field = if parser.layout.has("country") { "country" } else { "country_code" };
            parser.refuse(field, message);
            return None;
        }
        Some(country)
    }

    /// Why a country cannot have come at the date, if it was not there then. What began in the year
    /// of the date is let be: the day may be known to the year alone.
    fn not_at(&self, code: &CountryCode, date: NaiveDate) -> Option<Phrase> {
        let (began, ended) = self.lives.of_code(code)?;
        let country = self.country_called(code);
        if let Some(began) = began.filter(|began| *began > date && began.year() > date.year()) {
            return Some(say!(
                "is {country}, which began on {began}, after {date}",
                country,
                began,
                date
            ));
        }
        let ended = ended.filter(|ended| *ended < date)?;
        Some(match self.countries.successor(code, date) {
            Some(successor) => say!(
                "is {country}, which ended on {ended}, before {date}; perhaps {successor}",
                country,
                ended,
                date,
                successor = self.country_called(successor)
            ),
            None => {
                say!("is {country}, which ended on {ended}, before {date}", country, ended, date)
            }
        })
    }

    fn coded(&self, parser: &mut RowParser<'_>) -> Option<CountryCode> {
        let code = parser.raw("country_code")?;
        // NA is Namibia's here.
        let capitals: String = code.to_uppercase().split_whitespace().collect();
        if let Some(found) = self.countries.find_code(&capitals) {
            return Some(found.clone());
        }
        if !is_nothing(&code) {
            parser.refuse("country_code", say!("is no country code of ISO 3166"));
        }
        None
    }

    fn named(
        &self,
        parser: &mut RowParser<'_>,
        date: Option<NaiveDate>,
        coded: Option<&CountryCode>,
    ) -> Option<CountryCode> {
        let printed = parser.raw("country")?;
        let word = match printed.as_str() {
            "NA" => Some(say!(
                "is the code of Namibia, and what people write where nothing is known: write the \
                 name, or nothing"
            )),
            "no" | "No" => {
                Some(say!("is the code of Norway, and a word for none: write the name, or nothing"))
            }
            _ => None,
        };
        if let Some(message) = word {
            if coded.is_none() {
                parser.remark(Weight::Ambiguous, "country", message);
            }
            return None;
        }
        if is_nothing(&printed) {
            return None;
        }
        let folded = fold(&printed);
        let decided = self.countries_decided.get(&folded).map(Vec::as_slice).unwrap_or_default();
        if let Some((code, _)) = decided.iter().rev().find(|decision| decision.1) {
            return Some(self.countries.in_force(code, date));
        }
        let denied =
            |code: &CountryCode| decided.iter().any(|(other, same)| other == code && !same);
        match self.countries.find_written(&printed, date) {
            // `EU` is what French and Spanish call the United States, too.
            NameMatch::One { code, .. } if is_union(&folded) && coded != Some(&code) => {
                let country = self.country_called(&code);
                let message = say!(
                    "may be a union of countries, or {country}: write the name, or the members",
                    country
                );
                parser.remark(Weight::Ambiguous, "country", message);
                None
            }
            NameMatch::One { code, .. } if !denied(&code) => Some(code),
            NameMatch::One { .. } => {
                parser.refuse("country", say!("was said not to be the only country of that name"));
                None
            }
            NameMatch::Ambiguous { candidates } => {
                let left: Vec<_> = candidates.into_iter().filter(|code| !denied(code)).collect();
                if let ([only], Some(coded)) = (&left[..], coded)
                    && only == coded
                {
                    return Some(only.clone());
                }
                if let Some(coded) = coded.filter(|coded| left.contains(coded)) {
                    return Some(coded.clone());
                }
                let countries = Phrase::any_of(left.iter().map(|code| self.country_called(code)));
                let message = say!("is the name of several countries: {countries}", countries);
                parser.remark(Weight::Ambiguous, "country", message);
                None
            }
            // A code is not written so, but is the one beside it.
            NameMatch::None { .. }
                if coded.is_some_and(|coded| self.is_written(coded, &printed, date)) =>
            {
                coded.cloned()
            }
            NameMatch::None { suggestions } => {
                // What the code beside it excludes is not suggested.
                let open =
                    |code: &CountryCode| !denied(code) && coded.is_none_or(|coded| coded == code);
                let left = suggestions.iter().filter(|one| open(&one.code));
                let left = left.map(|one| self.country_called(&one.code)).collect();
                self.no_country(parser, &printed, left);
                None
            }
        }
    }

    /// A country as its reader calls it, with its code.
    fn country_called(&self, code: &CountryCode) -> Phrase {
        match self.called.get(code) {
            Some(Called { en, id }) => {
                let name = Phrase::In { en: en.clone(), id: id.clone() };
                say!("{name} ({code})", name, code)
            }
            None => Phrase::verbatim(code),
        }
    }

    /// Whether a text is the code of a country, in whichever case.
    fn is_written(&self, country: &CountryCode, text: &str, date: Option<NaiveDate>) -> bool {
        let code = self.countries.find_code(&text.to_uppercase());
        code.is_some_and(|code| self.countries.in_force(code, date) == *country)
    }

    /// Why a name is no country's: what it is instead, or what may have been meant.
    fn no_country(&self, parser: &mut RowParser<'_>, printed: &str, suggestions: Vec<Phrase>) {
        let folded = &*fold(printed);
        if let Some((of, _)) = PARTS.iter().find(|(_, parts)| parts.contains(&folded)) {
            let message = say!(
                "is a part of {country}: give that country, and this name as the label of the \
                 delegation",
                country = self.country_called(&CountryCode((*of).to_owned()))
            );
            return parser.refuse("country", message);
        }
        if let Some(group) = self.groups_called(printed).first() {
            let key = &group.key;
            let message = say!("is the group \"{key}\", and no country: give its members", key);
            return parser.refuse("country", message);
        }
        if is_union(folded) {
            let message = say!("is a union of countries, and none itself: give its members");
            return parser.refuse("country", message);
        }
        if NOBODYS.contains(&folded) {
            let message = say!(
                "is no country: who comes for none comes for an institution, or is in no delegation"
            );
            return parser.refuse("country", message);
        }
        if suggestions.is_empty() {
            return parser.refuse("country", say!("is no name of a country that the register has"));
        }
        let names = Phrase::any_of(suggestions);
        let message = say!("is no name of a country that the register has; perhaps {names}", names);
        parser.remark(Weight::Ambiguous, "country", message);
    }
}
