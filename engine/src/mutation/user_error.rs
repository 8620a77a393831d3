//! What the register refuses is data: the writer's to mend.

use async_graphql::{Context, Enum, Object, Value};

use crate::error::{Refusal, RefusalCode};
use crate::graphql::context::RequestContext;
use crate::graphql::language::Language;
use crate::graphql::names::camel_case;
use crate::phrase::{Phrase, say};

/// Why a mutation was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserError {
    path: Vec<String>,
    code: UserErrorCode,
    message: Phrase,
    /// A field as the rules name it, and as inputs do.
    renamed: Option<(&'static str, String)>,
    value: Option<String>,
    current_version: Option<i32>,
}

/// Why a mutation was refused.
#[Object]
impl UserError {
    /// Where in the arguments: `["input", "startsOn"]`, or `["input", "names", "0", "language"]`
    /// in a list, whose places are counted from 0. It ends where the input has nothing of its own
    /// for what is refused.
    async fn path(&self) -> &[String] {
        &self.path
    }

    /// The class of refusal.
    async fn code(&self) -> UserErrorCode {
        self.code
    }

    /// A sentence for people, with the values that do not go together.
    async fn message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language.")] language: Option<Language>,
    ) -> String {
        self.told(ctx.languages(language).of_phrases())
    }

    /// The offending value; null where none was given, or it is personal.
    async fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// With `CONFLICT`: the version that the record has now.
    async fn current_version(&self) -> Option<i32> {
        self.current_version
    }
}

/// The classes of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "RefusalCode")]
pub enum UserErrorCode {
    /// Outside what it must lie within.
    OutOfRange,
    /// Something else already stands there.
    Duplicate,
    /// It overlaps with something of its kind.
    Overlap,
    /// It would be above itself.
    Cycle,
    /// It needs something that is missing.
    Required,
    /// It is not what belongs there.
    Invalid,
    /// It refers to nothing that is there and may be seen.
    NotFound,
    /// From where the record stands it cannot go there.
    IllegalMove,
    /// The record has another version than the one expected.
    Conflict,
    /// The idempotency key has been used for another mutation or input.
    KeyReused,
}

impl UserError {
    /// A refusal of what stands in `input`, in the words of the input; the fields `personal` are
    /// not shown.
    pub fn new(refusal: Refusal, input: &Value, personal: &[&str]) -> Self {
        let mut path = vec!["input".to_owned()];
        let within = refusal.within.iter().map(|part| vec![camel_case(part)]);
        let names = refusal.names().map(camel_case).to_vec();
        let found = within.chain([names]).try_fold(input, |value, names| {
            let name = names.into_iter().find(|name| part(value, name).is_some())?;
            let found = part(value, &name);
            path.push(name);
            found
        });
        let is_personal = |name: &str| personal.contains(&name) || PERSONAL.contains(&name);
        let hidden =
            is_personal(refusal.field) || refusal.within.iter().any(|part| is_personal(part));
        let value = found.filter(|_| !hidden).and_then(shown);
        // What the input has nothing of is called as another input would call it.
        let name = found.and_then(|_| path.last().cloned());
        let renamed = Some((refusal.field, name.unwrap_or_else(|| camel_case(refusal.field))));
        Self {
            path,
            code: refusal.code.into(),
            message: refusal.message,
            renamed,
            value,
            current_version: None,
        }
    }

    /// The record has another version by now than the one that was given in a part of the input.
    pub fn conflict(expected: i32, current: i32, within: &[String]) -> Self {
        let parts = within.iter().map(|part| camel_case(part));
        Self {
            path: ["input".to_owned()]
                .into_iter()
                .chain(parts)
                .chain(["expectedVersion".to_owned()])
                .collect(),
            code: UserErrorCode::Conflict,
            message: say!(
                "the record was changed meanwhile: you know version {expected}, it has version \
                 {current}",
                expected,
                current
            ),
            renamed: None,
            value: Some(expected.to_string()),
            current_version: Some(current),
        }
    }
}

impl UserError {
    /// The sentence, in the language of a tag.
    fn told(&self, tag: &str) -> String {
        let told = self.message.translate(tag);
        match &self.renamed {
            Some((field, name)) => told.replace(field, name),
            None => told,
        }
    }
}

/// Fields that may hold personal data whatever the record, and parts that are about people.
const PERSONAL: [&str; 5] = ["reason", "explanation", "text", "stated_by_id", "participants"];

/// What stands in a field, or at a place in a list.
fn part<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => fields.get(name),
        Value::List(items) => items.get(name.parse::<usize>().ok()?),
        _ => None,
    }
}

/// A value as it was given, as far as it is short.
fn shown(value: &Value) -> Option<String> {
    const LONGEST: usize = 120;
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    (text.len() <= LONGEST).then_some(text)
}

#[cfg(test)]
mod tests {
    use async_graphql::value;
    use proptest::prelude::*;

    use super::*;

    fn input() -> Value {
        value!({
            "names": [{ "labelEn": "one", "groupId": "g" }, { "labelEn": "two", "text": "secret" }],
            "countries": ["KH", "LA"],
            "title": { "text": "secret", "language": "en" },
            "participants": [{ "name": "secret" }],
            "recordId": "r",
            "endsOn": null,
        })
    }

    fn error(within: &[&str], field: &'static str) -> UserError {
        let refusal = Refusal::new(
            RefusalCode::Invalid,
            field,
            Phrase::verbatim(format!("{field} is wrong")),
        );
        UserError::new(
            within.iter().rev().fold(refusal, |refusal, part| refusal.within(part)),
            &input(),
            &[],
        )
    }

    #[test]
    fn a_refusal_is_told_in_the_words_of_the_input() {
        for (within, field, path, message, value) in [
            (
                &["names", "1"][..],
                "label_en",
                "input names 1 labelEn",
                "labelEn is wrong",
                Some("two"),
            ),
            (
                &["names", "0"],
                "regional_group_id",
                "input names 0 groupId",
                "groupId is wrong",
                Some("g"),
            ),
            (&["names", "1"], "text", "input names 1 text", "text is wrong", None),
            (&["names", "2"], "label_en", "input names", "labelEn is wrong", None),
            (&["countries", "1"], "label", "input countries 1", "label is wrong", None),
            (&["title"], "language", "input title language", "language is wrong", Some("en")),
            (&["participants", "0"], "name", "input participants 0 name", "name is wrong", None),
            (&[], "subject_kind", "input recordId", "recordId is wrong", Some("r")),
            (&[], "ends_on", "input endsOn", "endsOn is wrong", None),
            (&[], "status", "input", "status is wrong", None),
        ] {
            let error = error(within, field);
            assert_eq!(error.path.join(" "), path);
            assert_eq!(
                (error.told("en").as_str(), error.value.as_deref()),
                (message, value),
                "{path}"
            );
        }
    }

    const NAMES: [&str; 8] =
        ["names", "0", "1", "title", "text", "label_en", "regional_group_id", "status"];

    proptest! {
        /// Whatever is refused: each part of the path is there in what was sent.
        #[test]
        fn a_path_leads_through_the_input(
            within in prop::collection::vec(prop::sample::select(&NAMES[..]), 0..4),
            field in prop::sample::select(&NAMES[..]),
        ) {
            let error = error(&within, field);
            let (first, path) = error.path.split_first().expect("a path");
            prop_assert_eq!(first, "input");
            let sent = input();
            let end = path.iter().try_fold(&sent, |value, name| part(value, name));
            prop_assert!(end.is_some(), "{:?}", error.path);
        }
    }
}
