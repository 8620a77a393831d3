//! What a claim states: which columns have a value, by property.

use entity::claim;
use entity::vocabulary::{ClaimProperty, Comparator, CountBasis, CountUnit};
use sea_orm::Iterable;

use super::{currency, people};
use crate::error::{Refusal, RefusalCode};
use crate::phrase::{Phrase, say};
use crate::rule::check;

/// The columns of a claim that state something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sea_orm::EnumIter)]
enum Part {
    Text,
    Language,
    Date,
    Precision,
    PrintedWeekday,
    Venue,
    Institution,
    RegionalGroup,
    Comparator,
    NumberMin,
    NumberMax,
    Unit,
    Basis,
    Scope,
    Completeness,
    Status,
    Category,
    Female,
    Male,
    OtherOrUnknown,
    Amount,
    Currency,
    CostKind,
    InKind,
}

impl Part {
    fn field(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Language => "language",
            Self::Date => "date",
            Self::Precision => "precision",
            Self::PrintedWeekday => "printed_weekday",
            Self::Venue => "venue_id",
            Self::Institution => "institution_id",
            Self::RegionalGroup => "regional_group_id",
            Self::Comparator => "comparator",
            Self::NumberMin => "number_min",
            Self::NumberMax => "number_max",
            Self::Unit => "unit",
            Self::Basis => "basis",
            Self::Scope => "scope",
            Self::Completeness => "completeness",
            Self::Status => "status",
            Self::Category => "category",
            Self::Female => "female",
            Self::Male => "male",
            Self::OtherOrUnknown => "other_or_unknown",
            Self::Amount => "amount",
            Self::Currency => "currency",
            Self::CostKind => "cost_kind",
            Self::InKind => "in_kind",
        }
    }

    /// How a sentence calls it.
    fn name(self) -> Phrase {
        match self {
            Self::PrintedWeekday => say!("printed weekday"),
            Self::Venue => say!("venue"),
            Self::Institution => say!("institution"),
            Self::RegionalGroup => say!("group"),
            Self::NumberMin => say!("lower bound"),
            Self::NumberMax => say!("upper bound"),
            Self::Female => say!("number of women"),
            Self::Male => say!("number of men"),
            Self::OtherOrUnknown => say!("number of others"),
            Self::CostKind => say!("kind of cost"),
            Self::InKind => say!("word on whether it is given in kind"),
            other => Phrase::verbatim(other.field()),
        }
    }

    fn is_given(self, claim: &Stated) -> bool {
        match self {
            Self::Text => claim.text.is_some(),
            Self::Language => claim.language.is_some(),
            Self::Date => claim.date.is_some(),
            Self::Precision => claim.precision.is_some(),
            Self::PrintedWeekday => claim.printed_weekday.is_some(),
            Self::Venue => claim.venue_id.is_some(),
            Self::Institution => claim.institution_id.is_some(),
            Self::RegionalGroup => claim.regional_group_id.is_some(),
            Self::Comparator => claim.comparator.is_some(),
            Self::NumberMin => claim.number_min.is_some(),
            Self::NumberMax => claim.number_max.is_some(),
            Self::Unit => claim.unit.is_some(),
            Self::Basis => claim.basis.is_some(),
            Self::Scope => claim.scope.is_some(),
            Self::Completeness => claim.completeness.is_some(),
            Self::Status => claim.status.is_some(),
            Self::Category => claim.category.is_some(),
            Self::Female => claim.female.is_some(),
            Self::Male => claim.male.is_some(),
            Self::OtherOrUnknown => claim.other_or_unknown.is_some(),
            Self::Amount => claim.amount.is_some(),
            Self::Currency => claim.currency.is_some(),
            Self::CostKind => claim.cost_kind.is_some(),
            Self::InKind => claim.in_kind.is_some(),
        }
    }
}

/// A claim as it will stand.
type Stated = claim::Model;

