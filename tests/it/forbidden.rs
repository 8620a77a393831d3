//! No message reaches an address that is not public, however it is written, and whatever its name
//! leads to in the next moment.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use entity::vocabulary::WebhookOutcome;
use futures::future::BoxFuture;
use jejaring::webhooks::address::{Resolve, Vetting, parse};
use jejaring::webhooks::client::{Client, Connections, Sent};

use crate::support::{Behaviour, Receiver, test_clock};

/// Forms of addresses behind which nothing may be sent: `{}` is the port of the trap.
const FORMS: [&str; 110] = [
    // Loopback, written as inet_aton reads it.
    "127.0.0.1:{}",
    "127.1:{}",
    "127.0.1:{}",
    "2130706433:{}",
    "017700000001:{}",
    "0x7f000001:{}",
    "0x7f.1:{}",
    "0x7F.0.0.1:{}",
    "0177.0.0.1:{}",
    "0177.1:{}",
    "0x7f.0x0.0x0.0x1:{}",
    "127.000.000.001:{}",
    "127.0.0.1.:{}",
    "127.0.0.2:{}",
    "127.255.255.255:{}",
    "0x7f.0.1:{}",
    "00000000177.0.0.1:{}",
    "0x0000000000007f000001:{}",
    // This host.
    "0:{}",
    "0.0.0.0:{}",
    "0x0:{}",
    "00:{}",
    "0.1:{}",
    "0.255.255.255:{}",
    // Loopback in other letters.
    "１２７.０.０.１:{}",
    "127。0。0。1:{}",
    "①②⑦.⓪.⓪.①:{}",
    "%31%32%37.0.0.1:{}",
    "127%2e0%2e0%2e1:{}",
    "0x7F000001:{}",
    "127.0.0.1%00:{}",
    // Names that lead there.
    "localhost:{}",
    "LOCALHOST:{}",
    "localhost.:{}",
    "loopback.test:{}",
    "mixed.test:{}",
    "mixed-again.test:{}",
    "mapped.test:{}",
    "six.test:{}",
    "nothing.test:{}",
    "broken.test:{}",
    "elsewhere.test:{}",
    "many.test:{}",
    "private.test:{}",
    "metadata.test:{}",
    "ｌｏｃａｌｈｏｓｔ:{}",
    "loc%61lhost:{}",
    // IPv6: loopback, unspecified, and IPv4 within it.
    "[::1]:{}",
    "[0:0:0:0:0:0:0:1]:{}",
    "[0000::0001]:{}",
    "[::]:{}",
    "[::ffff:127.0.0.1]:{}",
    "[::ffff:7f00:1]:{}",
    "[0:0:0:0:0:ffff:127.0.0.1]:{}",
    "[::127.0.0.1]:{}",
    "[::ffff:0:127.0.0.1]:{}",
    "[::ffff:10.0.0.1]:{}",
    "[::ffff:0.0.0.0]:{}",
    // NAT64, 6to4, Teredo, ISATAP.
    "[64:ff9b::127.0.0.1]:{}",
    "[64:ff9b::7f00:1]:{}",
    "[64:ff9b:1::7f00:1]:{}",
    "[64:ff9b::a00:1]:{}",
    "[2002:7f00:1::]:{}",
    "[2002:7f00:1::1]:{}",
    "[2002:a00:1::1]:{}",
    "[2001:0:7f00:1::]:{}",
    "[2001::1]:{}",
    "[2600::5efe:7f00:1]:{}",
    "[2600::200:5efe:127.0.0.1]:{}",
    // What else is special in IPv6.
    "[fe80::1]:{}",
    "[fec0::1]:{}",
    "[fc00::1]:{}",
    "[fd12:3456::1]:{}",
    "[ff02::1]:{}",
    "[2001:db8::1]:{}",
    "[3fff::1]:{}",
    "[5f00::1]:{}",
    "[100::1]:{}",
    "[2001:10::1]:{}",
    "[2001:20::1]:{}",
    "[2001:2::1]:{}",
    "[2620:4f:8000::1]:{}",
    "[4000::1]:{}",
    // What else is special in IPv4.
    "10.0.0.1:{}",
    "10.255.255.255:{}",
    "100.64.0.1:{}",
    "100.127.255.255:{}",
    "169.254.169.254:{}",
    "0xa9fea9fe:{}",
    "2852039166:{}",
    "0251.0376.0251.0376:{}",
    "172.16.0.1:{}",
    "172.31.255.255:{}",
    "192.0.0.1:{}",
    "192.0.0.192:{}",
    "192.0.2.1:{}",
    "192.88.99.1:{}",
    "192.168.0.1:{}",
    "192.31.196.1:{}",
    "192.52.193.1:{}",
    "192.175.48.1:{}",
    "198.18.0.1:{}",
    "198.19.255.255:{}",
    "198.51.100.1:{}",
    "203.0.113.1:{}",
    "224.0.0.1:{}",
    "239.255.255.255:{}",
    "240.0.0.1:{}",
    "255.255.255.255:{}",
    "168.63.129.16:{}",
];

/// Addresses that are wrong as a whole.
const WHOLE: [&str; 16] = [
    "https://user@127.0.0.1:{}/",
    "https://93.184.215.14@127.0.0.1:{}/",
    "https://:secret@93.184.215.14/",
    "https://127.0.0.1:{}#@93.184.215.14/",
    "https://93.184.215.14#127.0.0.1:{}",
    "https://127.0.0.1:{}\\@93.184.215.14/",
    "https:127.0.0.1:{}/",
    "https:///127.0.0.1:{}/",
    "https:\\\\127.0.0.1:{}/",
    " \thttps://127.0.0.1:{}/",
    "https://127.0.0.\n1:{}/",
    "ftp://127.0.0.1:{}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{}/",
    "//127.0.0.1:{}/",
    "https://93.184.215.14:0/",
];

