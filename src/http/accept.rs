//! What a client would like: languages and media types, dearest first (RFC 9110, 12.4 and 12.5).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::exchange::table::TableFormat;
use crate::graphql::language::Languages;

/// The media types of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: the status tells whether the request was executed.
    GraphQlResponse,
    /// `application/json`: the status is 200 for every well-formed request.
    Json,
    /// The one list of a query, as a table.
    Table(TableFormat),
    /// The lists of a query, each as the sheet of a workbook.
    Workbook,
}

/// What is offered; of two that a client likes alike, the one that stands first.
const OFFERED: [(Media, &str); 5] = [
    (Media::GraphQlResponse, "application/graphql-response+json"),
    (Media::Json, "application/json"),
    (Media::Table(TableFormat::Csv), "text/csv"),
    (Media::Table(TableFormat::Ndjson), "application/x-ndjson"),
    (Media::Workbook, XLSX),
];

/// The media type of workbooks (ECMA-376).
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl Media {
    /// As in the `Content-Type` of an answer in JSON. What is wrong with a request for a table is
    /// told as GraphQL tells it.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::GraphQlResponse | Self::Table(_) | Self::Workbook => {
                "application/graphql-response+json; charset=utf-8"
            }
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// The items of such a header that are read at most.
const MOST_ITEMS: usize = 32;

/// The items of a header with their weights in thousandths; an item whose weight cannot be read is
/// left out.
fn weighted(headers: &HeaderMap, name: &HeaderName) -> Vec<(String, u16)> {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    let weigh = |part: &str| {
        let (item, parameters) = part.split_once(';').unwrap_or((part, ""));
        let weight = parameters.split(';').find_map(|parameter| {
            let (key, value) = parameter.split_once('=')?;
            key.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse::<f32>().ok())
        });
        let weight = weight.unwrap_or(Some(1.0)).filter(|weight| (0.0..=1.0).contains(weight))?;
        let item = item.trim();
        (!item.is_empty()).then(|| (item.to_owned(), (weight * 1000.0).round() as u16))
    };
    let mut items: Vec<(String, u16)> =
        lines.flat_map(|line| line.split(',')).take(MOST_ITEMS).filter_map(weigh).collect();
    items.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    items
}

/// The languages of `Accept-Language`; those of weight 0 left out.
pub fn languages(headers: &HeaderMap) -> Languages {
    let wanted = weighted(headers, &header::ACCEPT_LANGUAGE);
    let wanted = wanted.iter().filter(|(tag, weight)| *weight > 0 && tag != "*");
    Languages::preferring(wanted.map(|(tag, _)| tag.as_str()))
}

/// The media type to answer in; none where the client takes no JSON. Without `Accept`, and for
/// `*/*`, it is `application/json`, as older clients expect; a client that names both is a newer
/// one.
pub fn media(headers: &HeaderMap) -> Option<Media> {
    let ranges = weighted(headers, &header::ACCEPT);
    if ranges.is_empty() && headers.get_all(header::ACCEPT).iter().all(HeaderValue::is_empty) {
        return Some(Media::Json);
    }
    let liking = |(place, (media, name)): (usize, (Media, &str))| {
        let (family, _) = name.split_once('/')?;
        // The narrowest range that holds the type decides; 0 forbids it.
        let width = |range: &str| match range.to_ascii_lowercase() {
            range if range == name => Some(2),
            range if range.strip_suffix("/*") == Some(family) => Some(1),
            range if range == "*/*" => Some(0),
            _ => None,
        };
        let narrowest =
            ranges.iter().filter_map(|(range, weight)| Some((width(range)?, *weight))).max();
        let (width, weight) = narrowest.filter(|(_, weight)| *weight > 0)?;
        let usual = width < 2 && media == Media::Json;
        Some(((weight, width, usual, std::cmp::Reverse(place)), media))
    };
    OFFERED
        .into_iter()
        .enumerate()
        .filter_map(liking)
        .max_by_key(|(liked, _)| *liked)
        .map(|(_, media)| media)
}

/// The forms of a page about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// For programs.
    JsonLd,
    /// For people, and for programs that read nothing else.
    Html,
}

