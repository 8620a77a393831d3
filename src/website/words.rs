//! Texts, labels, dates and numbers, in the language of a page.
//!
//! Texts of the site stand in `web/pages/texts`, a file for each language; labels of enumerations
//! are those of the desk. One key has one text, or one for a single thing (`one`) and one for all
//! other numbers (`other`), which is all that Indonesian and English need.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error, ErrorKind};
use serde::Deserialize;

use super::links::escaped;

const TEXTS: [(&str, &str, &str); 2] = [
    (
        "en",
        include_str!("../../web/pages/texts/en.json"),
        include_str!("../../web/desk/src/messages/en/words.json"),
    ),
    (
        "id",
        include_str!("../../web/pages/texts/id.json"),
        include_str!("../../web/desk/src/messages/id/words.json"),
    ),
];

const MONTHS: [(&str, [&str; 12]); 2] = [
    (
        "en",
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
    ),
    (
        "id",
        [
            "Januari",
            "Februari",
            "Maret",
            "April",
            "Mei",
            "Juni",
            "Juli",
            "Agustus",
            "September",
            "Oktober",
            "November",
            "Desember",
        ],
    ),
];

/// A text, of one form or of two.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Text {
    Plain(String),
    Counted { one: String, other: String },
}

/// All texts by language and key.
#[derive(Clone, Debug)]
pub(super) struct Words(BTreeMap<&'static str, BTreeMap<String, Text>>);

impl Words {
    /// Reads the catalogues that the program carries.
    pub(super) fn read() -> Self {
        let read = |text: &str| -> BTreeMap<String, Text> {
            serde_json::from_str(text).unwrap_or_else(|error| panic!("texts: {error}"))
        };
        Self(
            TEXTS
                .map(|(tag, own, labels)| {
                    let mut all = read(labels);
                    all.extend(read(own));
                    (tag, all)
                })
                .into(),
        )
    }

    fn find(&self, language: &str, key: &str) -> Option<&Text> {
        self.0.get(language)?.get(key)
    }

    /// The label of a member of an enumeration; the member itself where there is none.
    fn label(&self, language: &str, kind: &str, member: &str) -> String {
        match self.find(language, &format!("{kind}.{member}")) {
            Some(Text::Plain(text)) => text.clone(),
            _ => member.to_owned(),
        }
    }

    /// The labels of all members of an enumeration.
    fn labels(&self, language: &str, kind: &str) -> BTreeMap<String, Value> {
        let all = self.0.get(language).into_iter().flatten();
        let of_kind = all.filter_map(|(key, text)| match (key.split_once('.')?, text) {
            ((known, member), Text::Plain(text)) if known == kind => {
                Some((member.to_owned(), Value::from(text.as_str())))
            }
            _ => None,
        });
        of_kind.collect()
    }

    /// What templates of a language say texts with: `t`, `label`, `labels`, `days`, and the filters
    /// `day` and `number`.
    pub(super) fn add_to(self, templates: &mut Environment<'static>, language: &'static str) {
        let words = self.clone();
        templates.add_function("t", move |key: &str, values: Kwargs| {
            let text = words.find(language, key).ok_or_else(|| {
                Error::new(ErrorKind::UndefinedError, format!("there is no text {key:?}"))
            })?;
            let text = match text {
                Text::Plain(text) => text,
                Text::Counted { one, other } => {
                    let count: Value = values.get("n")?;
                    if count.as_i64() == Some(1) { one } else { other }
                }
            };
            filled(text, &values, language).map(Value::from_safe_string)
        });
        let words = self.clone();
        templates.add_function("labels", move |kind: &str| words.labels(language, kind));
        templates.add_function("label", move |kind: &str, member: Value| {
            self.label(language, kind, member.as_str().unwrap_or("unknown"))
        });
        templates.add_filter("day", move |date: Value, precision: Option<Value>| {
            let precision = precision.as_ref().and_then(Value::as_str);
            day(language, date.as_str().unwrap_or_default(), precision)
        });
        templates.add_function("days", move |from: Value, to: Value, values: Kwargs| {
            let precision = |name: &str| values.get::<Option<Value>>(name);
            let (starts, ends) = (precision("starts")?, precision("ends")?);
            let with = |date: &Value, precision: Option<Value>| {
                let precision = precision.as_ref().and_then(Value::as_str).map(str::to_owned);
                date.as_str().map(|date| (date.to_owned(), precision))
            };
            Ok::<_, Error>(days(language, with(&from, starts), with(&to, ends)))
        });
        templates.add_filter("number", move |number: Value| {
            number.as_i64().map_or_else(|| number.to_string(), |n| grouped(language, n))
        });
    }
}

/// A text with its values in place of `{name}`, as HTML: the text itself may have marks, values
/// are escaped unless they are HTML already.
fn filled(text: &str, values: &Kwargs, language: &str) -> Result<String, Error> {
    let mut filled = text.to_owned();
    for name in values.args() {
        let value: Value = values.get(name)?;
        let value = match value.as_i64() {
            Some(number) if !value.is_safe() && value.as_str().is_none() => {
                grouped(language, number)
            }
            _ if value.is_safe() => value.to_string(),
            _ => escaped(&value.to_string()),
        };
        filled = filled.replace(&format!("{{{name}}}"), &value);
    }
    Ok(filled)
}

/// A number with its thousands apart.
fn grouped(language: &str, number: i64) -> String {
    let (digits, mark) =
        (number.unsigned_abs().to_string(), if language == "id" { '.' } else { ',' });
    let mut grouped = if number < 0 { "−".to_owned() } else { String::new() };
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(mark);
        }
        grouped.push(digit);
    }
    grouped
}