/// A claim states what its property needs, and nothing else.
///
/// A title has a text and its language. A day has a date; its basis is `INFERRED` or not given, and
/// a printed weekday is 1 (Monday) to 7. A venue has a place or a text; an organiser an institution
/// or a group. Participants and headcounts are counts, of which parts may be given by sex, and
/// participants may be those of one category of delegations; so is a number of countries, in
/// countries. An amount has its currency, what it is spent for and what it rests on. A list of
/// countries has the basis `NAMED` and says whether it is closed. Attendance has a status.
/// Attendance and headcount are those of a delegation, and may have its name as printed; all else
/// is of the batch.
pub(super) fn check(claim: &Stated) -> Result<(), Refusal> {
    use ClaimProperty::*;
    use Part::*;
    let property = claim.property;
    let of_delegation = matches!(property, Attendance | Headcount);
    match claim.delegation_id {
        None if of_delegation => {
            let message = say!("{property} is stated of a delegation, and none is given", property);
            return Err(Refusal::new(RefusalCode::Required, "delegation_id", message));
        }
        Some(_) if !of_delegation => {
            let message = say!("{property} is stated of the batch, not of a delegation", property);
            return Err(check::invalid("delegation_id", message));
        }
        _ => {}
    }
    const COUNT: [Part; 4] = [Comparator, Unit, Basis, Scope];
    let list = property == Countries && claim.basis == Some(CountBasis::Named);
    let (needed, possible): (&[Part], &[Part]) = match property {
        Title => (&[Text, Language], &[]),
        StartsOn | EndsOn => (&[Date], &[Precision, PrintedWeekday, Basis]),
        ClaimProperty::Venue => (&[], &[Part::Venue, Text]),
        Organiser => (&[], &[Institution, RegionalGroup, Text]),
        Participants => (&COUNT, &[NumberMin, NumberMax, Female, Male, OtherOrUnknown, Category]),
        Headcount => (&COUNT, &[NumberMin, NumberMax, Female, Male, OtherOrUnknown, Text]),
        Countries if list => (&[Unit, Basis, Completeness], &[Scope]),
        Countries => (&[Comparator, Unit, Basis], &[NumberMin, NumberMax, Scope]),
        Attendance => (&[Status], &[Text]),
        ClaimProperty::Amount => (&[Part::Amount, Currency, CostKind, Basis], &[InKind, Text]),
    };
    if let Some(missing) = needed.iter().find(|part| !part.is_given(claim)) {
        let message = say!("a claim of {property} needs a {part}", property, part = missing.name());
        return Err(Refusal::new(RefusalCode::Required, missing.field(), message));
    }
    let odd = Part::iter()
        .find(|part| part.is_given(claim) && !needed.contains(part) && !possible.contains(part));
    if let Some(odd) = odd {
        let part = odd.name();
        let message = if list {
            say!("a claim of {property} that lists them has no {part}", property, part)
        } else {
            say!("a claim of {property} has no {part}", property, part)
        };
        return Err(check::invalid(odd.field(), message));
    }
    match property {
        Title => check::language("language", claim.language.as_deref().unwrap_or_default()),
        StartsOn | EndsOn => day(claim),
        ClaimProperty::Venue if claim.venue_id.is_none() && claim.text.is_none() => {
            let message = say!("a claim of VENUE needs a venue or a text");
            Err(Refusal::new(RefusalCode::Required, "venue_id", message))
        }
        Organiser => check::exactly_one(&[
            ("institution_id", claim.institution_id.is_some()),
            ("regional_group_id", claim.regional_group_id.is_some()),
        ]),
        Countries if claim.unit != Some(CountUnit::Country) => {
            Err(check::invalid("unit", say!("a claim of COUNTRIES counts in the unit COUNTRY")))
        }
        Participants | Headcount => bounds(claim).and_then(|()| people::check(claim)),
        Countries if !list => bounds(claim),
        ClaimProperty::Amount => amount(claim),
        _ => Ok(()),
    }
}

/// An amount is a number that is not below zero, in a currency that there is or was, planned or
/// spent.
fn amount(claim: &Stated) -> Result<(), Refusal> {
    if let Some(currency) = &claim.currency {
        currency::check("currency", currency)?;
    }
    if let Some(amount) = claim.amount.filter(|amount| !amount.is_finite() || *amount < 0.0) {
        let message = say!("{amount} is not an amount: it is 0 or more", amount);
        return Err(Refusal::new(RefusalCode::OutOfRange, "amount", message));
    }
    match claim.basis {
        Some(basis @ (CountBasis::Capacity | CountBasis::Registered | CountBasis::Named)) => {
            let message = say!("an amount is PLANNED, REPORTED or INFERRED, not {basis}", basis);
            Err(check::invalid("basis", message))
        }
        _ => Ok(()),
    }
}

fn day(claim: &Stated) -> Result<(), Refusal> {
    if let Some(basis) = claim.basis.filter(|basis| *basis != CountBasis::Inferred) {
        let message = say!("the basis of a date is INFERRED or not given, not {basis}", basis);
        return Err(check::invalid("basis", message));
    }
    match claim.printed_weekday {
        Some(day) if !(1..=7).contains(&day) => {
            let message = say!("{day} is not a weekday: 1 is Monday, 7 is Sunday", day);
            Err(Refusal::new(RefusalCode::OutOfRange, "printed_weekday", message))
        }
        _ => Ok(()),
    }
}

/// `EXACT` and `ABOUT` have one number as both bounds, `AT_LEAST` has the lower, `AT_MOST` the
/// upper, `RANGE` both, the lower first, `TENS` none. No count is below zero.
fn bounds(claim: &Stated) -> Result<(), Refusal> {
    let Some(comparator) = claim.comparator else { return Ok(()) };
    let (min, max) = (claim.number_min, claim.number_max);
    for (field, number) in [("number_min", min), ("number_max", max)] {
        if let Some(number) = number {
            check::at_least(field, number, 0)?;
        }
    }
    let (lower, upper) = match comparator {
        Comparator::Exact | Comparator::About | Comparator::Range => (true, true),
        Comparator::AtLeast => (true, false),
        Comparator::AtMost => (false, true),
        Comparator::Tens => (false, false),
    };
    for (part, number, wanted) in [(Part::NumberMin, min, lower), (Part::NumberMax, max, upper)] {
        match number {
            None if wanted => {
                let message = say!("{comparator} needs a {bound}", comparator, bound = part.name());
                return Err(Refusal::new(RefusalCode::Required, part.field(), message));
            }
            Some(number) if !wanted => {
                let message = say!(
                    "{comparator} has no {bound}, and {number} is given",
                    comparator,
                    bound = part.name(),
                    number
                );
                return Err(check::invalid(part.field(), message));
            }
            _ => {}
        }
    }
    match (min, max) {
        (Some(min), Some(max)) if min > max => Err(Refusal::new(
            RefusalCode::OutOfRange,
            "number_max",
            say!("the upper bound, {max}, is less than the lower, {min}", max, min),
        )),
        (Some(min), Some(max)) if min != max && comparator != Comparator::Range => {
            let message =
                say!("{comparator} has one number, not {min} and {max}", comparator, min, max);
            Err(check::invalid("number_max", message))
        }
        _ => Ok(()),
    }
}
