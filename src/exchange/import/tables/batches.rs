//! Runs of programmes, known by their key or by programme and number. Titles, days, places and numbers of people are claims of the
//! file; a batch that stands in two rows with two places is one batch, of which both are claimed.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::id::{BatchId, CountryCode, VenueId};
use entity::vocabulary::{
    BatchStatus, ClaimProperty, ClaimRank, CountBasis, CountScope, CountUnit, DatePrecision, DeliveryMode, VenueKind,
};
use entity::{batch, batch_venue, claim, programme, source, venue};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, Condition, DatabaseExecutor, DbErr, EntityTrait, QueryFilter};

use super::super::cells::Count;
use super::super::knowledge::{Knowledge, Named};
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::reading::Reading;
use super::super::remark::Weight;
use crate::access::policy::{Action, Relation};
use crate::db::{Change, Put, Write};
use crate::delivery::batch::rules as batches;
use crate::delivery::venue::rules as venues;
use crate::error::WriteError;
use crate::provenance::claim::rules as claims;
use crate::rule::{self, IDS_PER_QUERY, check, made_key, unset};
use crate::text::fold;

/// What people call ways to attend, folded.
const MODES: [(&str, DeliveryMode); 11] = [
    ("luring", DeliveryMode::Onsite),
    ("offline", DeliveryMode::Onsite),
    ("tatap muka", DeliveryMode::Onsite),
    ("in person", DeliveryMode::Onsite),
    ("face to face", DeliveryMode::Onsite),
    ("on site", DeliveryMode::Onsite),
    ("daring", DeliveryMode::Online),
    ("virtual", DeliveryMode::Online),
    ("hibrida", DeliveryMode::Blended),
    ("hybrid", DeliveryMode::Blended),
    ("campuran", DeliveryMode::Blended),
];

/// What people call what was decided of a batch, folded; the words of schema.org and iCalendar among them.
const STATUS: [(&str, BatchStatus); 14] = [
    ("rencana", BatchStatus::Draft),
    ("diumumkan", BatchStatus::Announced),
    ("tentative", BatchStatus::Announced),
    ("eventscheduled", BatchStatus::Announced),
    ("scheduled", BatchStatus::Announced),
    ("dikonfirmasi", BatchStatus::Confirmed),
    ("eventrescheduled", BatchStatus::Confirmed),
    ("ditunda", BatchStatus::Postponed),
    ("eventpostponed", BatchStatus::Postponed),
    ("dibatalkan", BatchStatus::Cancelled),
    ("eventcancelled", BatchStatus::Cancelled),
    ("canceled", BatchStatus::Cancelled),
    ("selesai", BatchStatus::Closed),
    ("ditutup", BatchStatus::Closed),
];

/// What a file states of a batch.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    Title(String, String),
    Starts(NaiveDate, DatePrecision),
    Ends(NaiveDate, DatePrecision),
    Participants(Count),
    Venue(Place),
}

/// Where a batch is held.
#[derive(Clone, Debug, PartialEq)]
struct Place {
    name: String,
    city: Option<String>,
    country: Option<CountryCode>,
    coordinates: Option<(f64, f64)>,
    known: Option<VenueId>,
}

impl Said {
    fn property(&self) -> ClaimProperty {
        match self {
            Self::Title(..) => ClaimProperty::Title,
            Self::Starts(..) => ClaimProperty::StartsOn,
            Self::Ends(..) => ClaimProperty::EndsOn,
            Self::Participants(_) => ClaimProperty::Participants,
            Self::Venue(_) => ClaimProperty::Venue,
        }
    }

    /// Whether a claim states the same.
    fn is_in(&self, row: &claim::Model) -> bool {
        row.property == self.property()
            && match self {
                Self::Title(text, language) => {
                    (row.text.as_ref(), row.language.as_ref()) == (Some(text), Some(language))
                }
                Self::Starts(day, precision) | Self::Ends(day, precision) => {
                    (row.date, row.precision) == (Some(*day), Some(*precision))
                }
                Self::Participants(count) => {
                    (row.comparator, row.number_min, row.number_max) == (Some(count.comparator), count.min, count.max)
                }
                Self::Venue(place) => {
                    place.known.is_some_and(|id| row.venue_id == Some(id))
                        || row.text.as_deref().is_some_and(|text| fold(text) == fold(&place.name))
                }
            }
    }

