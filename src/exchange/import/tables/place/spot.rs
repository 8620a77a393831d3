//! How places of one name are told apart: by city, country and coordinates.

use entity::id::CountryCode;
use entity::venue;
use entity::vocabulary::VenueKind;

use super::super::super::knowledge::hash;
use crate::text::fold;

/// Kilometres between coordinates that may still be those of one place.
const FAR: f64 = 50.0;

/// What two places of one name are compared by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) city: Option<u64>,
    pub(super) country: Option<u64>,
    pub(super) coordinates: Option<(f64, f64)>,
}

impl Spot {
    pub(super) fn new(
        city: Option<&str>,
        country: Option<&CountryCode>,
        at: Option<(f64, f64)>,
    ) -> Self {
        let city = city.map(fold).filter(|city| !city.is_empty());
        Self { city: city.map(|city| hash(&city)), country: country.map(hash), coordinates: at }
    }

    /// A city as a whole lies in itself.
    pub(super) fn of(row: &venue::Model) -> Self {
        let whole = (row.kind == VenueKind::City).then_some(&row.name);
        let city = row.city.as_ref().or(whole).map(String::as_str);
        Self::new(city, row.country_code.as_ref(), row.latitude.zip(row.longitude))
    }

    /// Whether this may be a place that is known. A part that is not given agrees with any; one
    /// that is given agrees with the same alone: else two cities would be that of a place that has
    /// none.
    pub(super) fn may_be(&self, known: &Self) -> bool {
        let is_far =
            self.coordinates.zip(known.coordinates).is_some_and(|(a, b)| distance(a, b) > FAR);
        (self.city.is_none() || self.city == known.city)
            && (self.country.is_none() || self.country == known.country)
            && !is_far
    }

    /// Whether the same is given of both.
    pub(super) fn is_as(&self, known: &Self) -> bool {
        self.may_be(known) && self.city == known.city && self.country == known.country
    }
}

/// Kilometres between two places on earth, by the formula of the haversines.
pub(super) fn distance(one: (f64, f64), other: (f64, f64)) -> f64 {
    const RADIUS: f64 = 6371.0;
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let across = one.0.to_radians().cos() * other.0.to_radians().cos();
    let chord = half(one.0, other.0) + across * half(one.1, other.1);
    2.0 * RADIUS * chord.sqrt().min(1.0).asin()
}

/// Which of several is meant.
pub(super) enum Choice<T> {
    None,
    One(T),
    Several(Vec<T>),
}

/// Which of some places of one name is meant: the one of which the same is given, else the only one
/// that may be it. Planning and entering choose by this alone.
pub(super) fn choose<T: Clone>(wanted: &Spot, known: &[(T, Spot)]) -> Choice<T> {
    let fitting = |fits: fn(&Spot, &Spot) -> bool| -> Vec<T> {
        known.iter().filter(|(_, spot)| fits(wanted, spot)).map(|(one, _)| one.clone()).collect()
    };
    let exact = fitting(Spot::is_as);
    let mut all = if exact.is_empty() { fitting(Spot::may_be) } else { exact };
    match (all.len(), all.pop()) {
        (1, Some(only)) => Choice::One(only),
        (_, Some(last)) => {
            all.push(last);
            Choice::Several(all)
        }
        (_, None) => Choice::None,
    }
}
