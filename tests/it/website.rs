//! The site: every page on both databases, in both languages; what officers write stays text; what
//! is wrong with an address is said.

mod addresses;
mod many;

use axum::body::Body;
use axum::http::StatusCode;
use jejaring::access::Actor;
use jejaring::graphql::language::Languages;
use jejaring::http::HttpState;
use jejaring::request::GraphQlParams;
use jejaring::website::page::{PAGES, Page};
use jejaring::website::{Asked, Carried, LANGUAGES, Website};
use serde_json::{Map, Value, json};

use crate::http::{Got, request, send};
use crate::support::TestApp;

both_dbs!(
    every_page_is_made_in_both_languages,
    a_page_takes_no_more_statements_than_are_stated,
    what_is_written_in_a_record_is_text_in_every_page,
    a_list_that_a_page_of_a_record_shows_in_part_leads_to_the_rest,
    what_is_wrong_is_said_in_the_language_of_the_reader,
    a_list_is_a_table_and_a_calendar_too,
    what_has_nothing_in_it_is_a_page_too,
    a_page_in_indonesian_has_no_finding_in_english,
);

async fn get(state: &HttpState, path: &str, headers: &[(&str, &str)]) -> Got {
    send(state, request("GET", path, headers, Body::empty())).await
}

fn text(got: &Got) -> String {
    String::from_utf8(got.body.clone()).expect("text")
}

/// A record of the reports for each page that is about one, and a list that is narrowed.
fn named(page: &Page) -> Option<&'static str> {
    Some(match page.name {
        "batch" => "jewellery-2023",
        "country" => "LA",
        "programme" => "jewellery",
        "institution" => "bbspjikb",
        "group" => "asean",
        "topic" => "jewellery",
        "source" => "antara-2023-jewellery",
        _ => return None,
    })
}

/// What a page is asked for besides, so that nothing of it is left out.
fn query(page: &Page) -> &'static str {
    match page.name {
        "batches" => "year=2023&country=KH&topic=jewellery&owner=bbspjikb&sort=people",
        "institutions" => "kind=GOVERNMENT&q=balai&parent=kemenperin",
        "programmes" => "owner=bbspjikb&parent=none&group=asean&topic=jewellery",
        "sources" => "publisher=antara",
        "institution" | "group" => "asOf=2023-11-20",
        "findings" => "state=all&severity=WARNING",
        "search" => "q=jewel",
        "attendance" => "rows=country&columns=batch&year=2023",
        _ => "",
    }
}

fn path(page: &Page) -> String {
    let place = page.path.find('{').unwrap_or(page.path.len());
    format!("{}{}", &page.path[..place], named(page).unwrap_or_default())
}

fn address(language: &str, page: &Page, query: &str) -> String {
    let path = path(page);
    let path = if path == "/" { "" } else { &path };
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    format!("/{language}{path}{query}")
}

async fn every_page_is_made_in_both_languages(app: TestApp) {
    let state = app.state();
    for page in PAGES {
        for query in ["", query(page)] {
            for language in LANGUAGES {
                let at = address(language, page, query);
                let got = get(&state, &at, &[("accept", "text/html")]).await;
                let html = text(&got);
                assert_eq!(got.status, StatusCode::OK, "{at}: {html}");
                assert!(html.contains(&format!("<html lang=\"{language}\">")), "{at}");
                assert_eq!(got.header("content-language"), language, "{at}");
                assert_eq!(html.matches("<h1").count(), 1, "{at}");
                assert!(html.contains("rel=\"canonical\"") && html.ends_with("</html>"), "{at}");
                assert!(!html.contains(">none<") && !html.contains("undefined"), "{at}: {html}");
                assert!(!html.contains("<style") && !html.contains(" style="), "{at}: {html}");
                let policy = got.header("content-security-policy");
                assert!(policy.starts_with("default-src 'none'; style-src 'self'; "), "{policy}");
                assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
                assert!(got.header("vary") == "accept-encoding", "{at}: {}", got.header("vary"));
                let tag = got.header("etag").to_owned();
                let again = get(&state, &at, &[("if-none-match", &tag)]).await;
                assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{at}");
            }
        }
    }
}

/// Of these, one tells where the log ends. A list takes a statement, and so do the counts beside
/// it: a page about a batch shows fifteen lists, some within others.
const STATEMENTS: &[(&str, u64)] = &[
    ("home", 13),
    ("batches", 17),
    ("batch", 37),
    ("countries", 7),
    ("country", 16),
    ("programmes", 4),
    ("programme", 19),
    ("institutions", 4),
    ("institution", 28),
    ("groups", 4),
    ("group", 16),
    ("topics", 4),
    ("topic", 12),
    ("sources", 5),
    ("source", 23),
    ("findings", 6),
    ("search", 13),
    ("attendance", 11),
    ("changes", 5),
    ("data", 6),
];

