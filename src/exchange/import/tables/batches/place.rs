//! Where batches are held. A place is its name, city and country together, here and where it is
//! entered: one that differs in any of them is another one.

use std::collections::{BTreeSet, HashMap};

use entity::id::{CountryCode, VenueId};
use entity::vocabulary::{ClaimProperty, VenueKind};
use entity::{claim, venue};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::super::super::knowledge::Knowledge;
use super::super::super::read::Row;
use super::super::super::remark::Weight;
use super::super::super::row_parser::RowParser;
use super::assertion::BatchAssertion;
use super::seen::{NewPlace, digest};
use crate::access::policy::{Action, Relation};
use crate::db::IDS_PER_QUERY;
use crate::db::Write;
use crate::delivery::venue::rules as venues;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::{Phrase, say};
use crate::rule::{self, check, made_key, unset};
use crate::text::fold;

/// Kilometres between coordinates that may still be those of one place.
const FAR: f64 = 50.0;
/// Kilometres that nobody minds.
const NEAR: f64 = 0.1;
/// How many places are told in a sentence.
const TOLD: usize = 3;

/// Where a batch is held.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Its name; that of the city where only that is given.
    pub(super) name: String,
    city: Option<String>,
    country: Option<CountryCode>,
    coordinates: Option<(f64, f64)>,
    /// The place that the register has.
    pub(super) known: Option<VenueId>,
}

/// What two places of one name are compared by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    city: Option<u64>,
    country: Option<u64>,
    coordinates: Option<(f64, f64)>,
}

impl Spot {
    fn new(city: Option<&str>, country: Option<&CountryCode>, at: Option<(f64, f64)>) -> Self {
        let city = city.map(fold).filter(|city| !city.is_empty());
        Self { city: city.map(|city| digest(&city)), country: country.map(digest), coordinates: at }
    }

    /// A city as a whole lies in itself.
    fn of(row: &venue::Model) -> Self {
        let whole = (row.kind == VenueKind::City).then_some(&row.name);
        let city = row.city.as_ref().or(whole).map(String::as_str);
        Self::new(city, row.country_code.as_ref(), row.latitude.zip(row.longitude))
    }

    /// Whether this may be a place that is known. A part that is not given agrees with any; one
    /// that is given agrees with the same alone: else two cities would be that of a place that has
    /// none.
    fn may_be(&self, known: &Self) -> bool {
        let is_far =
            self.coordinates.zip(known.coordinates).is_some_and(|(a, b)| distance(a, b) > FAR);
        (self.city.is_none() || self.city == known.city)
            && (self.country.is_none() || self.country == known.country)
            && !is_far
    }

    /// Whether the same is given of both.
    fn is_as(&self, known: &Self) -> bool {
        self.may_be(known) && self.city == known.city && self.country == known.country
    }
}

/// Kilometres between two places on earth, by the formula of the haversines.
fn distance(one: (f64, f64), other: (f64, f64)) -> f64 {
    const RADIUS: f64 = 6371.0;
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let across = one.0.to_radians().cos() * other.0.to_radians().cos();
    let chord = half(one.0, other.0) + across * half(one.1, other.1);
    2.0 * RADIUS * chord.sqrt().min(1.0).asin()
}

/// Which of several is meant.
enum Choice<T> {
    None,
    One(T),
    Several(Vec<T>),
}

