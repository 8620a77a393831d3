//! Where batches and their activities are held. A place is its name, city and country together,
//! here and where it is entered: one that differs in any of them is another one.

mod spot;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::id::{CountryCode, VenueId};
use entity::venue;
use entity::vocabulary::VenueKind;
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseExecutor, DbErr, EntityTrait, QueryFilter,
    QueryOrder,
};

use self::spot::{Choice, Spot, choose, distance};
use super::super::knowledge::{Knowledge, hash};
use super::super::read::Row;
use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use crate::access::policy::{Action, Relation};
use crate::db::IDS_PER_QUERY;
use crate::db::Write;
use crate::delivery::venue::rules as venues;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::{Phrase, say};
use crate::rule::{self, check, made_key, unset};
use crate::text::fold;

/// Kilometres that nobody minds.
const NEAR: f64 = 0.1;
/// How many places are told in a sentence.
const TOLD: usize = 3;

/// Where something is held.
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

/// A place that a row enters.
#[derive(Clone, Copy, Debug)]
struct NewPlace {
    digest: u64,
    spot: Spot,
    line: u64,
}

/// The places that the rows of a file enter, by their names.
#[derive(Debug, Default)]
pub(in super::super) struct NewPlaces(HashMap<u64, Vec<NewPlace>>);

impl NewPlaces {
    /// Those of a name that other rows enter.
    fn named(&self, name: u64, line: u64) -> impl Iterator<Item = &NewPlace> {
        self.0.get(&name).into_iter().flatten().filter(move |place| place.line != line)
    }

    fn enter(&mut self, name: u64, place: NewPlace) {
        let places = self.0.entry(name).or_default();
        if places.iter().all(|other| other.line != place.line) {
            places.push(place);
        }
    }
}

/// What a row says of where something is held.
pub(super) enum StatedPlace {
    Named(Place),
    /// Nothing but the country or coordinates is given.
    Unnamed(Option<CountryCode>, Option<(f64, f64)>),
}

impl Place {
    fn spot(&self) -> Spot {
        Spot::new(self.city.as_deref(), self.country.as_ref(), self.coordinates)
    }
}

/// Where a row says that something is held; coordinates that lie nowhere, and those that were
/// swapped, are refused.
pub(super) fn read(k: &Knowledge, parser: &mut RowParser<'_>) -> Option<StatedPlace> {
    let (name, city) = (parser.text("venue"), parser.text("city"));
    for (field, text) in [("venue", &name), ("city", &city)] {
        if let Some(text) = text {
            parser.hold(field, rule::bounded(text, field));
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
            Some(StatedPlace::Named(Place { name, city, country, coordinates, known: None }))
        }
        None if country.is_none() && coordinates.is_none() => None,
        None => Some(StatedPlace::Unnamed(country, coordinates)),
    }
}

/// The places that rows name.
#[derive(Default)]
pub(super) struct KnownPlaces {
    by_name: HashMap<String, Vec<venue::Model>>,
    by_key: HashMap<String, venue::Model>,
    told: HashMap<VenueId, String>,
}

impl KnownPlaces {
    /// Looks up the places that some rows name, with a few statements.
    pub(super) async fn read(
        k: &Knowledge,
        db: &DatabaseExecutor<'_>,
        rows: &[Row],
    ) -> Result<Self, DbErr> {
        let cells = |row: &Row| ["venue", "city"].map(|field| k.layout.cell(row, field));
        let cells: BTreeSet<String> =
            rows.iter().flat_map(cells).filter(|cell| !cell.is_empty()).collect();
        let mut found: BTreeMap<VenueId, venue::Model> = BTreeMap::new();
        for some in cells.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
            let names = some.iter().map(|cell| fold(cell)).filter(|name| !name.is_empty());
            let which = Condition::any()
                .add(venue::Column::SortName.is_in(names))
                .add(venue::Column::Key.is_in(some));
            let rows = venue::Entity::find().filter(which).all(db).await?;
            found.extend(rows.into_iter().map(|row| (row.id, row)));
        }
        let mut places = Self::default();
        for Found { key, name, row } in in_use(db, found.into_values().collect()).await? {
            places.told.insert(row.id, shown(&row));
            places.by_key.insert(key, row.clone());
            let of_name = places.by_name.entry(name).or_default();
            if of_name.iter().all(|other| other.id != row.id) {
                of_name.push(row);
            }
        }
        Ok(places)
    }

    /// With those of these ids, so that they can be told.
    pub(super) async fn with(
        mut self,
        db: &DatabaseExecutor<'_>,
        ids: impl Iterator<Item = VenueId>,
    ) -> Result<Self, DbErr> {
        let ids: BTreeSet<VenueId> = ids.collect();
        for some in ids.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
            let these = venue::Column::Id.is_in(some.iter().copied());
            let rows = venue::Entity::find().filter(these).all(db).await?;
            self.told.extend(rows.into_iter().map(|row| (row.id, shown(&row))));
        }
        Ok(self)
    }

    /// A place, for a sentence.
    pub(super) fn shown(&self, id: VenueId) -> Option<String> {
        self.told.get(&id).cloned()
    }

    fn named(&self, folded: &str) -> &[venue::Model] {
        self.by_name.get(folded).map(Vec::as_slice).unwrap_or_default()
    }

    /// The place of a key, where the parts that are given are not those of another one.
    pub(super) fn keyed(&self, place: &Place) -> Option<&venue::Model> {
        self.by_key.get(&place.name).filter(|row| place.spot().may_be(&Spot::of(row)))
    }
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

