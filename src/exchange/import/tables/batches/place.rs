//! Where batches are held. Of a place without a name there is a claim as it is written.

use entity::id::CountryCode;

use super::super::super::knowledge::Knowledge;
use super::super::super::remark::Weight;
use super::super::super::row_parser::RowParser;
use super::super::place::{self, StatedPlace};
use super::assertion::BatchAssertion;
use crate::phrase::say;

/// Where a row says that the batch is held.
pub(super) fn read(k: &Knowledge, parser: &mut RowParser<'_>) -> Option<BatchAssertion> {
    Some(match place::read(k, parser)? {
        StatedPlace::Named(place) => BatchAssertion::Venue(place),
        StatedPlace::Unnamed(country, coordinates) => {
            BatchAssertion::Unnamed(unnamed(parser, country, coordinates))
        }
    })
}

/// A place of which nothing but coordinates or the country is given.
fn unnamed(
    parser: &mut RowParser<'_>,
    country: Option<CountryCode>,
    coordinates: Option<(f64, f64)>,
) -> String {
    let at = coordinates.map(|(latitude, longitude)| format!("{latitude}, {longitude}"));
    // By its name as it is written, else by its code.
    let named = country.as_ref().and_then(|_| parser.text("country"));
    let field = if named.is_some() { "country" } else { "country_code" };
    let printed = named.or_else(|| country.map(|code| code.0));
    let parts: Vec<String> = at.iter().chain(&printed).cloned().collect();
    let text = parts.join(", ");
    if at.is_some() {
        let message = say!(
            "and the {column} stand beside neither a venue nor a city: \"{text}\" is claimed as \
             the place, which has no name",
            column = parser.layout.heading("longitude"),
            text = &text
        );
        parser.remark(Weight::Note, "latitude", message);
    }
    if printed.is_some() {
        let message = say!(
            "stands beside neither a venue nor a city: \"{text}\" is claimed as the place, which \
             has no name",
            text = &text
        );
        parser.remark(Weight::Note, field, message);
    }
    text
}