/// Which of some places of one name is meant: the one of which the same is given, else the only one
/// that may be it. Planning and entering choose by this alone.
fn choose<T: Clone>(wanted: &Spot, known: &[(T, Spot)]) -> Choice<T> {
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

impl Place {
    fn spot(&self) -> Spot {
        Spot::new(self.city.as_deref(), self.country.as_ref(), self.coordinates)
    }
}

/// Where a row says that the batch is held; coordinates that lie nowhere, and those that were
/// swapped, are refused. Of a place without a name there is a claim as it is written.
pub(super) fn read(k: &Knowledge, parser: &mut RowParser<'_>) -> Option<BatchAssertion> {
    let (name, city) = (parser.text("venue"), parser.text("city"));
    for (field, text) in [("venue", &name), ("city", &city)] {
        if let Some(text) = text {
            super::read::hold(parser, field, rule::bounded(text, field));
        }
    }
    let country = k.country(parser, None);
    let (latitude, longitude) = (parser.degree("latitude"), parser.degree("longitude"));
    if let (Some(first), Some(second)) = (latitude, longitude)
        && first.abs() > 90.0
        && second.abs() <= 90.0
    {
        let message = say!(
            "lies beyond a pole, and {longitude} would not: latitude and longitude are swapped",
            longitude = second
        );
        parser.refuse("latitude", message);
        return None;
    }
    if let Err(refusal) = check::coordinates(latitude, longitude) {
        parser.refuse(refusal.field, refusal.message);
        return None;
    }
    let coordinates = latitude.zip(longitude);
    match name.or_else(|| city.clone()) {
        Some(name) => {
            Some(BatchAssertion::Venue(Place { name, city, country, coordinates, known: None }))
        }
        None => unnamed(parser, country, coordinates).map(BatchAssertion::Unnamed),
    }
}

/// A place of which nothing but coordinates or the country is given.
fn unnamed(
    parser: &mut RowParser<'_>,
    country: Option<CountryCode>,
    coordinates: Option<(f64, f64)>,
) -> Option<String> {
    let at = coordinates.map(|(latitude, longitude)| format!("{latitude}, {longitude}"));
    // By its name as it is written, else by its code.
    let named = country.as_ref().and_then(|_| parser.text("country"));
    let field = if named.is_some() { "country" } else { "country_code" };
    let printed = named.or_else(|| country.map(|code| code.0));
    let parts: Vec<String> = at.iter().chain(&printed).cloned().collect();
    let text = parts.join(", ");
    if at.is_some() {
        let message = say!(
            "and the {column} stand beside neither a venue nor a city: \"{text}\" is claimed as the place, \
             which has no name",
            column = parser.layout.heading("longitude"),
            text = &text
        );
        parser.remark(Weight::Note, "latitude", message);
    }
    if printed.is_some() {
        let message = say!(
            "stands beside neither a venue nor a city: \"{text}\" is claimed as the place, which has no name",
            text = &text
        );
        parser.remark(Weight::Note, field, message);
    }
    (!text.is_empty()).then_some(text)
}

/// The places that rows name, by their folded names.
pub(super) async fn named(
    k: &Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<HashMap<String, Vec<venue::Model>>, DbErr> {
    let folded = |row: &Row| ["venue", "city"].map(|field| fold(&k.layout.cell(row, field)));
    let names: BTreeSet<String> =
        rows.iter().flat_map(folded).filter(|name| !name.is_empty()).collect();
    let mut places: HashMap<String, Vec<venue::Model>> = HashMap::new();
    for some in names.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
        let which = venue::Entity::find().filter(venue::Column::SortName.is_in(some));
        for row in which.order_by_asc(venue::Column::Id).all(db).await? {
            places.entry(row.sort_name.clone()).or_default().push(row);
        }
    }
    Ok(places)
}

/// A place that rows name: one that the register has, or one that an earlier row enters.
#[derive(Clone, Copy)]
enum Named<'a> {
    Known(&'a venue::Model),
    New(NewPlace),
}

impl Named<'_> {
    fn shown(&self) -> Phrase {
        match self {
            Self::Known(row) => Phrase::verbatim(shown(row)),
            Self::New(place) => say!("the place of line {line}", line = place.line),
        }
    }
}

