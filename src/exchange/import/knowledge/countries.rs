//! Which country a row names: by its name as at a date, and by its code.

use chrono::NaiveDate;
use entity::id::CountryCode;

use super::super::cells::is_nothing;
use super::super::reading::Reading;
use super::super::remark::Weight;
use super::Knowledge;
use crate::exchange::names::NameMatch;
use crate::text::fold;

/// Parts of countries that send teams of their own, folded, each with the country.
const PARTS: [(&str, &str); 12] = [
    ("england", "GB"),
    ("scotland", "GB"),
    ("skotlandia", "GB"),
    ("wales", "GB"),
    ("northern ireland", "GB"),
    ("irlandia utara", "GB"),
    ("zanzibar", "TZ"),
    ("sabah", "MY"),
    ("sarawak", "MY"),
    ("aceh", "ID"),
    ("catalonia", "ES"),
    ("quebec", "CA"),
];

/// Usual abbreviations of countries, in a language of the register, that are codes of others.
const ABBREVIATIONS: [(&str, &str); 2] = [("AS", "US"), ("SA", "ZA")];

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

impl Knowledge {
    /// The country of a row, by its name and its code, as at a date.
    pub(in super::super) fn country(&self, reading: &mut Reading<'_>, date: Option<NaiveDate>) -> Option<CountryCode> {
        let coded = self.coded(reading);
        let named = self.named(reading, date, coded.as_ref());
        let country = match (named, coded) {
            (Some(named), Some(coded)) if named != coded => {
                let code = reading.layout.cell(reading.row, "country_code");
                let message =
                    format!("is {named}, and the code beside it is \"{code}\": the two contradict each other");
                reading.refuse("country", message);
                return None;
            }
            (named, coded) => named.or(coded)?,
        };
        if let (Some(date), Some((_, Some(ended)))) = (date, self.lives.of_code(&country))
            && ended < date
        {
            let field = if reading.layout.has("country") { "country" } else { "country_code" };
            reading.refuse(field, format!("is {country}, which ended on {ended}, before {date}"));
            return None;
        }
        Some(country)
    }

    fn coded(&self, reading: &mut Reading<'_>) -> Option<CountryCode> {
        let code = reading.raw("country_code")?;
        // NA is Namibia's here.
        let capitals: String = code.to_uppercase().split_whitespace().collect();
        if let Some(found) = self.countries.find_code(&capitals) {
            return Some(found.clone());
        }
        if !is_nothing(&code) {
            reading.refuse("country_code", "is no country code of ISO 3166");
        }
        None
    }

    fn named(
        &self,
        reading: &mut Reading<'_>,
        date: Option<NaiveDate>,
        coded: Option<&CountryCode>,
    ) -> Option<CountryCode> {
        let printed = reading.raw("country")?;
        let word = match printed.as_str() {
            "NA" => {
                Some("is the code of Namibia, and what people write where nothing is known: write the name, or nothing")
            }
            "no" | "No" => Some("is the code of Norway, and a word for none: write the name, or nothing"),
            _ => None,
        };
        if let Some(message) = word {
            if coded.is_none() {
                reading.remark(Weight::Ambiguous, "country", message);
            }
            return None;
        }
        if is_nothing(&printed) {
            return None;
        }
        let folded = fold(&printed);
        let decided = self.countries_decided.get(&folded).map(Vec::as_slice).unwrap_or_default();
        if let Some((code, _)) = decided.iter().rev().find(|decision| decision.1) {
            return Some(code.clone());
        }
        let denied = |code: &CountryCode| decided.iter().any(|(other, same)| other == code && !same);
        let found = match self.code_for_name(&printed) {
            Some((code, None)) => return Some(code),
            Some((code, Some(other))) => {
                // A code beside it says which it is.
                if let Some(coded) = coded.filter(|coded| **coded == code || **coded == other) {
                    return Some(coded.clone());
                }
                NameMatch::Ambiguous { candidates: vec![code, other] }
            }
            None => self.countries.find_as_at(&printed, date),
        };
        let told = |codes: Vec<String>| codes.join(" or ");
        match found {
            NameMatch::One { code, .. } if !denied(&code) => Some(code),
            NameMatch::One { .. } => {
                reading.refuse("country", "was said not to be the only country of that name");
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
                let names = told(left.iter().map(CountryCode::to_string).collect());
                reading.remark(Weight::Ambiguous, "country", format!("is the name of several countries: {names}"));
                None
            }
            NameMatch::None { suggestions } => {
                // What the code beside it excludes is not suggested.
                let open = |code: &CountryCode| !denied(code) && coded.is_none_or(|coded| coded == code);
                let left = suggestions.into_iter().filter(|one| open(&one.code));
                let left: Vec<String> = left.map(|one| format!("{} ({})", one.name, one.code)).collect();
                self.no_country(reading, &printed, &left);
                None
            }
        }
    }

    /// The country whose code stands in a column of names, and another one that is abbreviated so.
    fn code_for_name(&self, printed: &str) -> Option<(CountryCode, Option<CountryCode>)> {
        let capitals = printed.trim().to_uppercase();
        let code = self.countries.find_code(&capitals)?.clone();
        let abbreviated = ABBREVIATIONS.iter().find(|(written, _)| *written == capitals).map(|(_, code)| *code);
        let named = match self.countries.find(printed) {
            NameMatch::One { code, .. } => Some(code),
            _ => None,
        };
        let other = abbreviated.map(|code| CountryCode(code.to_owned())).or(named).filter(|other| *other != code);
        Some((code, other))
    }

    /// Why a name is no country's: what it is instead, or what may have been meant.
    fn no_country(&self, reading: &mut Reading<'_>, printed: &str, suggestions: &[String]) {
        let folded = &*fold(printed);
        if let Some((_, of)) = PARTS.iter().find(|(name, _)| *name == folded) {
            let message = format!("is a part of {of}: give that country, and this name as the label of the delegation");
            return reading.refuse("country", message);
        }
        if let Some(group) = self.groups_called(printed).first() {
            return reading
                .refuse("country", format!("is the group {:?}, and no country: give its members", group.key));
        }
        if UNIONS.contains(&folded) {
            return reading.refuse("country", "is a union of countries, and none itself: give its members");
        }
        if NOBODYS.contains(&folded) {
            let message = "is no country: who comes for none comes for an institution, or is in no delegation";
            return reading.refuse("country", message);
        }
        if suggestions.is_empty() {
            return reading.refuse("country", "is no name of a country that the register has");
        }
        let message = format!("is no name of a country that the register has; perhaps {}", suggestions.join(" or "));
        reading.remark(Weight::Ambiguous, "country", message);
    }
}
