//! The pages that the binary carries, asked for over the network as a browser does.

use jejaring::http::{desk, graphiql, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::events::{follow, next, show};
use crate::support::{Backend, TestApp, run};

both_dbs!(every_example_has_an_answer, a_past_batch_is_entered, the_history_of_a_country);

/// The tabs that GraphiQL opens with; `build/graphiql.rs` has the same list.
pub const EXAMPLES: [(&str, &str); 26] = [
    ("WhoAttended", include_str!("operations/q01_attended.graphql")),
    ("WhoSentNobody", include_str!("operations/q02_sent_nobody.graphql")),
    ("MembersOfToday", include_str!("operations/q03_members_of_today.graphql")),
    ("HowMany", include_str!("operations/q06_how_many.graphql")),
    ("OpenFindings", include_str!("operations/q07_open_findings.graphql")),
    ("AttendanceCube", include_str!("operations/cube.graphql")),
    ("Search", include_str!("operations/search.graphql")),
    ("CountryHistory", include_str!("operations/country_history.graphql")),
    ("InstitutionsOfBoth", include_str!("operations/q08_institutions_of_both.graphql")),
    ("Follow", include_str!("operations/follow.graphql")),
    ("PastBatch", include_str!("operations/past_batch.graphql")),
    ("WhatAReportStates", include_str!("operations/report_states.graphql")),
    ("LargestDelegations", include_str!("operations/g01_largest_delegation.graphql")),
    ("AtEveryBatch", include_str!("operations/g02_at_every_batch.graphql")),
    ("CameAndWent", include_str!("operations/g03_at_one_not_at_the_next.graphql")),
    ("TopTen", include_str!("operations/g04_top_ten.graphql")),
    ("FirstAndLastYear", include_str!("operations/g05_first_and_last_year.graphql")),
    ("NeverCame", include_str!("operations/g06_members_that_never_came.graphql")),
    ("HostsThatAreMembers", include_str!("operations/g07_hosts_that_are_members.graphql")),
    (
        "PartnersInSeveralCountries",
        include_str!("operations/g08_partners_in_several_countries.graphql"),
    ),
    ("PrintedNames", include_str!("operations/g09_printed_names.graphql")),
    ("PeopleAtSeveralBatches", include_str!("operations/g10_people_at_several_batches.graphql")),
    ("ManyPeopleNoSource", include_str!("operations/g11_many_people_no_source.graphql")),
    ("MedianHeads", include_str!("operations/g12_median_heads.graphql")),
    ("PublishedAndCounted", include_str!("operations/g13_published_and_counted.graphql")),
    ("DonorTable", include_str!("operations/g14_donor_table.graphql")),
];

/// None where the program was built without GraphiQL.
fn page() -> Option<String> {
    let page = graphiql::paths().next();
    let left_out = !cfg!(feature = "graphiql")
        || std::env::var("JEJARING_SKIP_WEB").is_ok_and(|value| value == "1");
    assert!(page.is_some() || left_out, "GraphiQL is not in the program");
    page
}

/// The files of the desk; none where the program was built without it.
fn files_of_the_desk() -> Vec<String> {
    let paths: Vec<String> = desk::paths().collect();
    let left_out = !cfg!(feature = "desk")
        || std::env::var("JEJARING_SKIP_WEB").is_ok_and(|value| value == "1");
    assert!(!paths.is_empty() || left_out, "the desk is not in the program");
    paths
}

/// A server on a port of its own, as long as `ask` asks.
async fn with_server(ask: impl AsyncFnOnce(Site)) {
    run(Backend::Sqlite, async |app: TestApp| {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let site = Site(listener.local_addr().expect("an address").to_string());
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(serve(listener, app.state(), async {
            let _ = stopped.await;
        }));
        ask(site).await;
        let _ = stop.send(());
        server.await.expect("the server ends").expect("it served");
    })
    .await;
}

struct Site(String);

struct Page {
    status: u16,
    head: String,
    body: String,
}

impl Site {
    async fn get(&self, path: &str, header: &str) -> Page {
        let mut stream = TcpStream::connect(&self.0).await.expect("the server listens");
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{header}\r\n", self.0);
        stream.write_all(request.as_bytes()).await.expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("it answers");
        let answer = String::from_utf8(answer).expect("all pages are text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status =
            head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Page { status, head: head.to_owned(), body: body.to_owned() }
    }
}

impl Page {
    fn header(&self, name: &str) -> &str {
        let mut fields = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        fields
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .unwrap_or_default()
    }
}

async fn every_example_has_an_answer(app: TestApp) {
    for (name, operation) in EXAMPLES {
        assert!(operation.starts_with("# "), "{name} begins with a comment that says what it asks");
        if operation.contains(&format!("\nmutation {name} {{")) {
            // It is carried out below.
            continue;
        }
        if name == "Follow" {
            assert!(
                operation.contains("\nsubscription Follow {"),
                "{name} is the title of its tab"
            );
            let item = next(&mut follow(&app.app, operation).await).await;
            let shown = show(&app.app, operation, item).await;
            assert!(shown["data"]["events"]["cursor"].is_string(), "{shown}");
            continue;
        }
        let begins = [format!("\nquery {name} {{"), format!("\nquery {name}(")];
        assert!(
            begins.iter().any(|begin| operation.contains(begin)),
            "{name} is the title of its tab"
        );
        let answer = app.ask(operation).await;
        assert!(answer.errors.is_empty() && !answer.data.is_null(), "{name}: {answer}");
    }
}

/// The examples that write, with ids of the register in place of what they say.
async fn a_past_batch_is_entered(app: TestApp) {
    let officer = app.officer("bbspjikb").await;
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let with = |operation: &str, field: &str, id: &str| {
        let (before, rest) = operation.split_once(&format!("{field}: ")).expect("the field");
        let (_, rest) = rest.split_once('\n').expect("it ends with its line");
        format!("{before}{field}: {id:?}\n{rest}")
    };
    let past = with(EXAMPLES[10].1, "programmeId", &programme);
    let past = app.ask_as(&officer, &past).await;
    assert_eq!(past.refusals("recordPastBatch"), Vec::<String>::new(), "{past}");
    assert_eq!(past.text("/recordPastBatch/batch/status"), "CLOSED");
    let states = with(EXAMPLES[11].1, "batchId", past.text("/recordPastBatch/batch/id"));
    let filed = app.ask_as(&officer, &states).await;
    assert_eq!(filed.refusals("fileClaims"), Vec::<String>::new(), "{filed}");
    assert_eq!(filed.at("/fileClaims/claims").as_array().map(Vec::len), Some(9), "{filed}");
}

async fn the_history_of_a_country(app: TestApp) {
    insta::assert_snapshot!("country_history", app.ask(EXAMPLES[7].1).await);
}

#[tokio::test]
async fn the_start_is_the_page_of_the_site() {
    let page = page();
    with_server(async |site| {
        let start = site.get("/", "Accept: text/html\r\n").await;
        assert_eq!((start.status, start.header("content-language")), (200, "en"));
        let slash = site.get("/graphiql/", "").await;
        assert_eq!(slash.status, if page.is_some() { 308 } else { 404 });
    })
    .await;
}

#[tokio::test]
async fn every_file_is_served_with_its_type_and_guards() {
    let Some(first) = page() else { return };
    with_server(async |site| {
        for path in graphiql::paths() {
            let page = site.get(&path, "").await;
            assert_eq!(page.status, 200, "{path}");
            let ending =
                if path == first { "html" } else { path.rsplit('.').next().unwrap_or_default() };
            let media_type = match ending {
                "html" => "text/html; charset=utf-8",
                "js" => "text/javascript; charset=utf-8",
                "css" => "text/css; charset=utf-8",
                "svg" => "image/svg+xml",
                "txt" => "text/plain; charset=utf-8",
                other => panic!("{path} ends with {other}"),
            };
            assert_eq!(page.header("content-type"), media_type, "{path}");
            assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(page.header("referrer-policy"), "no-referrer", "{path}");
            let forever = "public, max-age=31536000, immutable";
            assert_eq!(
                page.header("cache-control"),
                if path == first { "no-cache" } else { forever },
                "{path}"
            );
            let policy = page.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{policy}");
            assert!(
                policy.contains("connect-src 'self'; ")
                    && policy.contains("frame-ancestors 'none'"),
                "{policy}"
            );
            assert!(
                !policy.contains("unsafe-eval") && !policy.contains("://") && !policy.contains('*'),
                "{policy}"
            );

            let etag = page.header("etag");
            assert!(etag.len() > 2 && etag.starts_with("W/\""), "{path}: {etag}");
            let again = site.get(&path, &format!("If-None-Match: \"other\", {etag}\r\n")).await;
            assert_eq!(
                (again.status, again.header("etag"), again.body.as_str()),
                (304, etag, ""),
                "{path}"
            );
            assert_eq!(site.get(&path, "If-None-Match: \"other\"\r\n").await.status, 200, "{path}");
        }
        assert_eq!(site.get("/graphiql/none.js", "").await.status, 404);
    })
    .await;
}

/// What the libraries have of addresses are names and links to read; nothing that a browser fetches
/// by itself.
#[tokio::test]
async fn nothing_refers_to_another_host() {
    let Some(first) = page() else { return };
    with_server(async |site| {
        for path in graphiql::paths() {
            let text = site.get(&path, "").await.body;
            let foreign: &[&str] = match path.rsplit('.').next() {
                _ if path == first || path.contains("/boot.") || path.contains("/page.") => {
                    &["//", "@import", "{{"]
                }
                Some("css") => &["url(http", "url(\"http", "url('http", "url(//", "@import"],
                Some("js") => &["sourceMappingURL", "importScripts", "src=\"http"],
                _ => &[],
            };
            // A comment of a script begins as an address without a scheme does.
            let text: String =
                text.lines().filter(|line| !line.trim_start().starts_with("// ")).collect();
            for foreign in foreign {
                assert!(!text.contains(foreign), "{path} has {foreign}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_page_names_every_file_and_the_examples_are_those_that_are_tested() {
    let Some(first) = page() else { return };
    with_server(async |site| {
        let page = site.get(&first, "").await.body;
        for path in graphiql::paths().skip(1) {
            assert!(page.contains(&format!("\"{}\"", path.trim_start_matches('/'))), "{path}");
        }
        let path =
            graphiql::paths().find(|path| path.contains("/examples.")).expect("the examples");
        let script = site.get(&path, "").await.body;
        let written = EXAMPLES
            .map(|(_, operation)| serde_json::to_string(operation).expect("a text is JSON"));
        assert_eq!(
            script,
            format!("'use strict';\n\nconst EXAMPLES = [\n  {},\n];\n", written.join(",\n  "))
        );
    })
    .await;
}

#[tokio::test]
async fn every_view_of_the_desk_is_the_same_page_and_its_files_are_kept_for_good() {
    let paths = files_of_the_desk();
    let Some(first) = paths.first() else { return };
    with_server(async |site| {
        let page = site.get(first, "").await;
        assert_eq!((first.as_str(), page.status), ("/desk", 200));
        for view in ["/desk/", "/desk/batches/jewellery-2023/delegations"] {
            let same = site.get(view, "").await;
            assert_eq!((same.status, &same.body), (200, &page.body), "{view}");
        }
        for path in &paths {
            let file = site.get(path, "").await;
            assert_eq!(file.status, 200, "{path}");
            let hashed = path.starts_with("/desk/assets/");
            let cache = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
            assert_eq!(file.header("cache-control"), cache, "{path}");
            let policy = file.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{policy}");
            assert!(
                !policy.contains("unsafe") && !policy.contains("://") && !policy.contains('*'),
                "{policy}"
            );
            assert!(!hashed || page.body.contains(path), "the page does not name {path}");
            let known = format!("If-None-Match: {}\r\n", file.header("etag"));
            assert_eq!(site.get(path, &known).await.status, 304, "{path}");
        }
        assert_eq!(site.get("/desk/assets/none.js", "").await.status, 404);
        assert!(!page.body.contains("<style") && !page.body.contains("style="), "{}", page.body);
    })
    .await;
}
