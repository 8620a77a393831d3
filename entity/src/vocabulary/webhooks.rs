//! Endpoints that are told of events.

vocabulary! {
    /// Whether somebody is told of events at an endpoint.
    WebhookState {
        /// Events are sent to it.
        Active,
        /// Its owner wants none for the time being; what happens meanwhile is sent when it is
        /// resumed.
        Paused,
        /// The register has given it up: it answered that it is gone, or failed for five days. It
        /// can be resumed.
        Disabled,
        /// It is no more; its address and secrets are removed.
        Closed,
    }

    /// In which order events are sent to an endpoint.
    WebhookOrder {
        /// In none: what fails holds up nothing else.
        None,
        /// What is about one record comes in order: what fails holds up all that happened to the
        /// same record.
        PerSubject,
        /// One after the other: what fails holds up all that follows.
        Strict,
    }

    /// Where a delivery stands.
    WebhookDeliveryState {
        /// It is to be sent, or sent again.
        Pending,
        /// The endpoint has taken it.
        Delivered,
        /// It was tried for three days, and not taken. It can be replayed.
        Failed,
        /// Its owner may not see the event any more: it is not sent.
        Withheld,
    }

    /// What became of an attempt to deliver.
    WebhookOutcome {
        /// Answered with a status of success (2xx).
        Delivered,
        /// Answered with a redirect, which is not followed.
        Redirected,
        /// Answered with 410: the endpoint is gone.
        Gone,
        /// Answered with any other status.
        Refused,
        /// There was no answer in time.
        Timeout,
        /// There was no connection, or it broke.
        Unreachable,
        /// The address leads to where nothing is sent: to a network that is private or special.
        Forbidden,
    }
}