    /// What is stated, as a claim.
    fn draft(&self, venue: Option<VenueId>) -> claim::ActiveModel {
        let draft = claim::ActiveModel { property: Set(self.property()), ..unset() };
        match self {
            Self::Title(text, language) => {
                claim::ActiveModel { text: Set(Some(text.clone())), language: Set(Some(language.clone())), ..draft }
            }
            Self::Starts(day, precision) | Self::Ends(day, precision) => {
                claim::ActiveModel { date: Set(Some(*day)), precision: Set(Some(*precision)), ..draft }
            }
            Self::Participants(count) => claim::ActiveModel {
                number_min: Set(count.min),
                number_max: Set(count.max),
                comparator: Set(Some(count.comparator)),
                unit: Set(Some(CountUnit::Person)),
                basis: Set(Some(CountBasis::Reported)),
                scope: Set(Some(CountScope::WholeBatch)),
                ..draft
            },
            Self::Venue(place) => {
                claim::ActiveModel { venue_id: Set(venue), text: Set(Some(place.name.clone())), ..draft }
            }
        }
    }
}

/// A run that is to be entered or of which something is to be claimed.
#[derive(Debug)]
pub(in super::super) struct Run {
    /// By which other rows mean the same run.
    by: String,
    existing: Option<batch::Model>,
    programme: programme::Model,
    draft: batch::ActiveModel,
    said: Vec<Said>,
    line: u64,
}

struct Read {
    key: Option<String>,
    programme: Option<programme::Model>,
    number: Option<i32>,
    status: Option<BatchStatus>,
    draft: batch::ActiveModel,
    said: Vec<Said>,
}

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<Run>>, DbErr> {
    let named = Named::read(k, db, rows).await?;
    let layout = k.layout.clone();
    let known = existing(k, db, rows, &named).await?;
    let places = places(k, db, rows).await?;
    let mut read_rows = Vec::with_capacity(rows.len());
    for row in rows {
        let mut reading = Reading::new(&layout, row);
        let read = read(k, &named, &places, &mut reading);
        read_rows.push((row, reading, read));
    }
    let claimed = claims_of(db, k.source.as_ref(), &known).await?;
    let mut plans = Vec::with_capacity(rows.len());
    for (row, mut reading, read) in read_rows {
        let Some(read) = read else {
            plans.push(Plan::of(row, reading, None, None));
            continue;
        };
        let of_number = |row: &&batch::Model| {
            read.number.is_some()
                && row.ordinal == read.number
                && Some(row.programme_id) == read.programme.as_ref().map(|row| row.id)
        };
        let existing = match &read.key {
            Some(key) => known.values().find(|row| row.key == *key),
            None => known.values().find(of_number),
        };
        let existing = existing.cloned();
        let programme = read.programme.or_else(|| named.of_programmes.get(&existing.as_ref()?.programme_id).cloned());
        let Some(programme) = programme else {
            reading.required("programme");
            plans.push(Plan::of(row, reading, None, None));
            continue;
        };
        let by = read.key.clone().unwrap_or_else(|| match read.number {
            Some(number) => format!("{} {number}", programme.key),
            None => format!("{} line {}", programme.key, row.line),
        });
        let others = read.said.iter().filter(|said| said.property() != ClaimProperty::Venue);
        let whole = (&by, format!("{:?} {:?}", others.collect::<Vec<_>>(), read.draft));
        let (first, same) = (k.seen_before(&by, row.line), k.seen_before(&whole, row.line));
        match (first, same) {
            (Some(line), None) => {
                reading.remark(
                    Weight::Ambiguous,
                    "key",
                    format!("is the batch of line {line}, of which this row says otherwise"),
                );
            }
            (Some(line), Some(_)) => {
                reading.remark(
                    Weight::Note,
                    "venue",
                    format!("is another place than that of line {line}: both are claimed"),
                );
            }
            _ => {}
        }
        let own = k.is_ours(programme.owner_id) && k.may(Action::KeepRecord, Relation::Own);
        let mut draft = read.draft;
        match &existing {
            None if !own => reading.refuse("programme", "is not yours: you may not enter batches of it"),
            Some(_) if !k.may(Action::FileClaim, Relation::Stranger) => {
                reading.refuse("programme", "is not yours: you may not claim anything of its batches");
            }
            Some(there) => {
                // What is decided of a batch is decided by hand; what is recorded of it by whoever keeps it.
                if read.status.is_some_and(|status| status != there.status) {
                    reading.remark(
                        Weight::Note,
                        "status",
                        format!("is not taken: the batch is {} until its owner decides otherwise", there.status),
                    );
                }
                let ours = k.is_ours(there.owner_id) && k.may(Action::KeepRecord, Relation::Own);
                if !ours {
                    draft = unset();
                }
            }
            None => {}
        }
        if existing.is_none() {
            draft.status = Set(read.status.unwrap_or(BatchStatus::Draft));
        }
        let stated = existing.as_ref().and_then(|row| claimed.get(&row.id)).map(Vec::as_slice).unwrap_or_default();
        let said: Vec<Said> = read.said.into_iter().filter(|said| !stated.iter().any(|row| said.is_in(row))).collect();
        let differs = !said.is_empty() || existing.as_ref().is_none_or(|row| !rule::same::<batch::Entity>(row, &draft));
        let (about, is_new) = (existing.as_ref().map(|row| row.key.clone()), existing.is_none() && first.is_none());
        let place = programme.key.clone();
        let run = Run { by, existing, programme, draft, said, line: row.line };
        plans.push(Plan::of(row, reading, about, differs.then_some((is_new, run))).at(&place));
    }
    Ok(plans)
}

