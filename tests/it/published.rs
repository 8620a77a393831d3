//! Batches as other programs read them: calendars, feeds, JSON-LD, the sitemap. The public readers
//! of these forms look at the same documents in `tests/recipes`.

use axum::body::Body;
use axum::http::StatusCode;
use jejaring::http::HttpState;
use serde_json::Value;

use crate::http::{Got, request, send};
use crate::intents::{draft, mutation, owner};
use crate::support::TestApp;

both_dbs!(
    a_calendar_has_the_batches_whose_first_day_is_known,
    a_change_is_a_later_version_in_the_calendar,
    a_feed_has_the_newest_change_first,
    a_batch_has_a_page_in_the_form_that_is_asked_for,
    a_client_that_has_the_document_is_told_so,
    what_is_not_public_is_in_no_document,
    the_sitemap_names_every_page,
    objects_tell_where_they_can_be_subscribed_to,
);

async fn get(state: &HttpState, path: &str, headers: &[(&str, &str)]) -> Got {
    send(state, request("GET", path, headers, Body::empty())).await
}

async fn text(state: &HttpState, path: &str) -> String {
    let got = get(state, path, &[]).await;
    assert_eq!(got.status, StatusCode::OK, "{path}");
    String::from_utf8(got.body).expect("text")
}

/// The lines of the event of a batch, whole again.
fn event(calendar: &str, key: &str) -> Vec<String> {
    let whole = calendar.replace("\r\n ", "");
    let events = whole.split("BEGIN:VEVENT\r\n").skip(1);
    let event = events.into_iter().find(|event| event.contains(&format!("/batches/{key}\r\n")));
    event.unwrap_or_else(|| panic!("no {key} in {whole}")).lines().map(str::to_owned).collect()
}

fn has(event: &[String], line: &str) {
    assert!(event.iter().any(|one| one == line), "{line} in {event:#?}");
}

async fn a_calendar_has_the_batches_whose_first_day_is_known(app: TestApp) {
    let state = app.state();
    let got = get(&state, "/calendar/all.ics", &[]).await;
    assert_eq!(got.header("content-type"), "text/calendar; charset=utf-8");
    let all = String::from_utf8(got.body).expect("text");
    // Of the five batches of the reports, one has no known first day.
    let known = app
        .ask(
            "{ batches(filter: {startsOn: {isNull: false}}) { totalCount } unknown: \
             batches(filter: {startsOn: {isNull: true}}) { totalCount } }",
        )
        .await;
    let (known, unknown) =
        (known.at("/batches/totalCount").clone(), known.at("/unknown/totalCount").clone());
    assert_eq!(Value::from(all.matches("BEGIN:VEVENT").count()), known);
    assert!(all.contains(&format!("X-JEJARING-LEFT-OUT:{unknown}\r\n")), "{all}");
    let jewellery = event(&all, "jewellery-2023");
    for line in [
        "DTSTART;VALUE=DATE:20231120",
        "DTEND;VALUE=DATE:20231128",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
    ] {
        has(&jewellery, line);
    }
    assert!(all.split("\r\n").all(|line| line.len() <= 75));
    for (path, count) in [
        ("/calendar/countries/KH.ics", 1),
        ("/calendar/countries/BT.ics", 0),
        ("/calendar/topics/jewellery.ics", 1),
        ("/calendar/institutions/phri.ics", 1),
    ] {
        assert_eq!(text(&state, path).await.matches("BEGIN:VEVENT").count(), count, "{path}");
    }
    let owner = app
        .ask("{ batch(by: {key: \"jewellery-2023\"}) { owner { key } programme { key } } }")
        .await;
    for path in [
        format!("/calendar/institutions/{}.ics", owner.text("/batch/owner/key")),
        format!("/calendar/programmes/{}.ics", owner.text("/batch/programme/key")),
    ] {
        assert!(text(&state, &path).await.contains("/batches/jewellery-2023"), "{path}");
    }
    for nothing in [
        "/calendar/all",
        "/calendar/some.ics",
        "/calendar/countries/XX.ics",
        "/calendar/people/x.ics",
        "/feeds/all.ics",
    ] {
        assert_eq!(get(&state, nothing, &[]).await.status, StatusCode::NOT_FOUND, "{nothing}");
    }
}

