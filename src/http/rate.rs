//! How much each client may ask for in a while: a budget of cost that fills steadily (the generic
//! cell rate algorithm, by the crate `governor`). Each process counts for itself.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::client::rate_limit_prefix;
use crate::access::Actor;
use crate::config::RateConfig;

/// What a request costs before anything is known of it.
pub const COST_OF_A_REQUEST: u64 = 10;
/// For so many bytes of a request another unit is spent, since they are validated.
pub const BYTES_A_UNIT: u64 = 50;

/// The budgets of all clients.
pub struct Rates {
    anonymous: Option<Budget<IpAddr>>,
    account: Option<Budget<String>>,
}

struct Budget<K: Hash + Eq + Clone>(RateLimiter<K, HashMapStateStore<K>, DefaultClock>);

impl<K: Hash + Eq + Clone> Budget<K> {
    /// Two minutes' worth may be spent at once, and a request of the largest cost whatever the
    /// rate.
    fn new(per_minute: u32, largest: u64) -> Option<Self> {
        let rate = NonZeroU32::new(per_minute)?;
        let largest = u32::try_from(largest.saturating_add(COST_OF_A_REQUEST)).unwrap_or(u32::MAX);
        let burst = NonZeroU32::new(per_minute.saturating_mul(2).max(largest)).unwrap_or(rate);
        Some(Self(RateLimiter::hashmap(Quota::per_minute(rate).allow_burst(burst))))
    }

    /// Spends, or says how long to wait.
    fn spend(&self, key: &K, cost: u64) -> Result<(), Duration> {
        let Some(cost) = NonZeroU32::new(u32::try_from(cost).unwrap_or(u32::MAX)) else {
            return Ok(());
        };
        match self.0.check_key_n(key, cost) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(not_yet)) => Err(not_yet.wait_time_from(self.0.clock().now())),
            // More than could ever be spent at once: the limit of a request's cost is checked
            // before.
            Err(_) => Err(Duration::from_secs(3600)),
        }
    }
}

impl Rates {
    /// The budgets as configured, of which one request may spend `largest`.
    pub fn new(config: &RateConfig, largest: u64) -> Self {
        Self {
            anonymous: Budget::new(config.anonymous_per_minute, largest),
            account: Budget::new(config.account_per_minute, largest),
        }
    }

    /// Spends from the budget of `actor` at `address`, or says how long to wait.
    pub fn spend(&self, actor: &Actor, address: IpAddr, cost: u64) -> Result<(), Duration> {
        let spent = match actor {
            Actor::Anonymous => self
                .anonymous
                .as_ref()
                .map(|budget| budget.spend(&rate_limit_prefix(address), cost)),
            account => self.account.as_ref().map(|budget| budget.spend(&account.to_string(), cost)),
        };
        spent.unwrap_or(Ok(()))
    }

    /// Forgets clients whose budget is full again.
    pub fn forget(&self) {
        if let Some(budget) = &self.anonymous {
            budget.0.retain_recent();
            budget.0.shrink_to_fit();
        }
        if let Some(budget) = &self.account {
            budget.0.retain_recent();
            budget.0.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_spends_its_own_budget() {
        let rates =
            Rates::new(&RateConfig { anonymous_per_minute: 100, account_per_minute: 0 }, 50);
        let (one, neighbour): (IpAddr, IpAddr) =
            ("2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap());
        let other: IpAddr = "192.0.2.1".parse().unwrap();
        assert!(rates.spend(&Actor::Anonymous, one, 150).is_ok());
        let wait = rates.spend(&Actor::Anonymous, neighbour, 60).expect_err("200 in all");
        assert!(wait > Duration::from_secs(3) && wait <= Duration::from_secs(6), "{wait:?}");
        assert!(rates.spend(&Actor::Anonymous, other, 60).is_ok());
        assert!(rates.spend(&Actor::Operator, one, u64::MAX).is_ok(), "0 is no bound");
        rates.forget();
        assert!(
            rates.spend(&Actor::Anonymous, one, 60).is_err(),
            "what was spent is not forgotten"
        );
    }

    #[test]
    fn a_request_of_the_largest_cost_fits_any_budget() {
        let rates =
            Rates::new(&RateConfig { anonymous_per_minute: 1, account_per_minute: 1 }, 1000);
        assert!(rates.spend(&Actor::Anonymous, "192.0.2.1".parse().unwrap(), 1010).is_ok());
    }
}
