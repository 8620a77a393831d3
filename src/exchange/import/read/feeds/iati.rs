//! Activities of IATI 2.03 as programmes: `iati-identifier` → key, the first narrative of `title` →
//! title, and its language, `collaboration-type` → modality.

use quick_xml::Reader as Xml;
use quick_xml::events::Event;

use super::super::ReadError;
use super::keys::key_of_identifier;
use super::{Entry, MOST_VALUES};
use crate::phrase::say;

/// The deepest nesting of XML.
const DEEPEST: usize = 64;

/// The activities of a document.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, ReadError> {
    let broken =
        |line: u64| ReadError::At { line, message: say!("the document is not XML from here on") };
    let mut xml = Xml::from_str(text);
    let mut line = Lines { text: text.as_bytes(), byte: 0, line: 1 };
    let (mut path, mut entries): (Vec<String>, Vec<Entry>) = (Vec::new(), Vec::new());
    let mut entry: Option<Entry> = None;
    let (mut document, mut language, mut said) = (String::new(), String::new(), String::new());
    loop {
        let place = usize::try_from(xml.buffer_position()).unwrap_or(usize::MAX);
        let event = xml.read_event().map_err(|_| broken(line.at(place)))?;
        match event {
            Event::Text(text) => said.push_str(&text),
            Event::CData(text) => said.push_str(&text),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok().flatten().map(String::from);
                let named =
                    || quick_xml::escape::resolve_predefined_entity(&reference).map(str::to_owned);
                let latin = || latin(&reference).map(String::from);
                // What stands for nobody knows what is no text, and the entry is refused.
                let lost = || format!("{}&{};", char::REPLACEMENT_CHARACTER, &*reference);
                said.push_str(&character.or_else(named).or_else(latin).unwrap_or_else(lost));
            }
            Event::Start(start) => {
                if let Some(entry) = &mut entry {
                    says(entry, &path, std::mem::take(&mut said).trim());
                }
                said.clear();
                let name = start.local_name().as_ref().to_owned();
                if path.len() >= DEEPEST {
                    return Err(broken(line.at(place)));
                }
                let told: Vec<(String, String)> = attributes(start.attributes());
                let tag =
                    told.iter().find(|(key, _)| key.ends_with("lang")).map(|(_, tag)| tag.clone());
                if path.is_empty() {
                    document = tag.clone().unwrap_or_default();
                }
                if name == "iati-activity" {
                    entry = Some(Entry { line: line.at(place), ..Entry::default() });
                    language = tag.clone().unwrap_or_else(|| document.clone());
                }
                if let Some(entry) = &mut entry {
                    noted(entry, &path, &name, &told);
                    // The language is that of the text that becomes the title.
                    if path.last().is_some_and(|within| within == "title")
                        && name == "narrative"
                        && !entry.values.contains_key("title")
                    {
                        entry.values.remove("language");
                        entry.set("language", tag.as_deref().unwrap_or(&language));
                    }
                }
                path.push(name);
            }
            Event::Empty(empty) => {
                if let Some(entry) = &mut entry {
                    noted(
                        entry,
                        &path,
                        empty.local_name().as_ref(),
                        &attributes(empty.attributes()),
                    );
                }
            }
            Event::End(_) => {
                if let Some(entry) = &mut entry {
                    says(entry, &path, std::mem::take(&mut said).trim());
                }
                if path.pop().as_deref() == Some("iati-activity") {
                    entries.extend(entry.take());
                }
            }
            Event::Eof if path.is_empty() => return Ok(entries),
            Event::Eof => return Err(broken(line.at(place))),
            _ => {}
        }
    }
}

fn attributes(all: quick_xml::events::attributes::Attributes<'_>) -> Vec<(String, String)> {
    let told = all.flatten().take(MOST_VALUES);
    told.map(|one| (one.key.as_ref().to_owned(), one.value.to_string())).collect()
}

/// What an element's text says of an activity.
fn says(entry: &mut Entry, path: &[String], said: &str) {
    let within: Vec<&str> = path
        .iter()
        .map(String::as_str)
        .skip_while(|name| *name != "iati-activity")
        .skip(1)
        .collect();
    match within[..] {
        _ if said.is_empty() => {}
        ["iati-identifier"] => entry.set("key", &key_of_identifier(said)),
        ["title", "narrative"] if !entry.values.contains_key("title") => entry.set("title", said),
        [] => {}
        _ => {
            let names: Vec<&str> =
                within.iter().copied().filter(|name| *name != "narrative").collect();
            entry.add(&format!("IATI {}", names.join("/")), said);
        }
    }
}