async fn a_page_takes_no_more_statements_than_are_stated(app: TestApp) {
    let state = app.state();
    let mut wrong = Vec::new();
    for page in PAGES {
        let at = address("en", page, query(page));
        let before = app.app.db.statements().count();
        let got = get(&state, &at, &[]).await;
        assert_eq!(got.status, StatusCode::OK, "{at}");
        let sent = app.app.db.statements().count() - before;
        let most = STATEMENTS.iter().find(|(name, _)| *name == page.name).map_or(0, |one| one.1);
        if sent > most {
            wrong.push(format!("{} sends {sent}, not {most}", page.name));
        }
        // What was answered before is answered again, for as long as nothing is written.
        let before = app.app.db.statements().count();
        get(&state, &at, &[]).await;
        let again = app.app.db.statements().count() - before;
        assert!(again <= page.asks().count() as u64, "{at} sends {again} once more");
    }
    assert_eq!(wrong, Vec::<String>::new());
}

const PAYLOADS: [&str; 5] = [
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "]]>--><svg onload=alert(1)>{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt;\u{202e}\u{0}\n",
];

/// The answer with `payload` in place of every text that it has; what it is that stands there is
/// left, and where it leads.
fn poisoned(value: &Value, payload: &str) -> Value {
    match value {
        Value::String(_) => payload.into(),
        Value::Array(list) => list.iter().map(|value| poisoned(value, payload)).collect(),
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| match name.as_str() {
                    "__typename" | "property" => (name.clone(), value.clone()),
                    _ => (name.clone(), poisoned(value, payload)),
                })
                .collect(),
        ),
        other => other.clone(),
    }
}

/// What makes the pages of a register, in which the files are called as they are not.
fn website(app: &TestApp) -> Website {
    let carried = Carried {
        style: "style.css",
        icon: "icon.svg",
        script: "changes.js",
        map: "map.svg",
        graphiql: true,
        desk: true,
    };
    Website::new(&app.app.site, carried)
}

/// The address of a page, read, and what its operations answer.
async fn answered(app: &TestApp, page: &'static Page) -> (Asked<'static>, Value) {
    let asked = Asked::read(page, "en", &path(page), named(page), query(page));
    let asked = asked.expect("a good address");
    let mut data = Map::new();
    for operation in page.asks() {
        let params = GraphQlParams {
            variables: asked.variables.as_object().cloned().unwrap_or_default(),
            ..GraphQlParams::new(operation)
        };
        let answer = app.app.answer(Actor::Anonymous, Languages::default(), &params).await;
        assert_eq!(answer.errors, [], "{}", page.name);
        let Value::Object(part) = answer.data.into_json().expect("JSON") else { panic!() };
        data.extend(part);
    }
    (asked, Value::Object(data))
}

async fn what_is_written_in_a_record_is_text_in_every_page(app: TestApp) {
    let (website, today) = (website(&app), app.app.clock.today());
    for page in PAGES {
        let (asked, data) = answered(&app, page).await;
        let plain = website.render(&asked, &data, today).expect("a page");
        for payload in PAYLOADS {
            let html = website.render(&asked, &poisoned(&data, payload), today).expect("a page");
            for mark in ["<script>alert", "<img src=x", "<svg onload", "49{%", "\u{0}"] {
                assert!(!html.contains(mark), "{} has {mark}", page.name);
            }
            let scripts = |html: &str| html.matches("<script").count();
            assert_eq!(scripts(&html), scripts(&plain), "{}: {payload}", page.name);
            assert_eq!(scripts(&html), html.matches("</script").count(), "{}", page.name);
        }
    }
}

async fn a_list_that_a_page_of_a_record_shows_in_part_leads_to_the_rest(app: TestApp) {
    let (website, today) = (website(&app), app.app.clock.today());
    for page in PAGES {
        let Some(field) = page.field() else { continue };
        let (asked, mut data) = answered(&app, page).await;
        let record = data[field].as_object_mut().expect("a record");
        let mut cut = 0;
        for (name, list) in record.iter_mut().filter(|(_, list)| list["nodes"].is_array()) {
            // A list that is turned page by page leads on by itself.
            let is_turned = list.get("pageInfo").is_some();
            assert!(is_turned || list.get("totalCount").is_some(), "{} {name}", page.name);
            if !is_turned && list["nodes"] != json!([]) {
                list["totalCount"] = 9_999.into();
                cut += 1;
            }
        }
        let html = website.render(&asked, &data, today).expect("a page");
        let told = html.matches(" of 9,999</a>").count();
        assert_eq!(told, cut, "{}: {html}", page.name);
    }
}