fn read(
    k: &Knowledge,
    named: &Named,
    places: &HashMap<String, Vec<venue::Model>>,
    reading: &mut Reading<'_>,
) -> Option<Read> {
    let key = super::key(reading);
    let programme = named.programme(reading).cloned();
    let number = reading.number("number");
    let language = reading.language("language").unwrap_or_else(|| "und".to_owned());
    let title = reading.text("title").map(|title| Said::Title(title, language));
    let (mut starts, mut ends) =
        (reading.day("starts_on").map(|day| (day.date, day.precision)), reading.last_day("ends_on"));
    if let Some((first, last)) = reading.days("dates") {
        starts = starts.or(Some((first.date, first.precision)));
        ends = ends.or(Some((last.last(), last.precision)));
    }
    if let Err(refusal) = check::order("ends_on", starts.map(|day| day.0), ends.map(|day| day.0)) {
        let field = if reading.layout.has("ends_on") { "ends_on" } else { "dates" };
        reading.refuse(field, refusal.message);
    }
    let place = place(k, places, reading);
    let participants = reading.count("participants").map(Said::Participants);
    let mode = reading.vocabulary("mode", &MODES);
    let status = reading.vocabulary("status", &STATUS);
    let capacity = reading.whole("capacity");
    let label = reading.text("label");
    if reading.is_hindered() {
        return None;
    }
    let said = [
        title,
        starts.map(|(day, precision)| Said::Starts(day, precision)),
        ends.map(|(day, precision)| Said::Ends(day, precision)),
        participants,
        place.map(Said::Venue),
    ];
    let draft = batch::ActiveModel {
        ordinal: number.map_or(NotSet, |number| Set(Some(number))),
        label: label.map_or(NotSet, |label| Set(Some(label))),
        mode: mode.map_or(NotSet, Set),
        capacity: capacity.map_or(NotSet, |capacity| Set(Some(capacity))),
        ..unset()
    };
    Some(Read { key, programme, number, status, draft, said: said.into_iter().flatten().collect() })
}