/// A record that was found by its key or folded name, and the one in use where it was merged.
struct Found {
    key: String,
    name: String,
    row: venue::Model,
}

async fn in_use(db: &impl ConnectionTrait, found: Vec<venue::Model>) -> Result<Vec<Found>, DbErr> {
    // What was merged was merged into a record in use.
    let merged: BTreeSet<VenueId> = found.iter().filter_map(|row| row.merged_into_id).collect();
    let mut into: HashMap<VenueId, venue::Model> = HashMap::new();
    for some in merged.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
        let rows = venue::Entity::find().filter(venue::Column::Id.is_in(some.iter().copied()));
        into.extend(rows.all(db).await?.into_iter().map(|row| (row.id, row)));
    }
    let in_use = |found: venue::Model| Found {
        key: found.key.clone(),
        name: found.sort_name.clone(),
        row: found.merged_into_id.and_then(|id| into.get(&id).cloned()).unwrap_or(found),
    };
    Ok(found.into_iter().map(in_use).collect())
}

/// A place, for a sentence.
fn shown(row: &venue::Model) -> String {
    let code = row.country_code.as_ref().map(|code| code.0.as_str());
    let city = row.city.as_deref().filter(|city| fold(city) != row.sort_name);
    let at = row.latitude.zip(row.longitude).map(|(one, other)| format!("({one}, {other})"));
    let parts = [Some(row.name.as_str()), city, code, at.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Which place a row means, among those of its name: one that this file has stated before goes
/// first. Whatever of it is not taken is remarked. The digest of the place.
pub(super) fn resolve(
    k: &mut Knowledge,
    known: &KnownPlaces,
    is_stated: impl Fn(VenueId) -> bool,
    parser: &mut RowParser<'_>,
    place: &mut Place,
) -> u64 {
    let field = if parser.text("venue").is_some() { "venue" } else { "city" };
    let (name, wanted) = (fold(&place.name), place.spot());
    let there = known.named(&name);
    let mut all: Vec<(Named<'_>, Spot)> =
        there.iter().map(|row| (Named::Known(row), Spot::of(row))).collect();
    let of_file: Vec<NewPlace> = k.places.named(hash(&name), parser.row.line).copied().collect();
    // Rows that were carried out meanwhile have entered theirs.
    let is_of_file = |spot: &Spot| of_file.iter().any(|new| new.spot.is_as(spot));
    // Whether an earlier row enters the same place is not told: that row may be left out.
    let others: Vec<&venue::Model> =
        there.iter().filter(|row| !is_of_file(&Spot::of(row))).collect();
    // What this file has said before it says again, whatever has been entered since.
    let is_before = |one: &Named<'_>| matches!(one, Named::Known(row) if is_stated(row.id));
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
            hash(&row.id)
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
            let digest = hash(&(&name, spot));
            if !parser.is_hindered() {
                let place = NewPlace { digest, spot: wanted, line: parser.row.line };
                k.places.enter(hash(&name), place);
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
    let mut there: Vec<_> =
        in_use(w.read(), there).await?.into_iter().map(|found| found.row).collect();
    there.sort_by_key(|row| row.id);
    there.dedup_by_key(|row| row.id);
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