/// A place, for a sentence.
fn shown(row: &venue::Model) -> String {
    let code = row.country_code.as_ref().map(|code| code.0.as_str());
    let city = row.city.as_deref().filter(|city| fold(city) != row.sort_name);
    let at = row.latitude.zip(row.longitude).map(|(one, other)| format!("({one}, {other})"));
    let parts = [Some(row.name.as_str()), city, code, at.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Which place a row means, among those of its name and what the source has claimed of the batch;
/// whatever of it is not taken is remarked. The digest of the place.
pub(super) fn resolve(
    k: &mut Knowledge,
    known: &HashMap<String, Vec<venue::Model>>,
    stated: &[claim::Model],
    parser: &mut RowParser<'_>,
    place: &mut Place,
) -> u64 {
    let field = if parser.text("venue").is_some() { "venue" } else { "city" };
    let (name, wanted) = (fold(&place.name), place.spot());
    let there = known.get(&name).map(Vec::as_slice).unwrap_or_default();
    let mut all: Vec<(Named<'_>, Spot)> =
        there.iter().map(|row| (Named::Known(row), Spot::of(row))).collect();
    let is_stated = |row: &venue::Model| {
        let of_it = |claim: &claim::Model| claim.venue_id == Some(row.id);
        stated.iter().any(|claim| claim.property == ClaimProperty::Venue && of_it(claim))
    };
    let of_file: Vec<NewPlace> =
        k.batches.new_places(digest(&name), parser.row.line).copied().collect();
    // Rows that were carried out meanwhile have entered theirs.
    let is_of_file = |spot: &Spot| of_file.iter().any(|new| new.spot.is_as(spot));
    // Whether an earlier row enters the same place is not told: that row may be left out.
    let others: Vec<&venue::Model> =
        there.iter().filter(|row| !is_of_file(&Spot::of(row))).collect();
    // What this file has said before it says again, whatever has been entered since.
    let is_before = |one: &Named<'_>| matches!(one, Named::Known(row) if is_stated(row));
    let before = all.iter().find(|(one, spot)| wanted.may_be(spot) && is_before(one));
    let choice = match before.map(|(one, _)| *one) {
        Some(one) => Choice::One(one),
        None => {
            let fresh = of_file.iter();
            let fresh = fresh.filter(|new| !all.iter().any(|(_, spot)| new.spot.is_as(spot)));
            let fresh: Vec<_> = fresh.map(|new| (Named::New(*new), new.spot)).collect();
            all.extend(fresh);
            choose(&wanted, &all)
        }
    };
    match choice {
        Choice::One(one @ Named::Known(row)) => {
            place.known = Some(row.id);
            if is_of_file(&Spot::of(row)) {
                tell_apart(parser, field, &others);
            }
            not_taken(parser, place, &Spot::of(row), &one);
            digest(&row.id)
        }
        Choice::One(one @ Named::New(new)) => {
            tell_apart(parser, field, &others);
            not_taken(parser, place, &new.spot, &one);
            new.digest
        }
        Choice::Several(several) => {
            let places = Phrase::any_of(several.iter().take(TOLD).map(Named::shown));
            let count = several.len();
            let message = say!(
                "is the name of {count} places: {places}: give city and country",
                count,
                places
            );
            parser.remark(Weight::Ambiguous, field, message);
            0
        }
        Choice::None => {
            if !k.may(Action::EnterCommon, Relation::Stranger) {
                let message =
                    say!("is a place that the register does not have, and you may not enter");
                parser.refuse(field, message);
            }
            tell_apart(parser, field, &others);
            let spot = (wanted.city, wanted.country, wanted.coordinates.map(bits));
            let digest = digest(&(&name, spot));
            if !parser.is_hindered() {
                k.batches.enter_place(
                    self::digest(&name),
                    NewPlace { digest, spot: wanted, line: parser.row.line },
                );
            }
            digest
        }
    }
}

/// Remarks that a place is another than those of its name that the register had before.
fn tell_apart(parser: &mut RowParser<'_>, field: &'static str, others: &[&venue::Model]) {
    if !others.is_empty() {
        let others = Phrase::any_of(others.iter().take(TOLD).map(|row| shown(row)));
        let message = say!("is taken for another place than {others}", others);
        parser.remark(Weight::Note, field, message);
    }
}

fn bits(at: (f64, f64)) -> (u64, u64) {
    (at.0.to_bits(), at.1.to_bits())
}

/// Remarks what a row says of a place and the register does not take from it.
fn not_taken(parser: &mut RowParser<'_>, place: &Place, known: &Spot, one: &Named<'_>) {
    let Some(at) = place.coordinates else { return };
    let message = match known.coordinates {
        None => say!("is not taken: {place} is known without coordinates", place = one.shown()),
        Some((latitude, longitude)) if distance(at, (latitude, longitude)) > NEAR => {
            say!(
                "is not taken: {place} lies at {latitude}, {longitude}",
                place = one.shown(),
                latitude,
                longitude
            )
        }
        Some(_) => return,
    };
    parser.remark(Weight::Note, "latitude", message.clone());
    parser.remark(Weight::Note, "longitude", message);
}

/// The place, which is entered where the register does not have it.
pub(super) async fn entered(w: &mut Write, place: &Place) -> Result<VenueId, WriteError> {
    if let Some(known) = place.known {
        return Ok(known);
    }
    let same = venue::Entity::find().filter(venue::Column::SortName.eq(fold(&place.name)));
    let there = same.order_by_asc(venue::Column::Id).all(w.read()).await?;
    let there: Vec<_> = there.iter().map(|row| (row, Spot::of(row))).collect();
    match choose(&place.spot(), &there) {
        Choice::One(row) => return Ok(row.id),
        Choice::Several(rows) => {
            let (name, places) =
                (&place.name, Phrase::any_of(rows.into_iter().take(TOLD).map(shown)));
            let message = say!("\"{name}\" is the name of several places: {places}", name, places);
            return Err(Refusal::new(RefusalCode::Invalid, "venue", message).into());
        }
        Choice::None => {}
    }
    let is_city = place.city.as_deref().is_some_and(|city| fold(city) == fold(&place.name));
    let draft = venue::ActiveModel {
        key: Set(made_key(w, venues::key_stem(&place.name, place.city.as_deref())).await?),
        kind: Set(if is_city { VenueKind::City } else { VenueKind::Site }),
        name: Set(place.name.clone()),
        address: Set(None),
        city: Set(place.city.clone()),
        country_code: Set(place.country.clone()),
        subdivision: Set(None),
        latitude: Set(place.coordinates.map(|at| at.0)),
        longitude: Set(place.coordinates.map(|at| at.1)),
        ..unset()
    };
    let put = venues::enter(w, None, draft).await?;
    rule::emit::<venue::Entity>(w, &put);
    Ok(put.row.id)
}
