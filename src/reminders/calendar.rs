//! What is due, as a calendar: one all-day event for each plan, each batch and all findings.

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::{Due, DueBatch, DuePlan, Party};
use crate::pages::ical::{Lines, begin, day, moment};
use crate::phrase::{Phrase, say};
use crate::site::Site;

/// So long before the first day of a batch its invitations should be answered.
const ANSWERED_BEFORE: TimeDelta = TimeDelta::days(14);

/// The calendar of what is due, as it stands on a day, in the language of a tag.
pub fn calendar(due: &Due, today: NaiveDate, site: &Site, language: &str) -> String {
    let mut lines = Lines::default();
    let told = |phrase: Phrase| phrase.translate(language);
    let title = format!("{} – Jejaring", told(say!("What is due")));
    let about = told(say!(
        "Action plans that fall due, invitations without an answer, attendance to record, and \
         findings to explain."
    ));
    begin(&mut lines, &title, &about);
    lines.put("REFRESH-INTERVAL;VALUE=DURATION", "PT6H");
    lines.put("X-PUBLISHED-TTL", "PT6H");
    let mut put = |event: Event| event.put(&mut lines, today, site, language);
    for plan in &due.plans.nodes {
        put(of_plan(plan));
    }
    for batch in &due.unanswered.nodes {
        let (count, name) = (batch.delegations.nodes.len(), batch.batch.name());
        put(Event {
            uid: format!("unanswered-{}", batch.id),
            on: batch.starts_on - ANSWERED_BEFORE,
            summary: say!("Invitations without an answer: {count} ({name})", count, name),
            about: parties(batch),
            path: format!("/desk/batches/{}/delegations", batch.batch.key),
        });
    }
    for invitation in &due.invited.nodes {
        let (who, batch) = (invitation.party.name(), invitation.batch.batch.name());
        put(Event {
            uid: format!("invited-{}", invitation.id),
            on: invitation.batch.starts_on - ANSWERED_BEFORE,
            summary: say!("Invitation to answer: {who} ({batch})", who, batch),
            about: String::new(),
            path: "/desk/country".to_owned(),
        });
    }
    for batch in &due.unrecorded.nodes {
        let (count, name) = (batch.delegations.nodes.len(), batch.batch.name());
        put(Event {
            uid: format!("unrecorded-{}", batch.id),
            on: batch.ends_on.unwrap_or(batch.starts_on) + TimeDelta::days(1),
            summary: say!("Attendance to record: {count} ({name})", count, name),
            about: parties(batch),
            path: format!("/desk/batches/{}/delegations", batch.batch.key),
        });
    }
    let findings = &due.findings.nodes;
    if !findings.is_empty() {
        let count = due.findings.total_count.unwrap_or(findings.len() as u64);
        let listed = findings.iter().map(|finding| {
            let of = finding.batch.as_ref().map(|batch| format!("{}: ", batch.name()));
            format!("{}{}", of.unwrap_or_default(), finding.message)
        });
        // They are due on no day of their own: they stay in sight until they are explained.
        put(Event {
            uid: "findings".to_owned(),
            on: today,
            summary: say!("Findings to explain: {count}", count),
            about: listed.collect::<Vec<_>>().join("\n"),
            path: "/desk/findings".to_owned(),
        });
    }
    lines.put("END", "VCALENDAR");
    lines.into_text()
}

struct Event {
    uid: String,
    on: NaiveDate,
    summary: Phrase,
    about: String,
    path: String,
}

fn of_plan(plan: &DuePlan) -> Event {
    let (who, batch) = (plan.delegation.party.name(), plan.delegation.batch.name());
    let summary = match plan.is_overdue {
        true => say!("Action plan overdue: {who} ({batch})", who, batch),
        false => say!("Action plan due: {who} ({batch})", who, batch),
    };
    Event {
        uid: format!("plan-{}", plan.id),
        on: plan.due_on,
        summary,
        about: plan.title.clone().unwrap_or_default(),
        path: format!("/desk/plans/{}", plan.key),
    }
}

fn parties(batch: &DueBatch) -> String {
    batch.delegations.nodes.iter().map(Party::name).collect::<Vec<_>>().join(", ")
}

impl Event {
    fn put(self, lines: &mut Lines, today: NaiveDate, site: &Site, language: &str) {
        lines.put("BEGIN", "VEVENT");
        lines.put("UID", &self.uid);
        // The same all day, so that whoever asks again is told that nothing has changed.
        lines.put("DTSTAMP", &moment(today.and_time(NaiveTime::MIN).and_utc()));
        lines.put("DTSTART;VALUE=DATE", &day(self.on));
        lines.put_text(&format!("SUMMARY;LANGUAGE={language}"), &self.summary.translate(language));
        lines.put("TRANSP", "TRANSPARENT");
        if !self.about.is_empty() {
            lines.put_text("DESCRIPTION", &self.about);
        }
        lines.put("URL", &site.at(&self.path));
        lines.put("END", "VEVENT");
    }
}
