//! Where on the map of the site the marks of countries stand, as `web/map` has drawn it.

use std::collections::BTreeMap;

use minijinja::value::Value;
use minijinja::{Environment, Error};
use serde::Deserialize;

/// What the drawing says of itself; nothing where the program was built without it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Drawing {
    width: u32,
    height: u32,
    places: BTreeMap<String, (u32, u32)>,
}

impl Drawing {
    fn read() -> Self {
        let text = include_str!(concat!(env!("OUT_DIR"), "/map-places.json"));
        serde_json::from_str(text).unwrap_or_else(|error| panic!("the places of the map: {error}"))
    }
}

/// What templates draw the map with: `on_map`, which is where the mark of the country of a code
/// stands, none where it has no place; and `map_view`, the part of the map that shows the countries
/// of some rows, with how much smaller it is than all of it.
pub(super) fn add_to(templates: &mut Environment<'static>) {
    let Drawing { width, height, places } = Drawing::read();
    let known = places.clone();
    templates.add_function("on_map", move |code: Value| {
        let (x, y) = known.get(code.as_str()?)?;
        Some(Value::from_pairs([("x", Value::from(*x)), ("y", Value::from(*y))]))
    });
    templates.add_function("map_view", move |cells: Value| {
        let mut shown = Vec::new();
        for cell in cells.try_iter()? {
            let code = cell.get_attr("row")?.get_attr("key")?;
            shown.extend(code.as_str().and_then(|code| places.get(code)).copied());
        }
        let (x, y, part) = view((width, height), &shown);
        let box_of =
            format!("{x} {y} {:.0} {:.0}", f64::from(width) * part, f64::from(height) * part);
        Ok::<_, Error>(Value::from_pairs([
            ("box", Value::from(box_of)),
            ("part", Value::from(part)),
        ]))
    });
}

/// Where the part of a map begins that shows some places with what is around them, and what part of
/// it that is, in its own proportions.
fn view((width, height): (u32, u32), places: &[(u32, u32)]) -> (u32, u32, f64) {
    /// What is shown beyond the outermost places on each side, as a part of the whole.
    const AROUND: f64 = 0.08;
    /// The smallest part of a map: nearer, the shapes are coarse.
    const LEAST: f64 = 0.35;
    let span = |all: &mut dyn Iterator<Item = u32>| {
        all.fold(None, |span, at| {
            let (from, to) = span.unwrap_or((at, at));
            Some((at.min(from), at.max(to)))
        })
    };
    let across = span(&mut places.iter().map(|place| place.0));
    let down = span(&mut places.iter().map(|place| place.1));
    let (Some((left, right)), Some((top, bottom))) = (across, down) else { return (0, 0, 1.0) };
    let (wide, high) = (f64::from(width), f64::from(height));
    let needed = |from: u32, to: u32, size: f64| f64::from(to - from) / size + 2.0 * AROUND;
    let part = needed(left, right, wide).max(needed(top, bottom, high)).clamp(LEAST, 1.0);
    let begin = |from: u32, to: u32, size: f64| {
        let middle = (f64::from(from) + f64::from(to)) / 2.0;
        (middle - size * part / 2.0).clamp(0.0, size * (1.0 - part)).round() as u32
    };
    (begin(left, right, wide), begin(top, bottom, high), part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_of_today_has_a_place_within_the_map() {
        let Drawing { width, height, places } = Drawing::read();
        if !cfg!(feature = "map") || std::env::var("JEJARING_SKIP_WEB").is_ok_and(|one| one == "1")
        {
            return;
        }
        let countries = include_str!("../../data/reference/countries.csv").lines().skip(1);
        let codes =
            countries.filter_map(|row| row.split(',').next()).filter(|code| code.len() == 2);
        let lost: Vec<_> = codes.filter(|code| !places.contains_key(*code)).collect();
        // The map ends before Antarctica.
        assert_eq!(lost, ["AQ"]);
        for (code, (x, y)) in places {
            assert!(x <= width && y <= height, "{code} is at {x} {y}");
        }
    }

    #[test]
    fn what_is_shown_is_within_the_map_with_all_places_in_it() {
        let size = (2000, 900);
        assert_eq!(view(size, &[]), (0, 0, 1.0));
        assert_eq!(view(size, &[(0, 0), (2000, 900)]), (0, 0, 1.0));
        for places in
            [&[(0, 0)][..], &[(2000, 900)], &[(700, 400), (900, 430)], &[(9, 8), (9, 890)]]
        {
            let (x, y, part) = view(size, places);
            let (right, bottom) = (f64::from(x) + 2000.0 * part, f64::from(y) + 900.0 * part);
            assert!(right <= 2001.0 && bottom <= 901.0 && part >= 0.35, "{x} {y} {part}");
            for (left, top) in places {
                assert!((x..=right as u32 + 1).contains(left), "{left} in {x} {right}");
                assert!((y..=bottom as u32 + 1).contains(top), "{top} in {y} {bottom}");
            }
        }
    }
}
