//! What an activity is classified as: its sectors, and its tags.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use entity::id::{ProgrammeId, TopicId};
use entity::vocabulary::TagVocabulary;
use entity::{tag, topic};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};

use super::narrative;
use crate::delivery::tag::title;
use crate::pages::escaped;

/// What says which classification ISCED-F is: IATI has no vocabulary of it.
const ISCED_F: &str =
    "https://uis.unesco.org/en/topic/international-standard-classification-education-isced";

/// Entries of classifications, each once and in order.
type Entries<'a> = BTreeSet<(TagVocabulary, &'a str)>;

/// The tags of the register.
pub(super) struct Classified {
    programmes: HashMap<ProgrammeId, Vec<tag::Model>>,
    topics: HashMap<TopicId, Vec<tag::Model>>,
}

impl Classified {
    /// Reads all of them; they are public, as are programmes and topics.
    pub(super) async fn read(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let (mut programmes, mut topics) = (HashMap::new(), HashMap::new());
        for row in tag::Entity::find().all(db).await? {
            match (row.programme_id, row.topic_id) {
                (Some(id), _) => programmes.entry(id).or_insert_with(Vec::new).push(row),
                (None, Some(id)) => topics.entry(id).or_insert_with(Vec::new).push(row),
                (None, None) => {}
            }
        }
        Ok(Self { programmes, topics })
    }

    /// The elements `sector` and `tag`, in the order of the schema, of a batch of this programme
    /// about these topics.
    pub(super) fn elements(&self, programme: ProgrammeId, topics: &[topic::Model]) -> String {
        let of_topics = topics.iter().filter_map(|topic| self.topics.get(&topic.id));
        let tags = self.programmes.get(&programme).into_iter().chain(of_topics).flatten();
        let mut entries: Entries<'_> =
            tags.map(|row| (row.vocabulary, row.code.as_str())).collect();
        let codes = topics.iter().filter_map(|topic| topic.dac_code.as_deref());
        entries.extend(codes.map(|code| (TagVocabulary::DacPurpose, code)));
        let mut xml = sectors(&entries);
        for (vocabulary, code) in &entries {
            let attributes = match vocabulary {
                TagVocabulary::DacPurpose => match one_of_several(&entries, code) {
                    Some(attributes) => attributes,
                    None => continue,
                },
                TagVocabulary::Sdg if code.contains('.') => "vocabulary=\"3\"".to_owned(),
                TagVocabulary::Sdg => "vocabulary=\"2\"".to_owned(),
                TagVocabulary::IscedF => format!("vocabulary=\"99\" vocabulary-uri=\"{ISCED_F}\""),
            };
            let name = narrative(title(*vocabulary, code).unwrap_or(code), "en");
            let code = escaped(code);
            let _ = writeln!(xml, "    <tag {attributes} code=\"{code}\">{name}</tag>");
        }
        for topic in topics {
            let names = narrative(&topic.label_en, "en") + &narrative(&topic.label_id, "id");
            let code = escaped(&topic.key);
            let _ = writeln!(xml, "    <tag vocabulary=\"99\" code=\"{code}\">{names}</tag>");
        }
        xml
    }
}

/// The purposes as sectors: codes of five digits are one vocabulary of IATI, codes of three
/// another. Of several in one vocabulary IATI wants the part of each in percent, which the register
/// does not have: they are none of the sectors then, but tags.
fn sectors(entries: &Entries<'_>) -> String {
    let mut xml = String::new();
    for (vocabulary, digits, _) in PURPOSES {
        if let [code] = purposes(entries, digits)[..] {
            let code = escaped(code);
            let _ = writeln!(xml, "    <sector vocabulary=\"{vocabulary}\" code=\"{code}\"/>");
        }
    }
    xml
}

/// The vocabularies of purposes, how many digits their codes have, and what says which they are.
const PURPOSES: [(u8, usize, &str); 2] = [
    (1, 5, "https://iatistandard.org/en/iati-standard/203/codelists/sector/"),
    (2, 3, "https://iatistandard.org/en/iati-standard/203/codelists/sectorcategory/"),
];

/// The codes of purposes that have so many digits.
fn purposes<'a>(entries: &Entries<'a>, digits: usize) -> Vec<&'a str> {
    let of_it = entries.iter().filter(|entry| entry.0 == TagVocabulary::DacPurpose);
    of_it.map(|entry| entry.1).filter(|code| code.len() == digits).collect()
}

/// How a tag says which vocabulary a purpose is of, where it is one of several.
fn one_of_several(entries: &Entries<'_>, code: &str) -> Option<String> {
    let (_, digits, uri) = PURPOSES.into_iter().find(|known| known.1 == code.len())?;
    let several = purposes(entries, digits).len() > 1;
    several.then(|| format!("vocabulary=\"99\" vocabulary-uri=\"{uri}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_purposes_are_no_sectors() {
        let of = |codes: &[&'static str]| -> Entries<'static> {
            codes.iter().map(|code| (TagVocabulary::DacPurpose, *code)).collect()
        };
        assert_eq!(sectors(&of(&[])), "");
        let one = "    <sector vocabulary=\"1\" code=\"25010\"/>\n";
        assert_eq!(sectors(&of(&["25010"])), one);
        let three = of(&["32130", "25010", "331"]);
        assert_eq!(sectors(&three), "    <sector vocabulary=\"2\" code=\"331\"/>\n");
        assert!(one_of_several(&three, "25010").is_some());
        assert_eq!(one_of_several(&three, "331"), None);
    }
}