async fn what_is_wrong_is_said_in_the_language_of_the_reader(app: TestApp) {
    let state = app.state();
    let long = format!("/en/search?q={}", "x".repeat(5_000));
    let script = "%3Cscript%3Ealert(1)%3C/script%3E";
    for (at, status, said) in [
        ("/en/batches/nothing", 404, "There is nothing at this address"),
        ("/id/batches/nothing", 404, "Tidak ada apa-apa di alamat ini"),
        ("/id/countries/QQ", 404, "Tidak ada apa-apa"),
        ("/en/countries/no%20code", 404, "There is nothing"),
        ("/id/no/such/page", 404, "Tidak ada apa-apa"),
        ("/xx/batches", 404, "There is nothing"),
        ("/en/institutions/asean?asOf=2023-13-01", 400, "“2023-13-01” is no date"),
        ("/id/batches?year=besok", 400, "“besok” bukan tahun"),
        ("/en/batches?country=Kampuchea", 400, "is no code of a country"),
        ("/en/batches?status=LATE", 400, "is none of these: ANNOUNCED, CANCELLED"),
        ("/id/batches?after=nowhere", 400, "“nowhere”"),
        ("/en/attendance?rows=topic&columns=topic", 200, "<h2 id=\"matrix\">Topic</h2>"),
        (&long, 400, "has 5000 characters; at most 200"),
        (&format!("/en/batches?year={script}"), 400, "&lt;script&gt;"),
        (&format!("/en/batches?after={script}"), 400, "&lt;script&gt;"),
        (&format!("/en/batches/{script}"), 404, "There is nothing"),
        (&format!("/en/search?q={script}"), 200, "&lt;script&gt;"),
    ] {
        let got = get(&state, at, &[("accept", "text/html")]).await;
        let html = text(&got);
        assert_eq!(got.status.as_u16(), status, "{at}: {html}");
        assert!(html.contains(said), "{at} does not say {said}: {html}");
        assert!(!html.contains("<script>alert"), "{at} reflects: {html}");
        assert!(html.contains("action=\"/en/search\"") || html.contains("action=\"/id/search\""));
        assert!(!got.header("content-security-policy").is_empty(), "{at}");
    }
    let plain = get(&state, "/no/such/page", &[]).await;
    assert_eq!((plain.status, plain.body.len()), (StatusCode::NOT_FOUND, 0));
    let page = get(&state, "/batches/%ff", &[("accept", "text/html")]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(text(&page).contains("There is nothing at this address"), "{}", text(&page));
    for at in [
        "/batches/nope",
        "/batches/%ff",
        "/sitemaps/x.xml",
        "/sitemaps/%ff",
        "/calendar/%ff",
        "/calendar/countries/%ff",
        "/calendar/mine/%ff",
        "/feeds/%ff",
        "/feeds/%ff/all.atom",
    ] {
        let got = get(&state, at, &[]).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{at}");
        assert_eq!(text(&got), "there is nothing at this address\n", "{at}");
        assert_eq!(got.header("x-content-type-options"), "nosniff", "{at}");
        assert_eq!(got.header("cache-control"), "no-store", "{at}");
    }
}

async fn a_list_is_a_table_and_a_calendar_too(app: TestApp) {
    let state = app.state();
    let table = get(&state, "/en/batches.csv?year=2023&country=KH", &[]).await;
    assert!(table.header("content-type").starts_with("text/csv"), "{}", text(&table));
    let rows = text(&table);
    assert_eq!(rows.lines().count(), 2, "{rows}");
    assert!(rows.contains("jewellery-2023"), "{rows}");
    let calendar = get(&state, "/id/batches.ics?year=2023", &[]).await;
    assert!(calendar.header("content-type").starts_with("text/calendar"));
    assert_eq!(text(&calendar).matches("BEGIN:VEVENT").count(), 1);
    let all = get(&state, "/en/batches.csv", &[]).await;
    let known = app.ask("{ batches { totalCount } }").await;
    let known = known.at("/batches/totalCount").as_u64().expect("a number");
    assert_eq!(text(&all).lines().count() as u64, known + 1);
    let wrong = get(&state, "/id/batches.csv?year=besok", &[]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

async fn what_has_nothing_in_it_is_a_page_too(app: TestApp) {
    let state = app.state();
    for at in ["/en/countries/KI", "/id/batches?year=1901", "/en/search?q=zzzz", "/id/search"] {
        let got = get(&state, at, &[]).await;
        assert_eq!(got.status, StatusCode::OK, "{at}: {}", text(&got));
    }
}

async fn a_page_in_indonesian_has_no_finding_in_english(app: TestApp) {
    let state = app.state();
    let asked = "{ batch(by: {key: \"jewellery-2023\"}) { findings(first: 50) { nodes { \
                 message id: message(language: ID) } } } }";
    let answer = app.ask(asked).await;
    let at = "/batch/findings/nodes";
    let (english, indonesian) = (answer.texts(at, "/message"), answer.texts(at, "/id"));
    assert!(!english.is_empty());
    let page = async |language: &str| {
        let html = text(&get(&state, &format!("/{language}/batches/jewellery-2023"), &[]).await);
        html.replace("&#x27;", "'")
    };
    let (in_english, in_indonesian) = (page("en").await, page("id").await);
    for (english, indonesian) in english.iter().zip(&indonesian) {
        assert!(in_english.contains(*english) && !in_english.contains(*indonesian), "{english}");
        assert!(in_indonesian.contains(*indonesian), "{indonesian}");
        assert!(!in_indonesian.contains(*english), "{english}");
    }
    for words in [" persons", "at least ", "about 1", "open list", "closed list", "NOT_SENT"] {
        assert!(!in_indonesian.contains(words), "{words}");
    }
    assert!(!in_indonesian.contains("<span lang=\"en\">22"));
}