/// The form of a page that the client likes best; JSON-LD where it does not say, none where it
/// takes neither.
pub fn page(headers: &HeaderMap) -> Option<Page> {
    let ranges = weighted(headers, &header::ACCEPT);
    if ranges.is_empty() {
        return Some(Page::JsonLd);
    }
    let offered = [
        (Page::Html, ["text/html", "application/xhtml+xml", "text/*"].as_slice()),
        (Page::JsonLd, ["application/ld+json", "application/json", "application/*"].as_slice()),
    ];
    let liking = |(page, names): (Page, &[&str])| {
        let by_name =
            ranges.iter().filter(|(range, _)| names.contains(&range.to_ascii_lowercase().as_str()));
        let weight = by_name.map(|(_, weight)| *weight).max();
        let weight = weight.or_else(|| {
            ranges.iter().find(|(range, _)| range == "*/*").map(|(_, weight)| *weight)
        })?;
        (weight > 0).then_some((weight, page))
    };
    // Of two that are liked alike the latter: programs seldom say what they would like, people's
    // browsers do.
    offered.into_iter().filter_map(liking).max_by_key(|(weight, _)| *weight).map(|(_, page)| page)
}

/// Whether the client takes a stream of events, and says so by name.
pub fn takes_stream(headers: &HeaderMap) -> bool {
    weighted(headers, &header::ACCEPT)
        .iter()
        .any(|(range, weight)| *weight > 0 && range.eq_ignore_ascii_case("text/event-stream"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn languages_come_in_the_order_of_their_weight() {
        let chosen = |accepted: &str, tags: &[&'static str]| {
            let tags = tags.iter().map(|tag| (*tag, *tag));
            languages(&headers(header::ACCEPT_LANGUAGE, accepted)).choose(tags)
        };
        assert_eq!(chosen("id;q=0.5, fr-CH, *;q=0.1, en;q=0", &["en", "id", "fr"]), Some("fr"));
        assert_eq!(chosen("id;q=0.5, de", &["en", "id", "fr"]), Some("id"));
        assert_eq!(chosen("rubbish;q=x,,", &["fr", "en"]), Some("en"));
        assert_eq!(chosen(&"xx,".repeat(10_000), &["fr", "en"]), Some("en"));
    }

    #[test]
    fn a_page_has_the_form_that_the_client_likes() {
        let accepted = |value| page(&headers(header::ACCEPT, value));
        assert_eq!(page(&HeaderMap::new()), Some(Page::JsonLd));
        assert_eq!(accepted("*/*"), Some(Page::JsonLd));
        assert_eq!(accepted("application/ld+json"), Some(Page::JsonLd));
        assert_eq!(
            accepted("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            Some(Page::Html)
        );
        assert_eq!(accepted("text/html;q=0.5, application/ld+json"), Some(Page::JsonLd));
        assert_eq!(accepted("image/png"), None);
        assert_eq!(accepted("text/html;q=0"), None);
    }

    #[test]
    fn the_dearest_media_type_is_answered_in() {
        let accepted = |value| media(&headers(header::ACCEPT, value));
        assert_eq!(media(&HeaderMap::new()), Some(Media::Json));
        assert_eq!(accepted(""), Some(Media::Json));
        assert_eq!(accepted("*/*"), Some(Media::Json));
        assert_eq!(accepted("application/*;q=0.2"), Some(Media::Json));
        assert_eq!(accepted("application/json"), Some(Media::Json));
        assert_eq!(accepted("application/graphql-response+json"), Some(Media::GraphQlResponse));
        assert_eq!(
            accepted("application/json, application/graphql-response+json"),
            Some(Media::GraphQlResponse)
        );
        assert_eq!(
            accepted("application/graphql-response+json;q=0.9, application/json"),
            Some(Media::Json)
        );
        assert_eq!(
            accepted("Application/GraphQL-Response+JSON; charset=utf-8, */*;q=0.1"),
            Some(Media::GraphQlResponse)
        );
        assert_eq!(accepted("application/json;q=0, */*"), Some(Media::GraphQlResponse));
        assert_eq!(accepted("text/csv"), Some(Media::Table(TableFormat::Csv)));
        assert_eq!(
            accepted("application/x-ndjson, application/json;q=0.5"),
            Some(Media::Table(TableFormat::Ndjson))
        );
        assert_eq!(accepted("text/html"), None);
        assert_eq!(accepted("application/json;q=0"), None);
    }
}
