//! Atom (RFC 4287): the batches that came in or changed last.

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, Utc};

use super::{BatchView, PageScope, escaped};
use crate::site::Site;

/// The media type of a feed.
const MEDIA: &str = "application/atom+xml";

/// The feed of a scope, the newest change first.
pub fn feed(scope: &PageScope, shown: &[BatchView], site: &Site) -> String {
    let address = site.at(&format!("/feeds/{}.atom", scope.path));
    let updated =
        shown.iter().map(|shown| shown.batch.updated_at).max().unwrap_or(DateTime::UNIX_EPOCH);
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed \
         xmlns=\"http://www.w3.org/2005/Atom\">\n",
    );
    // Writing to a text does not fail.
    let _ = writeln!(xml, "  <id>{}</id>", escaped(&address));
    let _ = writeln!(xml, "  <title>{} – Jejaring</title>", escaped(&scope.title));
    let _ = writeln!(xml, "  <updated>{}</updated>", moment(updated));
    let _ = writeln!(xml, "  <author><name>Jejaring</name></author>");
    let _ = writeln!(xml, "  <link rel=\"self\" type=\"{MEDIA}\" href=\"{}\"/>", escaped(&address));
    let _ = writeln!(xml, "  <link href=\"{}\"/>", escaped(site.base()));
    for shown in shown {
        entry(&mut xml, shown, site);
    }
    xml.push_str("</feed>\n");
    xml
}

fn entry(xml: &mut String, shown: &BatchView, site: &Site) {
    let row = &shown.batch;
    let (title, language) = shown.title();
    let address = escaped(&site.batch(&row.key));
    let _ = writeln!(xml, "  <entry>\n    <id>urn:uuid:{}</id>", row.id);
    let _ =
        writeln!(xml, "    <title xml:lang=\"{}\">{}</title>", escaped(language), escaped(&title));
    let _ = writeln!(xml, "    <published>{}</published>", moment(row.created_at));
    let _ = writeln!(xml, "    <updated>{}</updated>", moment(row.updated_at));
    let _ = writeln!(xml, "    <link href=\"{address}\"/>");
    let _ = writeln!(
        xml,
        "    <link rel=\"alternate\" type=\"application/ld+json\" href=\"{address}\"/>"
    );
    for topic in &shown.topics {
        let _ = writeln!(xml, "    <category term=\"{}\"/>", escaped(topic));
    }
    let day = |date: Option<chrono::NaiveDate>| {
        date.map_or_else(|| "unknown".to_owned(), |date| date.to_string())
    };
    let (start, end) = (day(row.starts_on), day(row.ends_on));
    let summary = format!("{}. {}. From {start} to {end}.", row.status, shown.programme.title);
    let _ = writeln!(xml, "    <summary>{}</summary>\n  </entry>", escaped(&summary));
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
