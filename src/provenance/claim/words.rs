//! What a claim states, in a few words.

use async_graphql::{Context, Result};
use chrono::NaiveDate;
use entity::institution_name;
use entity::vocabulary::{
    ClaimProperty, Comparator, Completeness, CountScope, CountUnit, DatePrecision, RecordKind,
};
use entity::{claim, person, regional_group, source, venue};
use uuid::Uuid;

use crate::graphql::context::LoadRows;
use crate::graphql::context::RequestContext;
use crate::graphql::loader::Key;
use crate::network::institution::name_on;
use crate::network::institution::names_of;

/// What is shown where a claim lacks the value of its property.
const NOTHING: &str = "not stated";

/// What a claim states. `name` is that of the record that it names, where it prints none itself
/// ([`unprinted`]).
pub(crate) fn value(claim: &claim::Model, name: Option<&str>) -> String {
    let stated = match claim.property {
        ClaimProperty::Title => claim.text.clone(),
        ClaimProperty::Venue | ClaimProperty::Organiser => {
            claim.text.clone().or_else(|| name.map(str::to_owned))
        }
        ClaimProperty::StartsOn | ClaimProperty::EndsOn => {
            claim.date.map(|day| date(day, claim.precision))
        }
        ClaimProperty::Attendance => claim.status.map(|status| status.to_string()),
        ClaimProperty::Participants => {
            count(&Number::of(claim)).map(|number| match claim.category {
                Some(category) => format!("{number} of {category}"),
                None => number,
            })
        }
        ClaimProperty::Amount => amount(claim),
        ClaimProperty::Countries => {
            count(&Number { unit: claim.unit.or(Some(CountUnit::Country)), ..Number::of(claim) })
                .or_else(|| claim.completeness.map(|completeness| list(completeness).to_owned()))
        }
        // A party is that of one country: to say so again would read as an average.
        ClaimProperty::Headcount => {
            let scope = claim.scope.filter(|scope| *scope != CountScope::PerCountry);
            count(&Number { scope, ..Number::of(claim) })
        }
    };
    stated.unwrap_or_else(|| NOTHING.to_owned())
}

/// An amount with its currency and what it is spent for: "IDR 250000000 for TRAVEL, in kind".
fn amount(claim: &claim::Model) -> Option<String> {
    let (amount, currency) = (claim.amount?, claim.currency.as_deref()?);
    let kind = claim.cost_kind.map(|kind| format!(" for {kind}")).unwrap_or_default();
    let in_kind = if claim.in_kind == Some(true) { ", in kind" } else { "" };
    Some(format!("{currency} {amount}{kind}{in_kind}"))
}

/// The countries that a source names are claims of their own; this one says whether there are
/// others.
fn list(completeness: Completeness) -> &'static str {
    match completeness {
        Completeness::Exhaustive => "closed list of countries",
        Completeness::NonExhaustive => "open list of countries",
    }
}

/// A date, as far as it is known: `2017-08-09`, `2017-08` or `2017`.
pub(crate) fn date(day: NaiveDate, precision: Option<DatePrecision>) -> String {
    let format = match precision {
        None | Some(DatePrecision::Day) => "%Y-%m-%d",
        Some(DatePrecision::Month) => "%Y-%m",
        Some(DatePrecision::Year) => "%Y",
    };
    day.format(format).to_string()
}

/// A stated number, with what is needed to read it.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
pub(crate) struct Number {
    /// The lower bound.
    pub min: Option<i64>,
    /// The upper bound.
    pub max: Option<i64>,
    /// How it is meant; where this is missing, the bounds tell.
    pub comparator: Option<Comparator>,
    /// What is counted.
    pub unit: Option<CountUnit>,
    /// What it covers.
    pub scope: Option<CountScope>,
}

impl Number {
    fn of(claim: &claim::Model) -> Self {
        Self {
            min: claim.number_min.map(i64::from),
            max: claim.number_max.map(i64::from),
            comparator: claim.comparator,
            unit: claim.unit,
            scope: claim.scope,
        }
    }
}