fn resolver(
    leads: impl Fn(&str, u16) -> std::io::Result<Vec<String>> + Send + Sync + 'static,
) -> Resolve {
    Arc::new(
        move |name: String, port: u16| -> BoxFuture<'static, std::io::Result<Vec<SocketAddr>>> {
            let found = leads(&name, port);
            let read = |address: &String| address.parse().expect("an address");
            Box::pin(async move { found.map(|found| found.iter().map(read).collect()) })
        },
    )
}

/// A name server of somebody who means no good.
fn wicked() -> Resolve {
    resolver(|name, port| {
        let all = |hosts: &[&str]| Ok(hosts.iter().map(|host| format!("{host}:{port}")).collect());
        match name.trim_end_matches('.') {
            "mixed.test" => all(&["93.184.215.14", "127.0.0.1"]),
            "mixed-again.test" => all(&["127.0.0.1", "93.184.215.14"]),
            "mapped.test" => all(&["[::ffff:127.0.0.1]"]),
            "six.test" => all(&["[2600::1]", "[::1]"]),
            "nothing.test" => Ok(Vec::new()),
            "broken.test" => Err(std::io::Error::other("no such host")),
            "elsewhere.test" => Ok(vec!["93.184.215.14:1".to_owned()]),
            "many.test" => Ok((0..200).map(|last| format!("93.184.215.{last}:{port}")).collect()),
            "private.test" => all(&["10.0.0.1"]),
            "metadata.test" => all(&["169.254.169.254"]),
            _ => all(&["127.0.0.1"]),
        }
    })
}

async fn post(client: &Client, url: &str) -> Option<Sent> {
    let url = parse(url).ok()?;
    let now = test_clock().now();
    Some(client.post(&Connections::default(), &url, Vec::new(), Bytes::from("{}"), now).await)
}

#[tokio::test]
async fn no_form_of_a_forbidden_address_is_connected_to() {
    let trap = Receiver::begin().await;
    let client = Client::new(Vetting::resolving(Vec::new(), wicked()), Duration::from_secs(5));
    let port = trap.address.port().to_string();
    let schemes = ["https", "http"];
    let forms = schemes
        .iter()
        .flat_map(|scheme| FORMS.iter().map(move |form| format!("{scheme}://{form}/")));
    let mut tried = 0;
    for form in forms.chain(WHOLE.iter().map(|form| (*form).to_owned())) {
        let url = form.replace("{}", &port);
        // None is sent where it is no address at all.
        if let Some(sent) = post(&client, &url).await {
            assert_eq!(sent.outcome, WebhookOutcome::Forbidden, "{url}");
        }
        tried += 1;
    }
    assert!(tried >= 200, "{tried}");
    assert_eq!((trap.connections(), trap.got().len()), (0, 0));
    // The trap would have noticed.
    let open = Client::new(
        Vetting::new(vec!["127.0.0.0/8".parse().expect("a network")]),
        Duration::from_secs(5),
    );
    let sent = post(&open, &trap.url()).await.expect("an address");
    assert_eq!((sent.outcome, trap.connections()), (WebhookOutcome::Delivered, 1));
}

/// A name that leads to a good address when it is looked at, and to a bad one afterwards.
#[tokio::test]
async fn a_name_that_changes_is_connected_to_where_it_was_vetted() {
    let (trap, good) = (Receiver::begin().await, Receiver::at("127.0.0.2:0").await);
    let (asked, port) = (Arc::new(AtomicUsize::new(0)), good.address.port());
    let trap_port = trap.address.port();
    let count = asked.clone();
    let changing = resolver(move |_, asked_for| {
        let first = count.fetch_add(1, Ordering::SeqCst) % 2 == 0;
        let host = if first { "127.0.0.2" } else { "127.0.0.1" };
        Ok(vec![format!("{host}:{asked_for}")])
    });
    let allowed = vec!["127.0.0.2/32".parse().expect("an address")];
    let client = Client::new(Vetting::resolving(allowed, changing), Duration::from_secs(5));
    let sent = post(&client, &format!("http://rebinding.test:{port}/")).await.expect("an address");
    assert_eq!((sent.outcome, asked.load(Ordering::SeqCst)), (WebhookOutcome::Delivered, 1));
    // The next time it is looked up it is the trap, and nothing is sent.
    for port in [port, trap_port] {
        asked.store(1, Ordering::SeqCst);
        let sent =
            post(&client, &format!("http://rebinding.test:{port}/")).await.expect("an address");
        assert_eq!(sent.outcome, WebhookOutcome::Forbidden);
    }
    assert_eq!((good.got().len(), trap.connections()), (1, 0));
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let (trap, good) = (Receiver::begin().await, Receiver::at("127.0.0.2:0").await);
    let allowed = vec!["127.0.0.2/32".parse().expect("an address")];
    let client = Client::new(Vetting::new(allowed), Duration::from_secs(5));
    for status in [301, 302, 303, 307, 308] {
        let leads: &'static str = format!("location: {}\r\n", trap.url()).leak();
        good.next([Behaviour::Answer(status, leads)]);
        let sent = post(&client, &good.url()).await.expect("an address");
        assert_eq!((sent.outcome, sent.status), (WebhookOutcome::Redirected, Some(status)));
    }
    assert_eq!((good.got().len(), trap.connections()), (5, 0));
}