fn month(language: &str, date: NaiveDate) -> &'static str {
    let names = MONTHS.iter().find(|(tag, _)| *tag == language).unwrap_or(&MONTHS[0]).1;
    names[date.month0() as usize]
}

/// A day as people write it, as exact as it is known; a text that is no date as it is.
fn day(language: &str, date: &str, precision: Option<&str>) -> String {
    let Ok(parsed) = date.get(..10).unwrap_or(date).parse::<NaiveDate>() else {
        return date.to_owned();
    };
    match precision {
        Some("YEAR") => parsed.year().to_string(),
        Some("MONTH") => format!("{} {}", month(language, parsed), parsed.year()),
        _ => format!("{} {} {}", parsed.day(), month(language, parsed), parsed.year()),
    }
}

/// From a day to a day, without saying twice what both have; each with how exact it is.
fn days(
    language: &str,
    from: Option<(String, Option<String>)>,
    to: Option<(String, Option<String>)>,
) -> String {
    let written = |day_of: &(String, Option<String>)| day(language, &day_of.0, day_of.1.as_deref());
    let (first, last) = match (&from, &to) {
        (None, None) => return String::new(),
        (Some(from), None) => return written(from),
        (None, Some(to)) => return format!("… – {}", written(to)),
        (Some(from), Some(to)) => (from, to),
    };
    if first == last {
        return written(first);
    }
    let parsed = |day: &(String, Option<String>)| day.0.parse::<NaiveDate>().ok();
    let exact =
        |day: &(String, Option<String>)| !matches!(day.1.as_deref(), Some("YEAR" | "MONTH"));
    match (parsed(first), parsed(last)) {
        (Some(one), Some(other)) if exact(first) && exact(last) && one.year() == other.year() => {
            if one.month() == other.month() {
                format!("{}–{}", one.day(), written(last))
            } else {
                format!("{} {} – {}", one.day(), month(language, one), written(last))
            }
        }
        _ => format!("{} – {}", written(first), written(last)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::files::TEMPLATES;
    use super::*;

    /// The keys that a template names as `t("…")`.
    fn named(template: &str) -> impl Iterator<Item = &str> {
        template.match_indices("t(\"").filter_map(|(place, _)| {
            let before = template[..place].chars().next_back();
            let rest = &template[place + 3..];
            before.filter(|c| !c.is_alphanumeric() && *c != '_')?;
            rest.split_once('"').map(|(key, _)| key)
        })
    }

    #[test]
    fn each_language_has_every_text_with_the_same_values_and_no_other() {
        let words = Words::read();
        let values = |text: &Text| -> BTreeSet<String> {
            let all = match text {
                Text::Plain(text) => text.clone(),
                Text::Counted { one, other } => format!("{one} {other}"),
            };
            let parts = all.split('{').skip(1);
            parts.filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect()
        };
        let (en, id) = (&words.0["en"], &words.0["id"]);
        assert_eq!(en.keys().collect::<Vec<_>>(), id.keys().collect::<Vec<_>>());
        for (key, text) in en {
            assert_eq!(values(text), values(&id[key]), "{key}");
        }
    }

    #[test]
    fn every_text_that_a_template_names_is_there_and_none_is_idle() {
        let words = Words::read();
        let mut used = BTreeSet::new();
        for (name, template) in TEMPLATES {
            for key in named(template) {
                assert!(words.find("en", key).is_some(), "{name} names {key}");
                used.insert(key.to_owned());
            }
        }
        let own: BTreeMap<String, Text> = serde_json::from_str(TEXTS[0].1).expect("the catalogue");
        // Keys with a dot are made of two parts, by `label` or by joining.
        let idle: Vec<_> =
            own.keys().filter(|key| !key.contains('.') && !used.contains(*key)).collect();
        assert_eq!(idle, Vec::<&String>::new());
    }

    #[test]
    fn days_are_written_as_people_write_them() {
        let at = |date: &str| Some((date.to_owned(), Some("DAY".to_owned())));
        assert_eq!(days("en", at("2023-11-20"), at("2023-11-27")), "20–27 November 2023");
        assert_eq!(days("id", at("2023-07-31"), at("2023-08-02")), "31 Juli – 2 Agustus 2023");
        assert_eq!(
            days("en", at("2023-12-31"), at("2024-01-02")),
            "31 December 2023 – 2 January 2024"
        );
        let month = Some(("2023-11-01".to_owned(), Some("MONTH".to_owned())));
        assert_eq!(days("id", month, None), "November 2023");
        assert_eq!(
            (grouped("en", 1_234_567), grouped("id", -1000)),
            ("1,234,567".into(), "−1.000".into())
        );
    }
}
