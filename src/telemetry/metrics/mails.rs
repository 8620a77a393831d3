//! Figures of mails.

use std::sync::atomic::Ordering;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::Became;
use crate::accounts::reminder_mail::MailCounts;

/// Figures of mails.
pub(super) struct Mails(Family<Became, Counter>);

impl Mails {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let attempts = Family::default();
        let help = "Attempts to send a mail with reminders, by what became of them";
        registry.register("mail_attempts", help, Clone::clone(&attempts));
        Self(attempts)
    }

    /// As a process has counted them.
    pub(super) fn set(&self, counts: &MailCounts) {
        for (outcome, count) in counts.all() {
            let became = Became { outcome: outcome.as_str().to_owned() };
            self.0.get_or_create(&became).inner().store(count, Ordering::Relaxed);
        }
    }
}
