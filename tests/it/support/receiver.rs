//! Somebody else's server, to which events are sent: it keeps what it got, and answers as it is
//! told to.

use std::collections::{HashSet, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::HeaderMap;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

/// What it does with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes it.
    Take,
    /// Answers with this status, and these headers.
    Answer(u16, &'static str),
    /// Says nothing.
    Silence,
    /// Takes it, after a while.
    Slow(Duration),
    /// Takes it, and announces more than it says.
    Short,
    /// Closes the connection without a word.
    Reset,
    /// Takes it, and goes on talking.
    Endless,
    /// Does something wrong with one in so many messages, once with each, and takes all else.
    Faulty(usize),
}

/// What it does wrong, one after the other.
const FAULTS: [Behaviour; 5] = [
    Behaviour::Answer(500, ""),
    Behaviour::Slow(Duration::from_millis(300)),
    Behaviour::Reset,
    Behaviour::Short,
    Behaviour::Silence,
];

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Got {
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// Whether the sender was told that it was taken.
    pub taken: bool,
}

impl Got {
    /// A header, as text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a body of JSON")
    }
}

struct Inside {
    got: watch::Sender<Vec<Got>>,
    /// What it does next; when that is done, what it usually does.
    next: Mutex<VecDeque<Behaviour>>,
    usual: Mutex<Behaviour>,
    /// How often somebody connected.
    connections: AtomicUsize,
    /// Ids of messages that came.
    known: Mutex<HashSet<String>>,
}

/// A server on loopback.
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    inside: Arc<Inside>,
    task: AbortHandle,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    /// Begins to listen, at a port of its own.
    pub async fn begin() -> Self {
        Self::at("127.0.0.1:0").await
    }

    /// Begins to listen at an address.
    pub async fn at(address: &str) -> Self {
        let listener = TcpListener::bind(address).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let usual = Mutex::new(Behaviour::Take);
        let inside = Arc::new(Inside {
            got: watch::Sender::default(),
            next: Mutex::default(),
            usual,
            connections: AtomicUsize::new(0),
            known: Mutex::default(),
        });
        let served = inside.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                served.connections.fetch_add(1, Ordering::SeqCst);
                let served = served.clone();
                tokio::spawn(async move { serve(stream, served).await });
            }
        });
        Self { address, inside, task: task.abort_handle() }
    }

    /// Where events may be sent.
    pub fn url(&self) -> String {
        format!("http://{}/hook?of=test", self.address)
    }

    /// What it does with all that comes.
    pub fn usually(&self, behaviour: Behaviour) {
        *self.inside.usual.lock().expect("the behaviour") = behaviour;
    }

    /// What it does with the next requests.
    pub fn next(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.inside.next.lock().expect("the behaviours").extend(behaviours);
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        self.inside.connections.load(Ordering::SeqCst)
    }

    /// All that came so far.
    pub fn got(&self) -> Vec<Got> {
        self.got_behind(0)
    }

    /// What came behind the first `seen`.
    pub fn got_behind(&self, seen: usize) -> Vec<Got> {
        self.inside.got.borrow()[seen..].to_vec()
    }

    /// What came, as soon as there are so many.
    pub async fn wait(&self, count: usize) -> Vec<Got> {
        let mut got = self.inside.got.subscribe();
        let enough = timeout(Duration::from_secs(20), got.wait_for(|got| got.len() >= count)).await;
        match enough {
            Ok(enough) => enough.expect("the receiver is there").clone(),
            Err(_) => panic!("{count} messages were to come, and {} did", self.got().len()),
        }
    }
}

async fn serve(stream: TcpStream, inside: Arc<Inside>) {
    let mut stream = BufReader::new(stream);
    while let Some(behaviour) = exchange(&mut stream, &inside).await {
        if !matches!(behaviour, Behaviour::Take | Behaviour::Slow(_) | Behaviour::Answer(..)) {
            return;
        }
    }
}

/// Takes one request, and answers it; none where there is none.
async fn exchange(stream: &mut BufReader<TcpStream>, inside: &Inside) -> Option<Behaviour> {
    let (headers, body) = read(stream).await?;
    let next = inside.next.lock().expect("the behaviours").pop_front();
    let behaviour = next.unwrap_or_else(|| inside.usual.lock().expect("the behaviour").clone());
    let behaviour = match behaviour {
        Behaviour::Faulty(every) => {
            let id = headers.get("webhook-id").expect("an id").to_str().expect("text").to_owned();
            let mut known = inside.known.lock().expect("the ids");
            let is_new = known.insert(id);
            let fault = is_new && known.len().is_multiple_of(every);
            if fault { FAULTS[known.len() / every % FAULTS.len()].clone() } else { Behaviour::Take }
        }
        behaviour => behaviour,
    };
    if let Behaviour::Slow(time) = behaviour {
        sleep(time).await;
    }
    let taken = matches!(
        behaviour,
        Behaviour::Take | Behaviour::Slow(_) | Behaviour::Short | Behaviour::Endless
    );
    inside.got.send_modify(|got| got.push(Got { headers, body, taken }));
    let answer = match behaviour {
        Behaviour::Take | Behaviour::Slow(_) => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
        Behaviour::Answer(status, headers) => {
            format!("HTTP/1.1 {status} x\r\n{headers}content-length: 0\r\n\r\n")
        }
        Behaviour::Short => "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nshort".to_owned(),
        Behaviour::Endless => "HTTP/1.1 200 OK\r\n\r\n".to_owned(),
        Behaviour::Silence => {
            sleep(Duration::from_secs(60)).await;
            return None;
        }
        Behaviour::Faulty(_) => return None,
        Behaviour::Reset => {
            // Closed with what was sent to it unread or not: the sender cannot tell how far it
            // came.
            let _ = socket2::SockRef::from(stream.get_ref()).set_linger(Some(Duration::ZERO));
            return None;
        }
    };
    stream.get_mut().write_all(answer.as_bytes()).await.ok()?;
    if behaviour == Behaviour::Endless {
        // Until the other side has had enough.
        loop {
            stream.get_mut().write_all(&[b'x'; 4096]).await.ok()?;
        }
    }
    Some(behaviour)
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<(HeaderMap, Vec<u8>)> {
    let (mut headers, mut line) = (HeaderMap::new(), String::new());
    stream.read_line(&mut line).await.ok().filter(|length| *length > 0)?;
    loop {
        line.clear();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.append(axum::http::HeaderName::try_from(name).ok()?, value.parse().ok()?);
    }
    let length = headers.get("content-length")?.to_str().ok()?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((headers, body))
}
