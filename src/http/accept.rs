//! What a client would like: languages and media types, dearest first (RFC 9110, 12.4 and 12.5).

use axum::http::{HeaderMap, HeaderName, header};

use crate::graphql::language::Languages;

/// The media types of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: the status tells whether the request was executed.
    GraphQlResponse,
    /// `application/json`: the status is 200 for every well-formed request.
    Json,
}

impl Media {
    /// As in `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::GraphQlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    fn name(self) -> &'static str {
        self.content_type().split(';').next().unwrap_or_default()
    }
}

/// The items of a header with their weights in thousandths; an item whose weight cannot be read is left out.
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
    let mut items: Vec<(String, u16)> = lines.flat_map(|line| line.split(',')).filter_map(weigh).collect();
    items.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    items
}

/// The languages of `Accept-Language`; those of weight 0 left out.
pub fn languages(headers: &HeaderMap) -> Languages {
    let wanted = weighted(headers, &header::ACCEPT_LANGUAGE).into_iter();
    Languages(wanted.filter(|(tag, weight)| *weight > 0 && tag != "*").map(|(tag, _)| tag).collect())
}

/// The media type to answer in; none where the client takes no JSON. Without `Accept`, and for `*/*`, it is
/// `application/json`, as older clients expect; a client that names both is a newer one.
pub fn media(headers: &HeaderMap) -> Option<Media> {
    if !headers.contains_key(header::ACCEPT) {
        return Some(Media::Json);
    }
    let ranges = weighted(headers, &header::ACCEPT);
    let liking = |media: Media| {
        // The narrowest range that holds the type decides; 0 forbids it.
        let width = |range: &str| match range.to_ascii_lowercase() {
            range if range == media.name() => Some(2),
            range if range == "application/*" => Some(1),
            range if range == "*/*" => Some(0),
            _ => None,
        };
        let narrowest = ranges.iter().filter_map(|(range, weight)| Some((width(range)?, *weight))).max();
        let (width, weight) = narrowest.filter(|(_, weight)| *weight > 0)?;
        let usual = if width == 2 { Media::GraphQlResponse } else { Media::Json };
        Some(((weight, width, media == usual), media))
    };
    [Media::GraphQlResponse, Media::Json].into_iter().filter_map(liking).max_by_key(|(liked, _)| *liked).map(|it| it.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn languages_come_in_the_order_of_their_weight() {
        let accepted = |value| languages(&headers(header::ACCEPT_LANGUAGE, value)).0;
        assert_eq!(accepted("id;q=0.5, en-GB, *;q=0.1, fr;q=0"), ["en-GB", "id"]);
        assert_eq!(accepted("rubbish;q=x,,"), Vec::<String>::new());
    }

    #[test]
    fn the_dearest_media_type_is_answered_in() {
        let accepted = |value| media(&headers(header::ACCEPT, value));
        assert_eq!(media(&HeaderMap::new()), Some(Media::Json));
        assert_eq!(accepted("*/*"), Some(Media::Json));
        assert_eq!(accepted("application/*;q=0.2"), Some(Media::Json));
        assert_eq!(accepted("application/json"), Some(Media::Json));
        assert_eq!(accepted("application/graphql-response+json"), Some(Media::GraphQlResponse));
        assert_eq!(accepted("application/json, application/graphql-response+json"), Some(Media::GraphQlResponse));
        assert_eq!(accepted("application/graphql-response+json;q=0.9, application/json"), Some(Media::Json));
        assert_eq!(
            accepted("Application/GraphQL-Response+JSON; charset=utf-8, */*;q=0.1"),
            Some(Media::GraphQlResponse)
        );
        assert_eq!(accepted("application/json;q=0, */*"), Some(Media::GraphQlResponse));
        assert_eq!(accepted("text/html"), None);
        assert_eq!(accepted("application/json;q=0"), None);
    }
}
