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
                TagVocabulary::DacPurpose => continue,
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
/// another. Where a vocabulary has several, their percentages sum to 100.
fn sectors(entries: &Entries<'_>) -> String {
    let mut xml = String::new();
    for (vocabulary, digits) in [(1, 5), (2, 3)] {
        let is_sector = |entry: &&(TagVocabulary, &str)| {
            entry.0 == TagVocabulary::DacPurpose && entry.1.len() == digits
        };
        let codes: Vec<&str> = entries.iter().filter(is_sector).map(|entry| entry.1).collect();
        for (code, share) in codes.iter().zip(equal_shares(codes.len())) {
            let share = match codes.len() {
                1 => String::new(),
                _ => format!(" percentage=\"{}.{:02}\"", share / 100, share % 100),
            };
            let code = escaped(code);
            let _ =
                writeln!(xml, "    <sector vocabulary=\"{vocabulary}\" code=\"{code}\"{share}/>");
        }
    }
    xml
}

/// Hundredths of a percent, 10,000 together; the last has what is left.
fn equal_shares(parts: usize) -> Vec<usize> {
    let share = 10_000_usize.checked_div(parts).unwrap_or_default();
    (1..=parts)
        .map(|part| if part == parts { 10_000 - share * (parts - 1) } else { share })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_the_whole() {
        assert_eq!(equal_shares(0), [0; 0]);
        assert_eq!(equal_shares(3), [3333, 3333, 3334]);
        for parts in 1..400 {
            assert_eq!(equal_shares(parts).iter().sum::<usize>(), 10_000, "{parts}");
        }
    }

    #[test]
    fn sectors_of_each_vocabulary_sum_to_the_whole() {
        let purposes = |codes: &[&'static str]| -> Entries<'static> {
            codes.iter().map(|code| (TagVocabulary::DacPurpose, *code)).collect()
        };
        assert_eq!(sectors(&purposes(&[])), "");
        let one = "    <sector vocabulary=\"1\" code=\"25010\"/>\n";
        assert_eq!(sectors(&purposes(&["25010"])), one);
        assert_eq!(
            sectors(&purposes(&["32130", "25010", "331"])),
            "    <sector vocabulary=\"1\" code=\"25010\" percentage=\"50.00\"/>\n    \
             <sector vocabulary=\"1\" code=\"32130\" percentage=\"50.00\"/>\n    \
             <sector vocabulary=\"2\" code=\"331\"/>\n"
        );
    }
}