/// Where a row says that the batch is held; coordinates that lie nowhere, and those that were swapped, are refused.
fn place(k: &Knowledge, places: &HashMap<String, Vec<venue::Model>>, reading: &mut Reading<'_>) -> Option<Place> {
    let (name, city) = (reading.text("venue"), reading.text("city"));
    let country = k.country(reading, None);
    let (latitude, longitude) = (reading.degree("latitude"), reading.degree("longitude"));
    if let (Some(first), Some(second)) = (latitude, longitude)
        && first.abs() > 90.0
        && second.abs() <= 90.0
    {
        let message = format!("lies beyond a pole, and {second} would not: latitude and longitude are swapped");
        reading.refuse("latitude", message);
        return None;
    }
    if let Err(refusal) = check::coordinates(latitude, longitude) {
        reading.refuse(refusal.field, refusal.message);
        return None;
    }
    let named = name.clone().or_else(|| city.clone())?;
    let there = places.get(&fold(&named)).map(Vec::as_slice).unwrap_or_default();
    let near = |row: &&venue::Model| {
        city.as_deref().is_none_or(|city| row.city.as_deref().is_some_and(|known| fold(known) == fold(city)))
    };
    let near: Vec<&venue::Model> = there.iter().filter(near).collect();
    let known = match (&near[..], there) {
        ([only], _) => Some(only.id),
        ([], [only]) => Some(only.id),
        ([], []) => None,
        _ => {
            let message = format!("is the name of {} places: give the city", there.len());
            reading.remark(Weight::Ambiguous, "venue", message);
            return None;
        }
    };
    if known.is_none() && !k.may(Action::EnterCommon, Relation::Stranger) {
        reading.refuse("venue", "is a place that the register does not have, and you may not enter");
        return None;
    }
    Some(Place { name: named, city, country, coordinates: latitude.zip(longitude), known })
}

/// The batches that rows name by key, or by programme and number.
async fn existing(
    k: &Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
    named: &Named,
) -> Result<HashMap<BatchId, batch::Model>, DbErr> {
    let keys: BTreeSet<String> =
        rows.iter().map(|row| super::normal_key(&k.layout.cell(row, "key"))).filter(|key| !key.is_empty()).collect();
    let mut known = named.batches.clone();
    for some in keys.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
        let found = k.visible.select::<batch::Entity>().filter(batch::Column::Key.is_in(some)).all(db).await?;
        known.extend(found.into_iter().map(|row| (row.id, row)));
    }
    Ok(known)
}

/// The places that rows name, by their folded names.
async fn places(
    k: &Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<HashMap<String, Vec<venue::Model>>, DbErr> {
    let cells = rows.iter().flat_map(|row| ["venue", "city"].map(|field| fold(&k.layout.cell(row, field))));
    let names: BTreeSet<String> = cells.filter(|name| !name.is_empty()).collect();
    let mut places: HashMap<String, Vec<venue::Model>> = HashMap::new();
    for some in names.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
        let which = Condition::all().add(venue::Column::SortName.is_in(some));
        for row in venue::Entity::find().filter(which).all(db).await? {
            places.entry(row.sort_name.clone()).or_default().push(row);
        }
    }
    Ok(places)
}

/// What the source has stated of some batches.
async fn claims_of(
    db: &DatabaseExecutor<'_>,
    source: Option<&source::Model>,
    known: &HashMap<BatchId, batch::Model>,
) -> Result<HashMap<BatchId, Vec<claim::Model>>, DbErr> {
    let mut claimed: HashMap<BatchId, Vec<claim::Model>> = HashMap::new();
    let Some(source) = source else { return Ok(claimed) };
    let ids: Vec<BatchId> = known.keys().copied().collect();
    for some in ids.chunks(IDS_PER_QUERY) {
        let rows = claim::Entity::find()
            .filter(claim::Column::BatchId.is_in(some.iter().copied()))
            .filter(claim::Column::DelegationId.is_null())
            .filter(claim::Column::SourceId.eq(source.id));
        for row in rows.all(db).await? {
            claimed.entry(row.batch_id).or_default().push(row);
        }
    }
    Ok(claimed)
}

