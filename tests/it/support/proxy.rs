//! What lies between the server and its database, and does what networks do: it cuts connections,
//! slows them down, swallows an answer, and falls silent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::sleep;

/// What it does with what it is given.
#[derive(Default)]
struct Inside {
    /// How many milliseconds it keeps each piece.
    delay: AtomicU64,
    /// Whether it keeps everything until further notice.
    silent: watch::Sender<bool>,
    /// How often all connections have been cut.
    cuts: watch::Sender<u64>,
    /// The answers to how many commits it swallows, and how many it has.
    to_lose: AtomicUsize,
    lost: AtomicUsize,
}

/// A proxy on loopback, of TCP.
pub struct Proxy {
    /// Where it listens.
    pub port: u16,
    inside: Arc<Inside>,
    task: AbortHandle,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.cut();
    }
}

impl Proxy {
    /// Begins to pass connections on to `to`, a port on loopback.
    pub async fn begin(to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its number").port();
        let inside = Arc::new(Inside::default());
        let accepting = inside.clone();
        let task = tokio::spawn(async move {
            loop {
                let Ok((near, _)) = listener.accept().await else { return };
                tokio::spawn(pass(near, to, accepting.clone()));
            }
        });
        Self { port, inside, task: task.abort_handle() }
    }

    /// Cuts all connections; new ones are taken.
    pub fn cut(&self) {
        self.inside.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Keeps each piece for a while before it is passed on.
    pub fn delay(&self, time: Duration) {
        self.inside
            .delay
            .store(u64::try_from(time.as_millis()).expect("a short time"), Ordering::SeqCst);
    }

    /// Passes nothing on, and says nothing, until that is over.
    pub fn silence(&self, silent: bool) {
        self.inside.silent.send_replace(silent);
    }

    /// Lets the next commits through, and cuts their connections instead of passing the answers on.
    pub fn lose_commits(&self, count: usize) {
        self.inside.to_lose.store(count, Ordering::SeqCst);
    }

    /// How many commits were carried out without anybody being told.
    pub fn lost(&self) -> usize {
        self.inside.lost.load(Ordering::SeqCst)
    }
}

async fn pass(near: TcpStream, to: u16, inside: Arc<Inside>) {
    let mut cuts = inside.cuts.subscribe();
    cuts.mark_unchanged();
    inside.speak().await;
    let Ok(far) = TcpStream::connect(("127.0.0.1", to)).await else { return };
    // An error is the end of a connection like any other.
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let (from_near, to_near) = near.into_split();
    let (from_far, to_far) = far.into_split();
    let losing = AtomicUsize::new(0);
    tokio::select! {
        _ = cuts.changed() => {}
        () = forward(from_near, to_far, &inside, |piece| {
            let commits = piece.windows(7).any(|text| text == b"COMMIT\0");
            let one_less = |left: usize| left.checked_sub(1);
            if commits
                && inside.to_lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok()
            {
                losing.store(1, Ordering::SeqCst);
            }
            true
        }) => {}
        () = forward(from_far, to_near, &inside, |_| {
            let lost = losing.load(Ordering::SeqCst) == 1;
            inside.lost.fetch_add(usize::from(lost), Ordering::SeqCst);
            !lost
        }) => {}
    }
}

impl Inside {
    /// Waits until it may speak.
    async fn speak(&self) {
        // The sender is here.
        let _ = self.silent.subscribe().wait_for(|silent| !silent).await;
    }
}

/// Passes on what comes, until `look` says that it is enough.
async fn forward(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    inside: &Inside,
    mut look: impl FnMut(&[u8]) -> bool,
) {
    let mut piece = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        if !look(&piece[..length]) {
            return;
        }
        let delay = inside.delay.load(Ordering::SeqCst);
        if delay > 0 {
            sleep(Duration::from_millis(delay)).await;
        }
        inside.speak().await;
        if to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}