/// A number with its comparator, unit and scope: "about 100 persons per day". `None` where no
/// number is stated.
pub(crate) fn count(number: &Number) -> Option<String> {
    use Comparator::{About, AtLeast, AtMost, Range, Tens};
    let (quantity, last) = match (number.comparator, number.min, number.max) {
        (Some(Tens), ..) => {
            let units = number.unit.map(|unit| format!("tens of {}", units(unit, None)));
            return Some(units.unwrap_or_else(|| "tens".to_owned()) + covering(number.scope));
        }
        (_, None, None) => return None,
        (Some(About), Some(about), _) | (Some(About), None, Some(about)) => {
            (format!("about {about}"), about)
        }
        (Some(AtLeast), Some(min), _) => (format!("at least {min}"), min),
        (Some(AtMost), _, Some(max)) => (format!("at most {max}"), max),
        (_, Some(min), Some(max)) if min != max => (format!("{min} to {max}"), max),
        (None | Some(Range), Some(min), None) => (format!("at least {min}"), min),
        (None | Some(Range), None, Some(max)) => (format!("at most {max}"), max),
        (_, Some(exact), _) | (_, None, Some(exact)) => (exact.to_string(), exact),
    };
    let unit = number.unit.map(|unit| format!(" {}", units(unit, Some(last)))).unwrap_or_default();
    Some(quantity + &unit + covering(number.scope))
}

/// What is counted, in the singular where it is one.
pub(crate) fn units(unit: CountUnit, number: Option<i64>) -> &'static str {
    match (unit, number) {
        (CountUnit::Person, Some(1)) => "person",
        (CountUnit::Person, _) => "persons",
        (CountUnit::Country, Some(1)) => "country",
        (CountUnit::Country, _) => "countries",
        (CountUnit::Organisation, Some(1)) => "organisation",
        (CountUnit::Organisation, _) => "organisations",
        (CountUnit::Enterprise, Some(1)) => "enterprise",
        (CountUnit::Enterprise, _) => "enterprises",
    }
}

fn covering(scope: Option<CountScope>) -> &'static str {
    match scope {
        None | Some(CountScope::WholeBatch) => "",
        Some(CountScope::PerDay) => " per day",
        Some(CountScope::PerWave) => " per wave",
        Some(CountScope::PerCountry) => " per country",
    }
}

/// The venue or organiser that a claim names, whatever it prints.
pub(crate) fn named(claim: &claim::Model) -> Option<(RecordKind, Uuid)> {
    match claim.property {
        ClaimProperty::Venue => claim.venue_id.map(|id| (RecordKind::Venue, id.0)),
        ClaimProperty::Organiser => {
            let institution = claim.institution_id.map(|id| (RecordKind::Institution, id.0));
            institution.or(claim.regional_group_id.map(|id| (RecordKind::RegionalGroup, id.0)))
        }
        _ => None,
    }
}

/// The venue or organiser that a claim names without printing a name.
pub(crate) fn unprinted(claim: &claim::Model) -> Option<(RecordKind, Uuid)> {
    named(claim).filter(|_| claim.text.is_none())
}

