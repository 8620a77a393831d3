//! Subscriptions as they travel: sockets and event streams, their limits, their end, and what is
//! shared between them. The public audits run beside these (`tests/conformance`).

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use entity::vocabulary::{GrantRole, TokenScope};
use futures::{SinkExt, StreamExt};
use jejaring::events::EventKind;
use jejaring::http::{HttpState, metrics_router, serve};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tower::ServiceExt;

use crate::events::happen;
use crate::http::{Got, request, send};
use crate::intents::mutation;
use crate::support::{TestApp, token_of};

both_dbs!(
    an_event_arrives_over_a_socket,
    a_place_is_told_where_a_stream_goes_on,
    a_stop_tells_each_stream_to_go_and_where_it_was,
    a_socket_takes_fifty_operations,
    pages_of_other_origins_open_no_sockets,
    a_mutation_of_the_protocol_is_closed_as_it_says,
    an_item_is_made_once_for_all_who_ask_alike,
    a_subscription_needs_a_stream,
    who_has_items_made_pays_for_them,
    a_socket_knows_who_has_opened_it,
    a_socket_of_a_revoked_token_is_closed,
);

/// A door on a port of its own.
pub struct Served {
    pub address: String,
    pub state: HttpState,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<std::io::Result<()>>,
}

pub async fn served(state: HttpState) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(serve(listener, state.clone(), async { drop(stopped.await) }));
    Served { address, state, stop: Some(stop), serving }
}

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Served {
    async fn connect(&self, headers: &[(&'static str, &str)]) -> Result<Socket, Error> {
        let mut request =
            format!("ws://{}/graphql", self.address).into_client_request().expect("a request");
        for (name, value) in
            [("sec-websocket-protocol", "graphql-transport-ws")].iter().chain(headers)
        {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        connect_async(request).await.map(|(socket, _)| Socket(socket))
    }

    async fn socket(&self) -> Socket {
        let mut socket = self.connect(&[]).await.expect("a socket");
        socket.say(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.hear().await, json!({ "type": "connection_ack" }));
        socket
    }
}

impl Socket {
    async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.expect("it is sent");
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({ "id": id, "type": "subscribe", "payload": { "query": query } })).await;
    }

    /// The next message; of the close, its code and reason.
    async fn hear(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(Duration::from_secs(20), self.0.next())
                .await
                .expect("something is heard");
            match message.expect("the socket is open").expect("a message") {
                Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                Message::Close(Some(frame)) => {
                    return json!([u16::from(frame.code), frame.reason.as_str()]);
                }
                _ => {}
            }
        }
    }
}

async fn stream(state: &HttpState, query: &str, headers: &[(&str, &str)]) -> Got {
    let headers: Vec<_> = [("content-type", "application/json"), ("accept", "text/event-stream")]
        .iter()
        .chain(headers)
        .copied()
        .collect();
    send(state, request("POST", "/graphql", &headers, json!({ "query": query }).to_string())).await
}

/// The events of a stream: name, id, data.
fn events(got: &Got) -> Vec<(String, String, Value)> {
    let text = String::from_utf8(got.body.clone()).expect("text");
    let blocks = text.split("\n\n").filter(|block| block.starts_with("event:"));
    let field = |block: &str, name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_default().to_owned()
    };
    blocks
        .map(|block| {
            let data = serde_json::from_str(&field(block, "data")).unwrap_or_default();
            (field(block, "event"), field(block, "id"), data)
        })
        .collect()
}

const ALL: &str = "subscription { events { after cursor event { name } } }";

async fn an_event_arrives_over_a_socket(app: TestApp) {
    let served = served(app.state()).await;
    let mut socket = served.socket().await;
    socket.subscribe("a", ALL).await;
    let first = socket.hear().await["payload"]["data"]["events"].clone();
    happen(&app.app, &[(EventKind::RegisterLoaded, true)]).await;
    let next = socket.hear().await;
    assert_eq!((&next["id"], &next["type"]), (&json!("a"), &json!("next")));
    let item = &next["payload"]["data"]["events"];
    assert_eq!(
        (&item["after"], &item["event"]["name"]),
        (&first["cursor"], &json!("register.loaded"))
    );
    socket.subscribe("b", "{ batch(by: {key: \"jewellery-2023\"}) { key } }").await;
    let data = json!({ "data": { "batch": { "key": "jewellery-2023" } } });
    assert_eq!(socket.hear().await, json!({ "id": "b", "type": "next", "payload": data }));
    assert_eq!(socket.hear().await, json!({ "id": "b", "type": "complete" }));
}

