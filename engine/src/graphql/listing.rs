//! Pages of lists whose items are computed, and stand in no table. They look like connections
//! without `edges`: Relay asks that the node of an edge can be fetched again by its id, and these
//! cannot.

use std::borrow::Cow;

use async_graphql::{Object, OutputType, Result, SimpleObject, TypeName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::bad_input;
use super::list::List;
use super::page::shorten;
use super::scalars::Cursor;

/// Where a page stands in its list.
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether there are nodes before the page. Known when paging backward, or when `after` was
    /// given.
    has_previous_page: bool,
    /// Whether there are nodes behind the page. Known when paging forward, or when `before` was
    /// given.
    has_next_page: bool,
    /// The place of the first node.
    start_cursor: Option<Cursor>,
    /// The place of the last node.
    end_cursor: Option<Cursor>,
}

/// A page of a list.
pub struct Listing<T> {
    /// The items of the page, each with its place.
    pub items: Vec<(Cursor, T)>,
    /// Whether there are items before them.
    pub has_previous: bool,
    /// Whether there are items behind them.
    pub has_next: bool,
    /// How many items the whole list has; counted where it is selected.
    pub total: i64,
}

/// The place of an item: the list that it stands in, and what it is ordered by there.
pub fn place<P: Serialize>(list: &str, order: &P) -> Cursor {
    Cursor(URL_SAFE_NO_PAD.encode(serde_json::json!([list, order]).to_string()))
}

/// What the place of an item of `list` says; a cursor of any other list is an error.
pub fn read_place<P: DeserializeOwned>(list: &str, cursor: &Cursor) -> Result<P> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(&cursor.0).ok()?;
        let (of, order): (String, P) = serde_json::from_slice(&bytes).ok()?;
        (of == list).then_some(order)
    };
    read()
        .ok_or_else(|| bad_input(format!("{:?} is not a cursor of this list", shorten(&cursor.0))))
}

/// A page of a list whose items are computed: like a connection, but read in one direction and
/// without `edges`.
#[Object(name_type)]
impl<T: OutputType + Clone> Listing<T> {
    /// The nodes of the page.
    async fn nodes(&self) -> List<T> {
        self.items.iter().map(|item| item.1.clone()).collect()
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.items.first().map(|item| item.0.clone()),
            end_cursor: self.items.last().map(|item| item.0.clone()),
        }
    }

    /// How many nodes the whole list has. Counted when selected.
    async fn total_count(&self) -> i32 {
        i32::try_from(self.total).unwrap_or(i32::MAX)
    }
}

impl<T: OutputType> TypeName for Listing<T> {
    fn type_name() -> Cow<'static, str> {
        let item = <T as OutputType>::type_name();
        let item = item.trim_end_matches("Aggregates").trim_end_matches("Payload");
        format!("{item}ListPayload").into()
    }
}
