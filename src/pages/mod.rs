//! Public batches in the forms that other programs read: calendars, feeds, pages for search
//! engines. Whoever reads them is nobody in particular, and sees what everybody may see.

mod atom;
mod batch_view;
mod calendar;
pub mod ical;
mod json_ld;
mod scope;

pub use atom::feed;
pub use batch_view::{BatchView, changed, one, scheduled, void_since};
pub use calendar::{OWN_KEY, OWN_NUMBER, OWN_PROGRAMME, OWN_VENUE, calendar};
pub use json_ld::json_ld;
pub use scope::PageScope;

use crate::text::is_text;

/// Text within an element or an attribute of XML or HTML.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // XML has no such characters.
            c if !is_text(c) => {}
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    #[test]
    fn text_is_text_in_xml() {
        assert_eq!(super::escaped("R&D <\"x\">\u{1}\u{fffe}"), "R&amp;D &lt;&quot;x&quot;&gt;");
    }
}