/// `EventSource` comes back with the last id that it was told.
async fn a_place_is_told_where_a_stream_goes_on(app: TestApp) {
    let state = app.state();
    let first = stream(&state, "subscription { events(first: 1) { cursor } }", &[]).await;
    assert_eq!(first.header("content-type"), "text/event-stream; charset=utf-8");
    let told = events(&first);
    assert_eq!(told.iter().map(|event| event.0.as_str()).collect::<Vec<_>>(), ["next", "complete"]);
    assert_eq!(told[0].2["data"]["events"]["cursor"], told[0].1);
    happen(&app.app, &[(EventKind::RegisterLoaded, true), (EventKind::SourceAdded, true)]).await;
    let query = "subscription { events(first: 2) { after event { type } } }";
    let resumed = events(&stream(&state, query, &[("last-event-id", &told[0].1)]).await);
    let types: Vec<&Value> =
        resumed.iter().take(2).map(|event| &event.2["data"]["events"]["event"]["type"]).collect();
    assert_eq!(types, ["REGISTER_LOADED", "SOURCE_ADDED"]);
    assert_eq!(resumed[0].2["data"]["events"]["after"], told[0].1);
    let lost = stream(&state, query, &[("last-event-id", "x")]).await;
    assert_eq!(
        (lost.status, lost.json()["errors"][0]["extensions"]["code"].clone()),
        (StatusCode::BAD_REQUEST, json!("BAD_USER_INPUT"))
    );
}

async fn a_stop_tells_each_stream_to_go_and_where_it_was(app: TestApp) {
    let mut served = served(app.state()).await;
    let mut socket = served.socket().await;
    socket.subscribe("a", ALL).await;
    let first = socket.hear().await["payload"]["data"]["events"]["cursor"].clone();
    let mut idle = served.socket().await;
    served.stop.take().expect("not stopped yet").send(()).expect("it is served");
    let last = socket.hear().await;
    assert_eq!(
        last["payload"]["data"]["events"],
        json!({ "after": first, "cursor": first, "event": null })
    );
    let cursor = first.as_str().expect("a cursor");
    assert_eq!(socket.hear().await, json!([1012, format!("the server restarts; after: {cursor}")]));
    assert_eq!(idle.hear().await, json!([1012, "the server restarts"]));
    drop((socket, idle));
    served.serving.await.expect("it ends").expect("well");
}

async fn a_socket_takes_fifty_operations(app: TestApp) {
    let served = served(app.state()).await;
    let mut socket = served.socket().await;
    for number in 0..51 {
        socket.subscribe(&number.to_string(), ALL).await;
    }
    let mut kinds = std::collections::BTreeMap::new();
    for _ in 0..51 {
        *kinds.entry(socket.hear().await["type"].to_string()).or_insert(0) += 1;
    }
    assert_eq!(kinds, [("\"error\"".to_owned(), 1), ("\"next\"".to_owned(), 50)].into());
    socket.say(json!({ "id": "0", "type": "complete" })).await;
    socket.subscribe("again", "{ __typename }").await;
    assert_eq!(socket.hear().await["payload"]["data"]["__typename"], "Query");
}

async fn pages_of_other_origins_open_no_sockets(app: TestApp) {
    let served = served(app.state_with("http.cors_origins = [\"https://portal.example\"]")).await;
    let status = |result: Result<Socket, Error>| match result {
        Ok(_) => 101,
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
    };
    let own = format!("http://{}", served.address);
    for (origin, expected) in
        [("https://portal.example", 101), (own.as_str(), 101), ("https://elsewhere.example", 403)]
    {
        assert_eq!(status(served.connect(&[("origin", origin)]).await), expected, "{origin}");
    }
    assert_eq!(status(served.connect(&[("sec-websocket-protocol", "graphql-ws")]).await), 400);
}

async fn a_mutation_of_the_protocol_is_closed_as_it_says(app: TestApp) {
    let served = served(app.state()).await;
    for (messages, code) in [
        (vec![json!({ "type": "connection_init" }), json!({ "type": "connection_init" })], 4429),
        (vec![json!({ "type": "subscribe", "id": "a", "payload": { "query": "{a}" } })], 4401),
        (vec![json!({ "type": "nothing" })], 4400),
        (vec![], 4408),
    ] {
        let mut socket = served.connect(&[]).await.expect("a socket");
        for message in &messages {
            socket.say(message.clone()).await;
        }
        let closed = loop {
            let heard = socket.hear().await;
            if heard.is_array() {
                break heard;
            }
        };
        assert_eq!(closed[0], code, "{messages:?}");
    }
    let mut socket = served.socket().await;
    socket.subscribe("a", ALL).await;
    socket.hear().await;
    socket.subscribe("a", ALL).await;
    assert_eq!(socket.hear().await[0], 4409);
}

async fn an_item_is_made_once_for_all_who_ask_alike(app: TestApp) {
    let served = served(app.state()).await;
    let mut sockets = Vec::new();
    for number in 0..20 {
        let mut socket = served.socket().await;
        // What the field's own arguments are does not matter to how an item looks.
        let query = "subscription S($beat: Int!) { events(heartbeatSeconds: $beat) { cursor event \
                     { countries { name } } } }";
        let payload = json!({ "query": query, "variables": { "beat": 60 + number } });
        socket.say(json!({ "id": "a", "type": "subscribe", "payload": payload })).await;
        socket.hear().await;
        sockets.push(socket);
    }
    happen(&app.app, &[(EventKind::RegisterLoaded, true)]).await;
    for socket in &mut sockets {
        assert_eq!(socket.hear().await["type"], "next");
    }
    let got = metrics_router(served.state.clone())
        .oneshot(request("GET", "/metrics", &[], Body::empty()))
        .await;
    let body =
        axum::body::to_bytes(got.expect("metrics").into_body(), usize::MAX).await.expect("a body");
    let text = String::from_utf8(body.to_vec()).expect("text");
    let figure = |name: &str| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or_else(|| panic!("{name} in {text}"));
        line.trim().parse::<f64>().expect("a number")
    };
    let made = figure("jejaring_items_total{of=\"made\"}");
    assert!(made <= 6.0, "{made} of 40 items were made");
    assert_eq!((figure("jejaring_streams_open "), figure("jejaring_log_gaps_total ")), (20.0, 0.0));
    assert_eq!(figure("jejaring_subscriptions_total{of=\"new\"}"), 20.0);
}

