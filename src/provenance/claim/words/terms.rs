//! Members of vocabularies, as sentences about claims and findings have them: in English as the API
//! calls them, in Indonesian in the words of the desk and the site.

use chrono::Weekday;
use entity::vocabulary::{ActionPlanStatus, CostKind, DelegationCategory, DelegationStatus};

use crate::phrase::{Phrase, say};

/// Where a delegation stands.
pub(crate) fn delegation_status(status: DelegationStatus) -> Phrase {
    match status {
        DelegationStatus::Invited => say!("INVITED"),
        DelegationStatus::Nominated => say!("NOMINATED"),
        DelegationStatus::Confirmed => say!("CONFIRMED"),
        DelegationStatus::Attended => say!("ATTENDED"),
        DelegationStatus::Declined => say!("DECLINED"),
        DelegationStatus::Withdrawn => say!("WITHDRAWN"),
        DelegationStatus::NoShow => say!("NO_SHOW"),
        DelegationStatus::NotSent => say!("NOT_SENT"),
    }
}

/// Where an action plan stands.
pub(crate) fn plan_status(status: ActionPlanStatus) -> Phrase {
    match status {
        ActionPlanStatus::Expected => say!("EXPECTED"),
        ActionPlanStatus::Submitted => say!("SUBMITTED"),
        ActionPlanStatus::InProgress => say!("IN_PROGRESS"),
        ActionPlanStatus::Completed => say!("COMPLETED"),
        ActionPlanStatus::Abandoned => say!("ABANDONED"),
    }
}

/// As what a delegation comes.
pub(crate) fn category(category: DelegationCategory) -> Phrase {
    match category {
        DelegationCategory::Party => say!("PARTY"),
        DelegationCategory::ObserverState => say!("OBSERVER_STATE"),
        DelegationCategory::Igo => say!("IGO"),
        DelegationCategory::Ngo => say!("NGO"),
        DelegationCategory::Media => say!("MEDIA"),
        DelegationCategory::Other => say!("OTHER"),
    }
}

/// For what money is spent.
pub(super) fn cost_kind(kind: CostKind) -> Phrase {
    match kind {
        CostKind::Total => say!("TOTAL"),
        CostKind::Tuition => say!("TUITION"),
        CostKind::Travel => say!("TRAVEL"),
        CostKind::Subsistence => say!("SUBSISTENCE"),
        CostKind::Venue => say!("VENUE"),
        CostKind::Administration => say!("ADMINISTRATION"),
        CostKind::Other => say!("OTHER"),
    }
}

/// A day of the week.
pub(crate) fn weekday(day: Weekday) -> Phrase {
    match day {
        Weekday::Mon => say!("Monday"),
        Weekday::Tue => say!("Tuesday"),
        Weekday::Wed => say!("Wednesday"),
        Weekday::Thu => say!("Thursday"),
        Weekday::Fri => say!("Friday"),
        Weekday::Sat => say!("Saturday"),
        Weekday::Sun => say!("Sunday"),
    }
}
