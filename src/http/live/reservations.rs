//! Streams that several operations share, by their tokens: who may reserve how many, and for how
//! long.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::slots::Slots;
use super::sse::SseText;
use crate::http::client::Client;

/// How long a reservation waits to be opened.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// Reservations of one client that wait to be opened.
const MOST_OF_ONE: usize = 100;
/// Reservations that wait to be opened: of all accounts together, and of all others. Neither takes
/// those of the other.
const MOST: usize = 5_000;
/// What waits to be written, in events; operations wait where it is full.
const WAITING: usize = 16;

/// A stream that several operations share.
pub struct Reservation {
    client: Client,
    send: mpsc::Sender<SseText>,
    receive: Mutex<Option<mpsc::Receiver<SseText>>>,
    operations: Mutex<HashMap<String, AbortHandle>>,
    slots: Slots,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.operations().drain().for_each(|(_, operation)| operation.abort());
    }
}

impl Reservation {
    fn new(client: Client) -> Arc<Self> {
        let (send, receive) = mpsc::channel(WAITING);
        let (receive, operations) = (Mutex::new(Some(receive)), Mutex::default());
        Arc::new(Self { client, send, receive, operations, slots: Slots::default() })
    }

    /// Where its events are sent.
    pub fn events(&self) -> mpsc::Sender<SseText> {
        self.send.clone()
    }

    /// The operations that go on, by their ids.
    pub fn operations(&self) -> MutexGuard<'_, HashMap<String, AbortHandle>> {
        lock(&self.operations)
    }

    /// What its operations may have executed at once.
    pub fn slots(&self) -> Slots {
        self.slots.clone()
    }

    fn is_waiting(&self) -> bool {
        lock(&self.receive).is_some()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Why no stream is reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// The client has so many that it has not opened.
    OfClient(usize),
    /// All clients of its kind together have.
    OfAll,
}

/// Streams that were reserved or are open.
#[derive(Default)]
pub struct Reservations(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    streams: HashMap<String, Arc<Reservation>>,
    /// When each was made, the oldest first; some are open by now, or gone.
    made: VecDeque<(Instant, String)>,
    /// How many wait to be opened, of whom.
    waiting: HashMap<Client, usize>,
    waiting_anonymous: usize,
    waiting_accounts: usize,
}

impl Inside {
    fn all_waiting(&mut self, client: &Client) -> &mut usize {
        match client {
            Client::Anonymous(_) => &mut self.waiting_anonymous,
            Client::Account(_) => &mut self.waiting_accounts,
        }
    }

    fn waits_no_more(&mut self, client: &Client) {
        *self.all_waiting(client) -= 1;
        if let Some(waiting) = self.waiting.get_mut(client) {
            *waiting -= 1;
            if *waiting == 0 {
                self.waiting.remove(client);
            }
        }
    }

    /// Gives up those that nobody has opened in time.
    fn expire(&mut self, now: Instant) {
        while self.made.front().is_some_and(|(made, _)| now.duration_since(*made) >= PATIENCE) {
            let Some((_, token)) = self.made.pop_front() else { return };
            if self.streams.get(&token).is_some_and(|reservation| reservation.is_waiting())
                && let Some(reservation) = self.streams.remove(&token)
            {
                self.waits_no_more(&reservation.client);
            }
        }
    }
}

impl Reservations {
    /// Reserves a stream for a client, under a token of which there is no second.
    pub fn reserve(&self, client: Client, token: String, now: Instant) -> Result<(), Full> {
        let mut inside = lock(&self.0);
        inside.expire(now);
        if inside.waiting.get(&client).is_some_and(|waiting| *waiting >= MOST_OF_ONE) {
            return Err(Full::OfClient(MOST_OF_ONE));
        }
        let all = inside.all_waiting(&client);
        if *all >= MOST {
            return Err(Full::OfAll);
        }
        *all += 1;
        *inside.waiting.entry(client.clone()).or_default() += 1;
        inside.made.push_back((now, token.clone()));
        inside.streams.insert(token, Reservation::new(client));
        Ok(())
    }

    /// The stream with this token, for the client that reserved it. Of an account it may be another
    /// address; of the others it may as well, since the token is a secret and an address changes.
    pub fn find(&self, client: &Client, token: &str, now: Instant) -> Option<Arc<Reservation>> {
        let mut inside = lock(&self.0);
        inside.expire(now);
        inside.streams.get(token).filter(|reservation| reservation.client.is_alike(client)).cloned()
    }

    /// Opens a stream: what is to be written on it; nothing where it is open already, or was given
    /// up meanwhile.
    pub fn open(&self, token: &str) -> Option<mpsc::Receiver<SseText>> {
        let mut inside = lock(&self.0);
        let reservation = inside.streams.get(token)?.clone();
        let receive = lock(&reservation.receive).take()?;
        inside.waits_no_more(&reservation.client);
        Some(receive)
    }

    /// A stream is closed.
    pub fn remove(&self, token: &str) {
        lock(&self.0).streams.remove(token);
    }

    /// Gives up those that nobody has opened in time.
    pub fn expire(&self, now: Instant) {
        lock(&self.0).expire(now);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use entity::id::AccountId;
    use uuid::Uuid;

    use super::*;

    fn anonymous(number: u32) -> Client {
        Client::Anonymous(Ipv4Addr::from_bits(number).into())
    }

    fn reserve(
        reservations: &Reservations,
        client: &Client,
        name: &str,
        count: usize,
        now: Instant,
    ) -> Result<(), Full> {
        (0..count).try_for_each(|number| {
            reservations.reserve(client.clone(), format!("{name}-{number}"), now)
        })
    }

    #[test]
    fn clients_without_an_account_take_no_reservations_of_accounts() {
        let (reservations, now) = (Reservations::default(), Instant::now());
        for number in 0..50 {
            reserve(&reservations, &anonymous(number), &format!("a{number}"), 100, now).unwrap();
        }
        assert_eq!(reserve(&reservations, &anonymous(1), "more", 1, now), Err(Full::OfClient(100)));
        assert_eq!(reserve(&reservations, &anonymous(99), "more", 1, now), Err(Full::OfAll));
        let account = Client::Account(AccountId(Uuid::from_u128(1)));
        assert_eq!(reserve(&reservations, &account, "account", 101, now), Err(Full::OfClient(100)));
        let other = Client::Account(AccountId(Uuid::from_u128(2)));
        assert_eq!(reserve(&reservations, &other, "other", 1, now), Ok(()));
        assert!(reservations.find(&account, "other-0", now).is_none(), "it is of somebody else");
    }

    #[test]
    fn what_nobody_opens_is_given_up_and_what_is_open_stays() {
        let (reservations, now) = (Reservations::default(), Instant::now());
        let client = anonymous(1);
        reserve(&reservations, &client, "a", 100, now).unwrap();
        assert!(reservations.open("a-7").is_some() && reservations.open("a-7").is_none());
        // One is not waiting any more.
        assert_eq!(reserve(&reservations, &client, "b", 2, now), Err(Full::OfClient(100)));
        let later = now + PATIENCE;
        assert!(reservations.find(&client, "a-8", later).is_none());
        assert!(reservations.find(&client, "a-7", later).is_some());
        assert_eq!(reserve(&reservations, &client, "c", 101, later), Err(Full::OfClient(100)));
        reservations.remove("a-7");
        reservations.expire(later + PATIENCE);
        let inside = lock(&reservations.0);
        assert!(inside.streams.is_empty() && inside.made.is_empty() && inside.waiting.is_empty());
        assert_eq!((inside.waiting_anonymous, inside.waiting_accounts), (0, 0));
    }
}
