//! Where addresses lead: in which language, to what was merged, and beneath which path.

use axum::http::StatusCode;
use entity::vocabulary::GrantRole;

use super::{get, text};
use crate::intents::{draft, mutation, owner};
use crate::support::TestApp;

both_dbs!(
    the_language_is_that_of_the_address_or_of_the_reader,
    what_is_void_or_merged_leads_on,
    addresses_begin_with_the_path_of_the_register,
);

async fn the_language_is_that_of_the_address_or_of_the_reader(app: TestApp) {
    let state = app.state();
    for (path, accepted, language) in [
        ("/", "id, en;q=0.5", "id"),
        ("/", "en-GB, id;q=0.5", "en"),
        ("/", "km", "en"),
        ("/countries/KH", "id-ID", "id"),
        ("/batches/jewellery-2023", "id", "id"),
        ("/en/countries/KH", "id", "en"),
        ("/id", "en", "id"),
    ] {
        let headers = [("accept", "text/html"), ("accept-language", accepted)];
        let got = get(&state, path, &headers).await;
        assert_eq!((got.status, got.header("content-language")), (StatusCode::OK, language));
        let varies = got.header("vary").contains("accept-language");
        let negotiated = !path.starts_with("/en") && !path.starts_with("/id");
        assert_eq!(varies, negotiated, "{path}");
        assert!(text(&got).contains(&format!("<html lang=\"{language}\">")), "{path}");
    }
    let indonesian = text(&get(&state, "/id/countries/KH", &[]).await);
    assert!(indonesian.contains("<h1>Kamboja</h1>"), "the common name of the language");
    assert!(indonesian.contains("hreflang=\"en\" href=\"http://127.0.0.1:8080/en/countries/KH\""));
}

async fn what_is_void_or_merged_leads_on(app: TestApp) {
    let (state, officer) = (app.state(), owner(&app).await);
    let batch = draft(&app, &officer, "by-mistake", r#", startsOn: "2026-07-01""#).await;
    let at = "/en/batches/by-mistake";
    assert_eq!(get(&state, at, &[]).await.status, StatusCode::NOT_FOUND, "a draft is not public");
    app.ask_as(&officer, &mutation("announceBatch", &format!("batchId: {batch:?}"), "cursor"))
        .await;
    assert_eq!(get(&state, at, &[]).await.status, StatusCode::OK);
    let input = format!("recordId: {batch:?}, reason: \"Entered twice.\"");
    app.ask_as(&officer, &mutation("voidRecord", &input, "cursor")).await;
    let gone = get(&state, "/id/batches/by-mistake", &[]).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert!(text(&gone).contains("tidak berlaku sejak 1 Juni 2026"), "{}", text(&gone));

    let curator = app.staff(GrantRole::Curator).await;
    let (one, other) = (
        app.id_of(&curator, "institution", "asipa").await,
        app.id_of(&curator, "institution", "phri").await,
    );
    let input = format!("institutionId: {one:?}, intoId: {other:?}");
    let merged = app.ask_as(&curator, &mutation("mergeInstitutions", &input, "cursor")).await;
    assert_eq!(merged.refusals("mergeInstitutions"), Vec::<String>::new());
    let led = get(&state, "/id/institutions/asipa", &[]).await;
    assert_eq!(led.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(led.header("location"), "/id/institutions/phri");
    // For good only where everybody is led to the same place.
    let chosen = get(&state, "/institutions/asipa", &[("accept-language", "id")]).await;
    assert_eq!(chosen.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(chosen.header("location"), "/id/institutions/phri");
    for (got, vary) in [(led, "accept-encoding"), (chosen, "accept-encoding, accept-language")] {
        assert_eq!(got.header("vary"), vary);
        assert_eq!(got.header("cache-control"), "public, no-cache");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert!(got.header("content-security-policy").starts_with("default-src 'none'"));
    }
}

async fn addresses_begin_with_the_path_of_the_register(app: TestApp) {
    let state = app.state_with("public_url = \"https://register.example/sub/\"");
    let html = text(&get(&state, "/en/batches/jewellery-2023", &[]).await);
    for expected in [
        "<link rel=\"canonical\" href=\"https://register.example/sub/en/batches/jewellery-2023\">",
        "href=\"/sub/en/countries/KH\"",
        "href=\"/sub/site/style.",
        "action=\"/sub/en/search\"",
        "href=\"/sub/id/batches/jewellery-2023\"",
    ] {
        assert!(html.contains(expected), "{expected} in {html}");
    }
    assert!(!html.contains("href=\"/en") && !html.contains("href=\"/site"), "{html}");
    let style = html.split("href=\"/sub").find(|part| part.starts_with("/site/style."));
    let style = style.and_then(|part| part.split('"').next()).expect("a stylesheet");
    let got = get(&state, style, &[]).await;
    assert_eq!(got.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(got.header("cache-control"), "public, max-age=31536000, immutable");
}
