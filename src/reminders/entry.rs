//! What is due as a list of things to do, however it is shown.

use chrono::{NaiveDate, TimeDelta};

use super::{Due, DueBatch, DuePlan};
use crate::phrase::{Phrase, say};

/// So long before the first day of a batch its invitations should be answered.
const ANSWERED_BEFORE: TimeDelta = TimeDelta::days(14);

/// Something to do.
pub struct Entry {
    /// By which it is known again.
    pub uid: String,
    /// The ids of what it lists: findings, delegations; none where it is about one thing.
    pub parts: Vec<String>,
    /// The day on which it is due.
    pub on: NaiveDate,
    /// What is to be done.
    pub summary: Phrase,
    /// More of it, in lines; empty where there is no more.
    pub about: String,
    /// Where it is done, as a path of the desk.
    pub path: String,
}

/// What is due, as it stands on a day.
pub fn entries(due: &Due, today: NaiveDate) -> Vec<Entry> {
    let mut entries: Vec<Entry> = due.plans.nodes.iter().map(of_plan).collect();
    entries.extend(due.unanswered.nodes.iter().map(|batch| {
        let (count, name) = (batch.delegations.nodes.len(), batch.batch.name());
        Entry {
            uid: format!("unanswered-{}", batch.id),
            parts: ids(batch),
            on: batch.starts_on - ANSWERED_BEFORE,
            summary: say!("Invitations without an answer: {count} ({name})", count, name),
            about: parties(batch),
            path: format!("/desk/batches/{}/delegations", batch.batch.key),
        }
    }));
    entries.extend(due.invited.nodes.iter().map(|invitation| {
        let (who, batch) = (invitation.party.name(), invitation.batch.batch.name());
        Entry {
            uid: format!("invited-{}", invitation.id),
            parts: Vec::new(),
            on: invitation.batch.starts_on - ANSWERED_BEFORE,
            summary: say!("Invitation to answer: {who} ({batch})", who, batch),
            about: String::new(),
            path: "/desk/country".to_owned(),
        }
    }));
    entries.extend(due.unrecorded.nodes.iter().map(|batch| {
        let (count, name) = (batch.delegations.nodes.len(), batch.batch.name());
        Entry {
            uid: format!("unrecorded-{}", batch.id),
            parts: ids(batch),
            on: batch.ends_on.unwrap_or(batch.starts_on) + TimeDelta::days(1),
            summary: say!("Attendance to record: {count} ({name})", count, name),
            about: parties(batch),
            path: format!("/desk/batches/{}/delegations", batch.batch.key),
        }
    }));
    entries.extend(of_findings(due, today));
    entries
}

fn of_plan(plan: &DuePlan) -> Entry {
    let (who, batch) = (plan.delegation.party.name(), plan.delegation.batch.name());
    let summary = match plan.is_overdue {
        true => say!("Action plan overdue: {who} ({batch})", who, batch),
        false => say!("Action plan due: {who} ({batch})", who, batch),
    };
    Entry {
        uid: format!("plan-{}", plan.id),
        parts: Vec::new(),
        on: plan.due_on,
        summary,
        about: plan.title.clone().unwrap_or_default(),
        path: format!("/desk/plans/{}", plan.key),
    }
}

/// All findings together. They are due on no day of their own: they stay in sight until they are
/// explained.
fn of_findings(due: &Due, today: NaiveDate) -> Option<Entry> {
    let findings = &due.findings.nodes;
    if findings.is_empty() {
        return None;
    }
    let count = due.findings.total_count.unwrap_or(findings.len() as u64);
    let listed = findings.iter().map(|finding| {
        let of = finding.batch.as_ref().map(|batch| format!("{}: ", batch.name()));
        format!("{}{}", of.unwrap_or_default(), finding.message)
    });
    Some(Entry {
        uid: "findings".to_owned(),
        parts: findings.iter().map(|finding| finding.id.clone()).collect(),
        on: today,
        summary: say!("Findings to explain: {count}", count),
        about: listed.collect::<Vec<_>>().join("\n"),
        path: "/desk/findings".to_owned(),
    })
}

fn parties(batch: &DueBatch) -> String {
    let parties = batch.delegations.nodes.iter().map(|delegation| delegation.party.name());
    parties.collect::<Vec<_>>().join(", ")
}

fn ids(batch: &DueBatch) -> Vec<String> {
    batch.delegations.nodes.iter().map(|delegation| delegation.id.clone()).collect()
}
