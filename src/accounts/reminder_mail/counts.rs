//! What operators see of mails.

use std::sync::atomic::{AtomicU64, Ordering};

/// What became of an attempt to send a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailOutcome {
    /// The server has taken it.
    Sent,
    /// The server does not take it: the address or the mail is refused for good.
    Refused,
    /// The server was away, slow or busy, before it had the mail.
    Failed,
    /// The server does not take this mail now, and may take it later.
    Deferred,
    /// The server had the mail, and did not say what became of it.
    Unknown,
}

impl MailOutcome {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Sent, Self::Refused, Self::Failed, Self::Deferred, Self::Unknown];

    /// As metrics and logs spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Deferred => "deferred",
            Self::Unknown => "unknown",
        }
    }
}

/// Attempts of a process to send mails, by what became of them.
#[derive(Debug, Default)]
pub struct MailCounts([AtomicU64; 5]);

impl MailCounts {
    /// Counts an attempt.
    pub fn count(&self, outcome: MailOutcome) {
        self.0[outcome as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// How many there were of each.
    pub fn all(&self) -> [(MailOutcome, u64); 5] {
        MailOutcome::ALL.map(|outcome| (outcome, self.0[outcome as usize].load(Ordering::Relaxed)))
    }
}