/// The present name of a venue, institution, group or person, or the title of a source, in the
/// language of the request; `None` where it is not there or may not be seen.
pub(crate) async fn name(ctx: &Context<'_>, kind: RecordKind, id: Uuid) -> Result<Option<String>> {
    let key = Key::Id(id);
    Ok(match kind {
        RecordKind::Source => {
            ctx.row::<source::Entity>(key).await?.map(|source| source.title.clone())
        }
        RecordKind::Venue => ctx.row::<venue::Entity>(key).await?.map(|venue| venue.name.clone()),
        RecordKind::RegionalGroup => {
            let group = ctx.row::<regional_group::Entity>(key).await?;
            group
                .map(|group| ctx.languages(None).en_or_id(&group.name_en, group.name_id.as_deref()))
        }
        RecordKind::Person => {
            ctx.row::<person::Entity>(key).await?.map(|person| person.name.clone())
        }
        RecordKind::Institution => {
            let names = ctx.rows::<institution_name::Entity>(names_of(), key, Vec::new()).await?;
            name_on(&names, ctx.reader().clock().today(), &ctx.languages(None))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use entity::id::VenueId;
    use entity::vocabulary::{ClaimRank, CountBasis, DelegationStatus};

    use super::*;

    fn claim(property: ClaimProperty) -> claim::Model {
        claim::Model { property, rank: ClaimRank::Normal, ..claim::Model::default() }
    }

    fn stated(
        property: ClaimProperty,
        comparator: Comparator,
        (number_min, number_max): (Option<i32>, Option<i32>),
        unit: CountUnit,
        scope: CountScope,
    ) -> String {
        let (comparator, unit, scope) = (Some(comparator), Some(unit), Some(scope));
        value(
            &claim::Model { number_min, number_max, comparator, unit, scope, ..claim(property) },
            None,
        )
    }

    #[test]
    fn counts_keep_comparator_unit_and_scope() {
        use ClaimProperty::{Countries, Headcount, Participants};
        use Comparator::{About, AtLeast, AtMost, Exact, Range, Tens};
        use CountScope::{PerCountry, PerDay, PerWave, WholeBatch};
        use CountUnit::{Country, Enterprise, Organisation, Person};
        let both = |number| (Some(number), Some(number));
        let said = [
            (stated(Participants, Exact, both(22), Person, WholeBatch), "22 persons"),
            (stated(Participants, Exact, both(1), Person, WholeBatch), "1 person"),
            (stated(Participants, Exact, both(0), Person, WholeBatch), "0 persons"),
            (stated(Participants, About, both(100), Person, PerDay), "about 100 persons per day"),
            (
                stated(Participants, AtLeast, (Some(20), None), Organisation, WholeBatch),
                "at least 20 organisations",
            ),
            (
                stated(Participants, AtMost, (None, Some(30)), Person, PerWave),
                "at most 30 persons per wave",
            ),
            (
                stated(Participants, Range, (Some(20), Some(30)), Person, PerCountry),
                "20 to 30 persons per country",
            ),
            (
                stated(Participants, Tens, (None, None), Enterprise, WholeBatch),
                "tens of enterprises",
            ),
            (stated(Countries, Exact, both(22), Country, WholeBatch), "22 countries"),
            (stated(Headcount, Exact, both(2), Person, PerCountry), "2 persons"),
        ];
        for (words, expected) in said {
            assert_eq!(words, expected);
        }
    }

    #[test]
    fn dates_are_as_exact_as_stated() {
        let date = NaiveDate::from_ymd_opt(2017, 8, 9);
        let on = |precision| {
            value(&claim::Model { date, precision, ..claim(ClaimProperty::EndsOn) }, None)
        };
        assert_eq!(on(None), "2017-08-09");
        assert_eq!(on(Some(DatePrecision::Day)), "2017-08-09");
        assert_eq!(on(Some(DatePrecision::Month)), "2017-08");
        assert_eq!(on(Some(DatePrecision::Year)), "2017");
    }

    #[test]
    fn names_are_as_printed_where_they_are_printed() {
        let title =
            claim::Model { text: Some("Batch II".to_owned()), ..claim(ClaimProperty::Title) };
        assert_eq!(value(&title, None), "Batch II");
        let mut venue =
            claim::Model { venue_id: Some(VenueId(Uuid::nil())), ..claim(ClaimProperty::Venue) };
        assert_eq!(unprinted(&venue), Some((RecordKind::Venue, Uuid::nil())));
        assert_eq!(value(&venue, Some("Hotel Atria")), "Hotel Atria");
        venue.text = Some("Hotel Atria Kota Malang".to_owned());
        assert_eq!(unprinted(&venue), None);
        assert_eq!(value(&venue, None), "Hotel Atria Kota Malang");
    }

    #[test]
    fn the_rest() {
        let status = Some(DelegationStatus::NotSent);
        assert_eq!(
            value(&claim::Model { status, ..claim(ClaimProperty::Attendance) }, None),
            "NOT_SENT"
        );
        let list = |completeness| {
            let (basis, completeness) = (Some(CountBasis::Named), Some(completeness));
            value(&claim::Model { basis, completeness, ..claim(ClaimProperty::Countries) }, None)
        };
        assert_eq!(list(Completeness::NonExhaustive), "open list of countries");
        assert_eq!(list(Completeness::Exhaustive), "closed list of countries");
        assert_eq!(value(&claim(ClaimProperty::Organiser), None), "not stated");
        assert_eq!(value(&claim(ClaimProperty::Participants), None), "not stated");
    }
}
