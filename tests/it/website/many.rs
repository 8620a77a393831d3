//! Pages of a register in which there is more than a page shows.

use axum::http::StatusCode;
use jejaring::website::LANGUAGES;
use jejaring::website::page::PAGES;

use super::{address, get, query, text};
use crate::network::{Size, fill};
use crate::support::{TestApp, writable};

both_dbs!(
    figures_are_whole_and_lists_say_how_much_more_there_is,
    new_pages_spend_what_they_cost_and_kept_ones_little,
);

/// A hundred groups and more for each country, and as many columns of a matrix. Programmes and
/// countries take turns, and have no divisor in common.
const SIZE: Size = Size { institutions: 200, programmes: 211, batches: 4_000 };

async fn figures_are_whole_and_lists_say_how_much_more_there_is(app: TestApp) {
    fill(&writable(&app).await, SIZE).await.expect("a network");
    let known = app
        .ask(
            "{ country(code: \"KH\") { delegations { totalCount statuses: groups(by: [\"status\"]) \
             { nodes { count values } } pairs: groups(by: [\"batch.programme\", \"status\"], \
             first: 1) { totalCount } programmes: groups(by: [\"batch.programme\"], first: 1) { \
             totalCount } } } }",
        )
        .await;
    let number =
        |path: &str| known.at(&format!("/country/delegations/{path}")).as_i64().expect("a number");
    assert!(number("pairs/totalCount") > 100, "{known}");
    let came = known.at("/country/delegations/statuses/nodes").as_array().expect("groups");
    let came = came.iter().filter(|group| group["values"][0] == "ATTENDED");
    let came: i64 = came.filter_map(|group| group["count"].as_i64()).sum();

    let state = app.state();
    let html = text(&get(&state, "/en/countries/KH", &[]).await);
    let figures = html.split("<dl class=\"figures\">").nth(1).expect("figures");
    let figures = figures.split("<dd>").skip(1).take(3);
    let figures: Vec<i64> = figures
        .map(|figure| figure.split('<').next().unwrap_or_default().replace(',', ""))
        .map(|figure| figure.parse().expect("a number"))
        .collect();
    assert_eq!(figures[0], came, "{figures:?}");
    assert_eq!(figures.iter().sum::<i64>(), number("totalCount"), "{figures:?}");
    let all = number("programmes/totalCount");
    assert!(html.contains(&format!(" of {all}</a></p>")), "it does not say that there are {all}");

    // Statuses of one country stand together, so that none of its numbers is cut off.
    let html = text(&get(&state, "/en/programmes/prog-1", &[]).await);
    let countries = "{ it: delegations(filter: {batch: {programme: {key: {eq: \"prog-1\"}}}, \
                     country: {isNull: false}}) { groups(by: [\"country\"], first: 1) { totalCount \
                     } } }";
    let all = app.ask(countries).await.at("/it/groups/totalCount").as_i64().expect("a number");
    let shown = html.split("id=\"who\"").nth(1).and_then(|part| part.split("</section>").next());
    let shown = shown.expect("who took part");
    let listed = shown.matches("<li><a").count() as i64;
    let said = format!("The first {listed} of {all}");
    assert_eq!(shown.contains(&said), listed < all, "{listed} of {all}: {shown}");

    let html = text(&get(&state, "/en/attendance?rows=country&columns=batch", &[]).await);
    let matrix = html.split("<table class=\"matrix\">").nth(1).expect("a matrix");
    let matrix = matrix.split("</table>").next().unwrap_or_default();
    assert!(matrix.matches("<th scope=\"col\">").count() > 60, "{matrix}");
    assert_eq!(matrix.matches("href=\"/en/batches/").count(), 100, "{matrix}");
}

async fn new_pages_spend_what_they_cost_and_kept_ones_little(app: TestApp) {
    let state = app.state_with("rate.anonymous_per_minute = 100_000");
    let at = |number: usize| format!("/en/attendance?year={}", 1900 + number);
    let mut refused = None;
    for number in 0..80 {
        let got = get(&state, &at(number), &[("accept", "text/html")]).await;
        if got.status != StatusCode::OK {
            refused = Some((number, got));
            break;
        }
    }
    let (number, got) = refused.expect("new pages are paid for");
    println!("{number} new pages");
    assert_eq!(got.status, StatusCode::TOO_MANY_REQUESTS, "{}", text(&got));
    assert!(!got.header("retry-after").is_empty());
    assert!(number > 3, "{number}");

    let state = app.state_with("rate.anonymous_per_minute = 100_000");
    for _ in 0..2 * number {
        assert_eq!(get(&state, &at(0), &[]).await.status, StatusCode::OK);
    }
    // Who reads the whole site in a minute, in both languages, does not meet the budget.
    let state = app.state_with("rate.anonymous_per_minute = 5_000_000");
    for page in PAGES {
        for language in LANGUAGES {
            for query in ["", query(page)] {
                let at = address(language, page, query);
                assert_eq!(get(&state, &at, &[]).await.status, StatusCode::OK, "{at}");
            }
        }
    }
}