/// Writes what was planned.
pub(in super::super) async fn carry_out(
    w: &mut Write,
    source: &source::Model,
    runs: Vec<Run>,
) -> Result<(), WriteError> {
    let mut entered: HashMap<String, batch::Model> = HashMap::new();
    for run in runs {
        let (line, by) = (run.line, run.by.clone());
        let row = enter(w, source, run, entered.get(&by)).await.map_err(|error| super::at_line(error, line))?;
        entered.insert(by, row);
    }
    Ok(())
}

async fn enter(
    w: &mut Write,
    source: &source::Model,
    run: Run,
    before: Option<&batch::Model>,
) -> Result<batch::Model, WriteError> {
    let is_own = run.existing.as_ref().is_none_or(|_| run.draft.ordinal.is_set() || run.draft.mode.is_set());
    let put = match run.existing.as_ref().or(before) {
        Some(row) => batches::enter(w, Some(row), batch::ActiveModel { status: NotSet, ..run.draft }).await?,
        None => {
            let mut draft = run.draft;
            let key = crate::rule::check::is_key(&run.by).then(|| run.by.clone());
            draft.key = Set(key.unwrap_or_else(|| made_key(w, &run.programme.key)));
            draft.programme_id = Set(run.programme.id);
            draft.owner_id = Set(run.programme.owner_id);
            if draft.mode.is_not_set() {
                draft.mode = Set(DeliveryMode::Onsite);
            }
            batches::enter(w, None, draft).await?
        }
    };
    let there = claim::Entity::find()
        .filter(claim::Column::BatchId.eq(put.row.id))
        .filter(claim::Column::DelegationId.is_null())
        .filter(claim::Column::SourceId.eq(source.id))
        .all(w.read())
        .await?;
    for said in run.said {
        if there.iter().any(|row| said.is_in(row)) {
            continue;
        }
        let venue = match &said {
            Said::Venue(place) => Some(venue_of(w, place).await?),
            _ => None,
        };
        let several = matches!(said, Said::Venue(_));
        let normal = |row: &&claim::Model| row.property == said.property() && row.rank == ClaimRank::Normal && !several;
        let draft = said.draft(venue);
        match there.iter().find(normal) {
            Some(row) => claims::enter(w, Some(row), draft).await?,
            None => {
                let draft = claim::ActiveModel {
                    key: Set(made_key(w, "imported")),
                    source_id: Set(source.id),
                    batch_id: Set(put.row.id),
                    delegation_id: Set(None),
                    locator: Set(Some(format!("line {}", run.line))),
                    rank: Set(ClaimRank::Normal),
                    rank_reason: Set(None),
                    ..draft
                };
                claims::enter(w, None, draft).await?
            }
        };
        if let Some(venue) = venue.filter(|_| is_own) {
            let links =
                batch_venue::Entity::find().filter(batch_venue::Column::BatchId.eq(put.row.id)).all(w.read()).await?;
            let all: BTreeSet<VenueId> = links.into_iter().map(|link| link.venue_id).chain([venue]).collect();
            let put = Put { row: put.row.clone(), change: Change::Unchanged };
            batches::enter_venues(w, &put, all).await?;
        }
    }
    Ok(put.row)
}

/// The place, which is entered where the register does not have it.
async fn venue_of(w: &mut Write, place: &Place) -> Result<VenueId, WriteError> {
    if let Some(known) = place.known {
        return Ok(known);
    }
    let mut same = Condition::all().add(venue::Column::SortName.eq(fold(&place.name)));
    if let Some(city) = &place.city {
        same = same.add(venue::Column::City.eq(city.as_str()));
    }
    if let Some(row) = venue::Entity::find().filter(same).one(w.read()).await? {
        return Ok(row.id);
    }
    let is_city = place.city.as_deref() == Some(place.name.as_str());
    let draft = venue::ActiveModel {
        key: Set(made_key(w, "venue")),
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
    rule::tell::<venue::Entity>(w, &put);
    Ok(put.row.id)
}