/// The attributes that carry what an element without text says.
fn noted(entry: &mut Entry, path: &[String], name: &str, attributes: &[(String, String)]) {
    if path.last().is_none_or(|last| last != "iati-activity") {
        return;
    }
    for (key, value) in attributes {
        // How the partners cooperate: the codes that say as much as a modality of the register.
        let modality = match (name, key.as_str(), value.as_str()) {
            ("collaboration-type", "code", "1") => Some("BILATERAL"),
            ("collaboration-type", "code", "8") => Some("TRIANGULAR"),
            _ => None,
        };
        if let Some(modality) = modality {
            entry.set("modality", modality);
        } else if matches!(key.as_str(), "code" | "iso-date" | "type" | "ref" | "role") {
            entry.add(&format!("IATI {name}/@{key}"), value);
        }
    }
}

/// What HTML calls the characters from U+00A0 on, which people write in XML as well.
const LATIN: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf",
    "laquo", "not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro",
    "para", "middot", "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest",
    "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute",
    "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute",
    "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute",
    "THORN", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil",
    "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde",
    "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc",
    "uuml", "yacute", "thorn", "yuml",
];

fn latin(name: &str) -> Option<char> {
    let place = LATIN.iter().position(|known| *known == name)?;
    (0xA0..).nth(place).and_then(char::from_u32)
}

/// Counts lines up to a place, each byte once.
struct Lines<'a> {
    text: &'a [u8],
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    fn at(&mut self, place: usize) -> u64 {
        while self.byte < place.min(self.text.len()) {
            if self.text.get(self.byte) == Some(&b'\n') {
                self.line += 1;
            }
            self.byte += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{is, values};
    use crate::exchange::import::read::feeds::Feed;

    #[test]
    fn an_activity_of_iati_is_a_programme() {
        let text = "<?xml version=\"1.0\"?>\n<iati-activities version=\"2.03\">\n\
                    <iati-activity xml:lang=\"en\">\n\
                    <iati-identifier>ID-KEM-1-craft</iati-identifier><title><narrative \
                    xml:lang=\"id\">Kerajinan &amp; \
                    batik</narrative><narrative>Crafts</narrative></title><activity-status \
                    code=\"2\"/><collaboration-type \
                    code=\"8\"/><description><narrative>Long</narrative></description>\
                    </iati-activity></iati-activities>";
        let read = values(&Feed::Iati.rows(text).unwrap());
        assert_eq!((read.len(), read[0].0), (1, 3));
        let expected = [
            ("key", "id-kem-1-craft"),
            ("title", "Kerajinan & batik"),
            ("language", "id"),
            ("modality", "TRIANGULAR"),
            ("IATI activity-status/@code", "2"),
            ("IATI description", "Long"),
        ];
        is(&read[0].1, &expected);
        assert!(Feed::Iati.rows("<iati-activities><iati-activity>").is_err());
    }

    #[test]
    fn an_entity_is_its_character_or_a_fault() {
        let title = |text: &str| {
            let text = format!(
                "<i:iati-activities xmlns:i=\"x\"><i:iati-activity><i:title><i:narrative>{text}\
                 </i:narrative></i:title></i:iati-activity></i:iati-activities>"
            );
            values(&Feed::Iati.rows(&text).unwrap())[0].1.get("title").cloned().unwrap_or_default()
        };
        assert_eq!(title("Caf&eacute; &amp; &#233;&nbsp;&yuml;"), "Café & é\u{a0}ÿ");
        assert_eq!(title("Caf&unknown;"), "Caf\u{FFFD}&unknown;");
        assert!(Feed::of("<i:iati-activities xmlns:i=\"x\">").is_some());
        assert!(
            Feed::Iati
                .rows("<iati-activities/>")
                .is_err_and(|error| error.to_string().contains("iati-activity"))
        );
    }

    #[test]
    fn a_text_has_its_own_language_or_that_of_what_it_stands_in() {
        let activity = |inner: &str, own: &str| {
            let text = format!(
                "<iati-activities version=\"2.03\" \
                 xml:lang=\"fr\"><iati-activity{own}><iati-identifier>X-1</iati-identifier><title>\
                 {inner}</title></iati-activity></iati-activities>"
            );
            let read = values(&Feed::Iati.rows(&text).unwrap());
            let at = |name: &str| read[0].1.get(name).cloned().unwrap_or_default();
            format!("{} {} {}", at("language"), at("title"), at("IATI title"))
        };
        assert_eq!(
            activity(
                "<narrative xml:lang=\"id\">A</narrative><narrative xml:lang=\"en\">B</narrative>",
                ""
            ),
            "id A B"
        );
        assert_eq!(activity("<narrative>A</narrative>", " xml:lang=\"en\""), "en A ");
        assert_eq!(activity("<narrative>A</narrative>", ""), "fr A ");
        assert_eq!(
            activity("<narrative xml:lang=\"id\"/><narrative xml:lang=\"en\">B</narrative>", ""),
            "en B "
        );
    }
}
