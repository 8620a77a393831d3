//! Somebody else's mail server: it keeps what it got, and does with a mail what it is told to.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jejaring::reminders::mail::Mailer;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::settings;

/// What it does with whoever connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Takes mails.
    Take,
    /// Says nothing, not even a greeting.
    Silence,
    /// Closes the connection when it has the mail, without a word.
    HangUp,
}

/// A mail as it came.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The recipients of its envelope.
    pub to: Vec<String>,
    /// Its headers, unfolded.
    pub head: String,
    /// Its text, decoded.
    pub text: String,
}

impl Letter {
    fn read(to: Vec<String>, data: &str) -> Self {
        let (head, body) = data.split_once("\r\n\r\n").expect("headers and a text");
        let head = head.replace("\r\n ", " ");
        let text = if head.contains("Content-Transfer-Encoding: base64") {
            let body = body.replace("\r\n", "");
            String::from_utf8(STANDARD.decode(body).expect("base64")).expect("text")
        } else if head.contains("Content-Transfer-Encoding: quoted-printable") {
            printable(body)
        } else {
            body.to_owned()
        };
        Self { to, head, text }
    }

    /// A header.
    pub fn header(&self, name: &str) -> &str {
        let start = format!("{name}: ");
        self.head.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default()
    }

    /// The path at which it is ended.
    pub fn door(&self) -> &str {
        let address = self.header("List-Unsubscribe").trim_matches(['<', '>']);
        &address[address.find("/reminders/").expect("an address")..]
    }
}

fn printable(text: &str) -> String {
    let (joined, mut bytes) = (text.replace("=\r\n", ""), Vec::new());
    let mut rest = joined.as_str();
    while let Some(place) = rest.find('=') {
        bytes.extend(rest[..place].bytes());
        bytes.push(u8::from_str_radix(&rest[place + 1..place + 3], 16).expect("two digits"));
        rest = &rest[place + 3..];
    }
    bytes.extend(rest.bytes());
    String::from_utf8(bytes).expect("text")
}

struct Inside {
    got: Mutex<Vec<Letter>>,
    manner: Mutex<Manner>,
    /// Recipients that it does not take, with what it says.
    refused: Mutex<HashMap<String, &'static str>>,
    connections: watch::Sender<usize>,
}

/// A mail server on loopback.
pub struct MailServer {
    /// Where it listens.
    pub address: SocketAddr,
    inside: Arc<Inside>,
    task: AbortHandle,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl MailServer {
    /// Begins to listen, at a port of its own.
    pub async fn begin() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let inside = Arc::new(Inside {
            got: Mutex::default(),
            manner: Mutex::new(Manner::Take),
            refused: Mutex::default(),
            connections: watch::Sender::default(),
        });
        let served = inside.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                served.connections.send_modify(|count| *count += 1);
                let served = served.clone();
                tokio::spawn(async move { converse(stream, &served).await });
            }
        });
        Self { address, inside, task: task.abort_handle() }
    }

    /// A sender that uses it.
    pub fn mailer(&self) -> Mailer {
        let port = self.address.port();
        let config = settings(&format!("[mail]\nport = {port}"));
        Mailer::new(&config.mail).expect("the settings are right").expect("mail is set up")
    }

    /// The mails that it got since this was last asked.
    pub fn got(&self) -> Vec<Letter> {
        std::mem::take(&mut *self.inside.got.lock().expect("the mails"))
    }

    /// Behaves so from now on.
    pub fn be(&self, manner: Manner) {
        *self.inside.manner.lock().expect("its manner") = manner;
    }

    /// Knows no such recipient.
    pub fn refuse(&self, address: &str) {
        self.say(address, "550 nobody is called that\r\n");
    }

    /// Takes nothing for a recipient for now.
    pub fn put_off(&self, address: &str) {
        self.say(address, "451 come again later\r\n");
    }

    fn say(&self, address: &str, answer: &'static str) {
        self.inside.refused.lock().expect("the refused").insert(address.to_owned(), answer);
    }

    /// Takes mails for everybody again.
    pub fn take(&self) {
        self.inside.refused.lock().expect("the refused").clear();
    }

    /// Waits until somebody has connected so often.
    pub async fn connected(&self, times: usize) {
        let mut connections = self.inside.connections.subscribe();
        connections.wait_for(|count| *count >= times).await.expect("it listens");
    }
}

async fn converse(stream: TcpStream, inside: &Inside) -> Option<()> {
    let manner = *inside.manner.lock().expect("its manner");
    let mut stream = BufReader::new(stream);
    if manner == Manner::Silence {
        return std::future::pending().await;
    }
    stream.write_all(b"220 mail.example ESMTP\r\n").await.ok()?;
    let mut to = Vec::new();
    loop {
        let line = line(&mut stream).await?;
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-mail.example\r\n250 8BITMIME\r\n",
            "MAIL" => "250 fine\r\n",
            "RCPT" => {
                let recipient = line.split(['<', '>']).nth(1)?.to_owned();
                let refused = inside.refused.lock().expect("the refused").get(&recipient).copied();
                if refused.is_none() {
                    to.push(recipient);
                }
                refused.unwrap_or("250 fine\r\n")
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                let mut data = String::new();
                loop {
                    let line = self::line(&mut stream).await?;
                    if line == "." {
                        break;
                    }
                    data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    data.push_str("\r\n");
                }
                let letter = Letter::read(std::mem::take(&mut to), &data);
                inside.got.lock().expect("the mails").push(letter);
                if manner == Manner::HangUp {
                    return None;
                }
                "250 taken\r\n"
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await.ok()?;
                return None;
            }
            _ => "502 not here\r\n",
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

async fn line(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await.ok()?;
    (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}