async fn a_subscription_needs_a_stream(app: TestApp) {
    let state = app.state();
    let body = json!({ "query": ALL }).to_string();
    let json = [("content-type", "application/json")];
    let got = send(&state, request("POST", "/graphql", &json, body)).await;
    assert_eq!(got.status, StatusCode::NOT_ACCEPTABLE);
    // urql names every media type for every operation: a query is answered at once.
    let all = [json[0], ("accept", "application/json, text/event-stream")];
    let got = send(
        &state,
        request("POST", "/graphql", &all, json!({ "query": "{ __typename }" }).to_string()),
    )
    .await;
    assert_eq!(got.header("content-type"), "application/json; charset=utf-8");
}

/// A reader whose budget is spent waits, and loses nothing.
async fn who_has_items_made_pays_for_them(app: TestApp) {
    let served =
        served(app.state_with("rate.anonymous_per_minute = 6000\nlimits.max_cost = 50")).await;
    let mut socket = served.socket().await;
    socket.subscribe("a", "subscription { events { cursor event { name subject { id } } } }").await;
    socket.hear().await;
    happen(&app.app, &[(EventKind::RegisterLoaded, true); 5]).await;
    let mut last = Value::Null;
    for _ in 0..5 {
        let next = socket.hear().await["payload"]["data"]["events"].clone();
        assert_ne!(next["cursor"], last);
        last = next["cursor"].clone();
    }
}

const VIEWER: &str = "{ viewer { key } }";

async fn a_socket_knows_who_has_opened_it(app: TestApp) {
    let (token, _) = token_of(&app, "Ana", &[], &[TokenScope::Read]).await;
    let bearer = format!("Bearer {token}");
    let served = served(app.state()).await;
    let mut by_payload = served.connect(&[]).await.expect("a socket");
    by_payload
        .say(json!({ "type": "connection_init", "payload": { "Authorization": bearer } }))
        .await;
    let mut by_header = served.connect(&[("authorization", &bearer)]).await.expect("a socket");
    by_header.say(json!({ "type": "connection_init" })).await;
    for socket in [&mut by_payload, &mut by_header] {
        assert_eq!(socket.hear().await["type"], "connection_ack");
        socket.subscribe("a", VIEWER).await;
        assert_eq!(socket.hear().await["payload"]["data"]["viewer"]["key"], "ana");
    }
    let stranger = &mut served.socket().await;
    stranger.subscribe("a", VIEWER).await;
    assert_eq!(stranger.hear().await["payload"]["data"]["viewer"], Value::Null);
    for wrong in [json!("Bearer jej_rubbish"), json!("Basic x"), json!(7)] {
        let mut socket = served.connect(&[]).await.expect("a socket");
        socket
            .say(json!({ "type": "connection_init", "payload": { "authorization": wrong } }))
            .await;
        let closed = socket.hear().await;
        assert_eq!(closed[0], 4403, "{closed}");
        assert!(!closed.to_string().contains("rubbish"), "{closed}");
    }
    let Err(Error::Http(refused)) =
        served.connect(&[("authorization", "Bearer jej_rubbish")]).await
    else {
        panic!("it is refused")
    };
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
}

async fn a_socket_of_a_revoked_token_is_closed(app: TestApp) {
    let (token, key) = token_of(&app, "Ana", &[], &[TokenScope::Read]).await;
    let served = served(app.state()).await;
    let mut socket =
        served.connect(&[("authorization", &format!("Bearer {token}"))]).await.expect("a socket");
    socket.say(json!({ "type": "connection_init" })).await;
    socket.hear().await;
    socket.subscribe("a", ALL).await;
    socket.hear().await;
    let administrator = app.staff(GrantRole::Administrator).await;
    let id = app.id_of(&administrator, "apiToken", &key).await;
    let revoke = mutation("revokeToken", &format!("tokenId: \"{id}\""), "token { id }");
    app.ask_as(&administrator, &revoke).await.text("/revokeToken/token/id");
    let ended = socket.hear().await;
    assert_eq!((&ended["id"], &ended["type"]), (&json!("a"), &json!("error")), "{ended}");
    let extensions = &ended["payload"][0]["extensions"];
    assert_eq!(extensions["code"], "UNAUTHENTICATED", "{ended}");
    assert!(extensions["cursor"].is_string(), "{ended}");
    socket.subscribe("b", VIEWER).await;
    assert_eq!(socket.hear().await[0], 4403);
}
