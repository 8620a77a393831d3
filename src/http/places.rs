//! How many connections there are at once: in all, and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use ipnet::IpNet;

use super::client::rate_limit_prefix;

/// The places for connections, and who has taken them.
pub struct Places {
    most: usize,
    most_of_one: usize,
    /// Proxies, which come on behalf of many.
    trusted: Vec<IpNet>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Why a connection has no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// All are taken.
    All,
    /// Its address has taken as many as one may.
    Address,
}

/// The place of one connection, which is free again when this is dropped.
pub struct Place {
    places: Arc<Places>,
    /// Whose it is, where that is counted.
    of: Option<IpAddr>,
}

impl Places {
    /// As many places as `most`, of which one address that is not `trusted` has `most_of_one` at
    /// most; half of all where that is 0.
    pub fn new(most: usize, most_of_one: usize, trusted: Vec<IpNet>) -> Arc<Self> {
        let most_of_one = if most_of_one == 0 { most.div_ceil(2) } else { most_of_one };
        Arc::new(Self { most, most_of_one, trusted, taken: Mutex::default() })
    }

    /// How many there are.
    pub fn most(&self) -> usize {
        self.most
    }

    /// How many are taken.
    pub fn taken(&self) -> usize {
        self.lock().all
    }

    /// A place for a connection from `address`.
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Result<Place, Full> {
        let address = address.to_canonical();
        let counted = !self.trusted.iter().any(|network| network.contains(&address));
        let of = counted.then(|| rate_limit_prefix(address));
        let mut taken = self.lock();
        if taken.all >= self.most {
            return Err(Full::All);
        }
        if let Some(of) = of {
            let taken = taken.by_address.entry(of).or_default();
            if *taken >= self.most_of_one {
                return Err(Full::Address);
            }
            *taken += 1;
        }
        taken.all += 1;
        drop(taken);
        Ok(Place { places: self.clone(), of })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.all -= 1;
        let Some(of) = self.of else { return };
        if let Some(count) = taken.by_address.get_mut(&of) {
            *count -= 1;
            if *count == 0 {
                taken.by_address.remove(&of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_takes_a_part_and_all_take_no_more_than_there_are() {
        let places = Places::new(4, 0, vec!["10.0.0.0/8".parse().unwrap()]);
        let take = |address: &str| places.take(address.parse().unwrap());
        let first = take("192.0.2.1").ok();
        let _second = take("::ffff:192.0.2.1").expect("the same address, the second time");
        assert_eq!(take("192.0.2.1").err(), Some(Full::Address));
        drop(first);
        let _again = take("192.0.2.1").expect("one has become free");
        let _proxied = [take("10.0.0.1").expect("a place"), take("10.0.0.1").expect("a place")];
        assert_eq!(places.taken(), 4);
        assert_eq!(take("10.0.0.1").err(), Some(Full::All));
        drop((_second, _again, _proxied));
        assert_eq!((places.taken(), places.lock().by_address.len()), (0, 0));
    }

    #[test]
    fn a_network_of_one_household_counts_once() {
        let places = Places::new(10, 1, Vec::new());
        let _place = places.take("2001:db8::1".parse().unwrap()).expect("a place");
        assert_eq!(places.take("2001:db8::2".parse().unwrap()).err(), Some(Full::Address));
        assert!(places.take("2001:db8:0:1::2".parse().unwrap()).is_ok());
    }
}