async fn a_change_is_a_later_version_in_the_calendar(app: TestApp) {
    let (state, officer) = (app.state(), owner(&app).await);
    let title = r#", title: {text: "Silver; gold, and \"stones\"", language: "en"},
        startsOn: "2026-07-01""#;
    let batch = draft(&app, &officer, "silver", title).await;
    let say = async |name: &str, more: &str| {
        let input = format!("batchId: {batch:?}{more}");
        let said = app.ask_as(&officer, &mutation(name, &input, "batch { version }")).await;
        assert_eq!(said.refusals(name), Vec::<String>::new());
    };
    say("announceBatch", "").await;
    let first = event(&text(&state, "/calendar/all.ics").await, "silver");
    for line in ["DTSTART;VALUE=DATE:20260701", "STATUS:TENTATIVE", "SEQUENCE:1"] {
        has(&first, line);
    }
    has(&first, r#"SUMMARY;LANGUAGE=en:Silver\; gold\, and "stones""#);
    let uid = first.iter().find(|line| line.starts_with("UID:")).expect("a uid").clone();
    say("rescheduleBatch", ", startsOn: \"2026-07-06\", endsOn: \"2026-07-10\"").await;
    let moved = event(&text(&state, "/calendar/all.ics").await, "silver");
    for line in
        ["DTSTART;VALUE=DATE:20260706", "DTEND;VALUE=DATE:20260711", "SEQUENCE:2", uid.as_str()]
    {
        has(&moved, line);
    }
    let told = "{ events(from: BEGINNING, filter: {types: [BATCH_RESCHEDULED]}) { event { changes \
                { field from to } } } }";
    let told = app.ask(told).await.at("/events/0/event/changes").to_string();
    assert!(
        told.contains(r#"{"field":"startsOn","from":"2026-07-01","to":"2026-07-06"}"#),
        "{told}"
    );
    let json = get(&state, "/batches/silver", &[]).await.json();
    assert_eq!(json["eventStatus"], "https://schema.org/EventRescheduled");
    assert_eq!(
        (&json["previousStartDate"], &json["startDate"]),
        (&"2026-07-01".into(), &"2026-07-06".into())
    );
    say("cancelBatch", "").await;
    let cancelled = event(&text(&state, "/calendar/all.ics").await, "silver");
    for line in ["STATUS:CANCELLED", "SEQUENCE:3", uid.as_str()] {
        has(&cancelled, line);
    }
    has(&cancelled, r#"SUMMARY;LANGUAGE=en:CANCELLED: Silver\; gold\, and "stones""#);
    let json = get(&state, "/batches/silver", &[]).await.json();
    assert_eq!(json["eventStatus"], "https://schema.org/EventCancelled");
    assert!(json.get("previousStartDate").is_none());
}

async fn a_feed_has_the_newest_change_first(app: TestApp) {
    let (state, officer) = (app.state(), owner(&app).await);
    app.app.clock.set("2026-06-02T00:00:00Z".parse().expect("a moment"));
    let title = r#", title: {text: "R&D <b>", language: "en"}"#;
    let batch = draft(&app, &officer, "newest", title).await;
    app.ask_as(
        &officer,
        &mutation("announceBatch", &format!("batchId: {batch:?}"), "batch { id }"),
    )
    .await;
    let got = get(&state, "/feeds/all.atom", &[]).await;
    assert_eq!(got.header("content-type"), "application/atom+xml; charset=utf-8");
    let feed = String::from_utf8(got.body).expect("text");
    let first = feed.split("<entry>").nth(1).expect("an entry");
    assert!(first.contains("<title xml:lang=\"en\">R&amp;D &lt;b&gt;</title>"), "{first}");
    assert!(
        first.contains("<updated>2026-06-02T00:00:00Z</updated>")
            && first.contains("/batches/newest\""),
        "{first}"
    );
    assert!(feed.contains("<id>http://127.0.0.1:8080/feeds/all.atom</id>"));
    assert_eq!(text(&state, "/feeds/countries/BT.atom").await.matches("<entry>").count(), 1);
}

async fn a_batch_has_a_page_in_the_form_that_is_asked_for(app: TestApp) {
    let state = app.state();
    let page = "/batches/jewellery-2023";
    let json = get(&state, page, &[("accept", "application/ld+json")]).await;
    assert_eq!(json.header("content-type"), "application/ld+json");
    assert!(json.header("vary").contains("accept"));
    let about = json.json();
    assert_eq!(about["@type"], "CourseInstance");
    assert_eq!(about["@id"], "http://127.0.0.1:8080/batches/jewellery-2023");
    assert_eq!(
        (&about["startDate"], &about["endDate"]),
        (&"2023-11-20".into(), &"2023-11-27".into())
    );
    assert_eq!(about["eventStatus"], "https://schema.org/EventScheduled");
    assert_eq!(about["location"][0]["@type"], "Place");
    assert!(!about["organizer"][0]["name"].as_str().expect("a name").is_empty());
    let html = get(&state, page, &[("accept", "text/html,application/xhtml+xml,*/*;q=0.8")]).await;
    assert_eq!(html.header("content-type"), "text/html; charset=utf-8");
    assert!(html.header("content-security-policy").starts_with("default-src 'none'"));
    let text = String::from_utf8(html.body).expect("text");
    assert!(text.contains("<script type=\"application/ld+json\">{"), "{text}");
    assert_eq!(
        get(&state, page, &[("accept", "image/png")]).await.status,
        StatusCode::NOT_ACCEPTABLE
    );
    assert_eq!(get(&state, "/batches/nothing", &[]).await.status, StatusCode::NOT_FOUND);
}

async fn a_client_that_has_the_document_is_told_so(app: TestApp) {
    let (state, officer) = (app.state(), owner(&app).await);
    for path in ["/calendar/all.ics", "/feeds/all.atom", "/batches/jewellery-2023", "/sitemap.xml"]
    {
        let first = get(&state, path, &[]).await;
        let tag = first.header("etag").to_owned();
        assert!(
            tag.starts_with("W/\"") && first.header("cache-control") == "public, no-cache",
            "{path}"
        );
        let again = get(&state, path, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
    }
    let tag = get(&state, "/calendar/all.ics", &[]).await.header("etag").to_owned();
    let batch = draft(&app, &officer, "more", r#", startsOn: "2026-07-01""#).await;
    let same = get(&state, "/calendar/all.ics", &[("if-none-match", &tag)]).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED, "a draft changes nothing");
    app.ask_as(
        &officer,
        &mutation("announceBatch", &format!("batchId: {batch:?}"), "batch { id }"),
    )
    .await;
    assert_eq!(
        get(&state, "/calendar/all.ics", &[("if-none-match", &tag)]).await.status,
        StatusCode::OK
    );
}

async fn what_is_not_public_is_in_no_document(app: TestApp) {
    let (state, officer) = (app.state(), owner(&app).await);
    draft(
        &app,
        &officer,
        "canary",
        r#", title: {text: "CANARY", language: "en"}, startsOn: "2026-07-01""#,
    )
    .await;
    for path in ["/calendar/all.ics", "/feeds/all.atom", "/sitemaps/batches-1.xml", "/en/batches"] {
        assert!(!text(&state, path).await.to_lowercase().contains("canary"), "{path}");
    }
    assert_eq!(get(&state, "/batches/canary", &[]).await.status, StatusCode::NOT_FOUND);
}

async fn the_sitemap_names_every_page(app: TestApp) {
    let state = app.state_with("public_url = \"https://register.example/sub/\"");
    let index = text(&state, "/sitemap.xml").await;
    assert!(index.contains("<loc>https://register.example/sub/sitemaps/batches-1.xml</loc>"));
    assert!(text(&state, "/sitemaps/pages.xml").await.contains("/sub/id/countries</loc>"));
    assert_eq!(get(&state, "/sitemaps/batches-2.xml", &[]).await.status, StatusCode::NOT_FOUND);
    let map = text(&state, "/sitemaps/batches-1.xml").await;
    let batches = app.ask("{ batches(first: 100) { nodes { key } } }").await;
    for key in batches.texts("/batches/nodes", "/key") {
        assert!(
            map.contains(&format!("<loc>https://register.example/sub/en/batches/{key}</loc>")),
            "{key}"
        );
        assert_eq!(get(&state, &format!("/batches/{key}"), &[]).await.status, StatusCode::OK);
    }
    let pages = [
        ("batches", "batches", "key"),
        ("countries", "countries", "code"),
        ("programmes", "programmes", "key"),
        ("institutions", "institutions", "key"),
        ("groups", "regionalGroups", "key"),
        ("topics", "topics", "key"),
        ("sources", "sources", "key"),
    ];
    for (name, list, key) in pages {
        assert!(index.contains(&format!("/sub/sitemaps/{name}-1.xml</loc>")), "{name}");
        assert!(!index.contains(&format!("/sub/sitemaps/{name}-2.xml</loc>")), "{name}");
        let map = text(&state, &format!("/sitemaps/{name}-1.xml")).await;
        let known = format!("{{ {list}(last: 1) {{ totalCount nodes {{ {key} }} }} }}");
        let known = app.ask(&known).await;
        let count = known.at(&format!("/{list}/totalCount")).as_u64().expect("a number");
        assert_eq!(map.matches("<loc>").count() as u64, 2 * count, "{name}");
        assert_eq!(map.matches("<lastmod>").count() as u64, 2 * count, "{name}");
        let last = known.text(&format!("/{list}/nodes/0/{key}"));
        let at = format!("/id/{name}/{last}");
        assert!(map.contains(&format!("<loc>https://register.example/sub{at}</loc>")), "{at}");
        assert_eq!(get(&state, &at, &[]).await.status, StatusCode::OK, "{at}");
    }
    for nothing in ["batches-0", "batches-01x", "batches-99999999999999999999", "people-1", "-1"] {
        let at = format!("/sitemaps/{nothing}.xml");
        assert_eq!(get(&state, &at, &[]).await.status, StatusCode::NOT_FOUND, "{at}");
    }
    assert!(
        text(&state, "/robots.txt")
            .await
            .contains("Sitemap: https://register.example/sub/sitemap.xml")
    );
}

async fn objects_tell_where_they_can_be_subscribed_to(app: TestApp) {
    let answer = app
        .ask(
            "{ country(code: \"KH\") { webcal feed } batch(by: {key: \"jewellery-2023\"}) { page \
             owner { webcal feed } programme { webcal feed } } topic(by: {key: \"jewellery\"}) { \
             webcal feed } }",
        )
        .await;
    assert_eq!(answer.at("/country/webcal"), "webcal://127.0.0.1:8080/calendar/countries/KH.ics");
    let state = app.state();
    for from in ["/country", "/batch/owner", "/batch/programme", "/topic"] {
        for (what, scheme) in [("webcal", "webcal://"), ("feed", "http://")] {
            let address = answer.text(&format!("{from}/{what}"));
            let path = address
                .strip_prefix(scheme)
                .expect("an address")
                .trim_start_matches("127.0.0.1:8080");
            assert_eq!(get(&state, path, &[]).await.status, StatusCode::OK, "{address}");
        }
    }
    assert_eq!(answer.at("/batch/page"), "http://127.0.0.1:8080/batches/jewellery-2023");
}
