//! Counts under every connection, by one rule for all of them: what a filter tests in a column can
//! be grouped by.

use async_graphql::{Result, SimpleObject};

use super::edge::count::{Grouped, Grouping};
use super::error::bad_input;
use super::filter::{Group, Values};
use super::loader::Key;
use super::node::global_id;
use super::page::{LARGEST_PAGE, shorten, size};
use super::scalars::{Date, Long, calendar_date};

/// Fields of one grouping at most.
const MOST_FIELDS: usize = 3;

/// Nodes of a list with the same values.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "GroupAggregates")]
pub struct ConnectionGroup {
    /// The values, in the order of `fields`: a code, a value of an enum, a number, a date, or the
    /// id of a record; null where it is unknown.
    pub values: Vec<Option<String>>,
    /// How many nodes there are.
    pub count: i32,
    /// The sum of the numbers in `of`, in its unit; null where none is known, or where `of` is no
    /// number.
    pub sum: Option<Long>,
    /// The least number in `of`; null where none is known, or where `of` is no number.
    pub min: Option<Long>,
    /// The greatest number in `of`; null where none is known, or where `of` is no number.
    pub max: Option<Long>,
    /// The first date in `of`; null where none is known, or where `of` is no date.
    pub earliest: Option<Date>,
    /// The last date in `of`; null where none is known, or where `of` is no date.
    pub latest: Option<Date>,
}

/// How what was counted by values is told.
pub struct GroupPresenter {
    by: Vec<Values>,
    dates: bool,
}

/// What it means to count by some fields, of which `groups` there are.
pub fn grouping(
    groups: &[Group],
    fields: &[String],
    of: Option<&str>,
    first: i32,
) -> Result<(Grouping, GroupPresenter)> {
    let first = size("first", first, LARGEST_PAGE)?;
    if fields.is_empty() || fields.len() > MOST_FIELDS {
        return Err(bad_input(format!(
            "`fields` has 1 to {MOST_FIELDS} fields, not {}",
            fields.len()
        )));
    }
    let by = fields
        .iter()
        .map(|field| find("fields", field, groups, |_| true))
        .collect::<Result<Vec<_>>>()?;
    let is_measured = |group: &Group| matches!(group.values, Values::Number | Values::Date);
    let measured = of.map(|of| find("of", of, groups, is_measured)).transpose()?;
    let grouping = Grouping {
        by: by
            .iter()
            .map(|group| (group.value.clone(), matches!(group.values, Values::Ids(_))))
            .collect(),
        of: measured.map(|group| (group.value.clone(), group.values == Values::Number)),
        first,
    };
    let dates = measured.is_some_and(|group| group.values == Values::Date);
    Ok((grouping, GroupPresenter { by: by.iter().map(|group| group.values).collect(), dates }))
}

fn find<'a>(
    argument: &str,
    field: &str,
    groups: &'a [Group],
    fits: impl Fn(&Group) -> bool,
) -> Result<&'a Group> {
    let mut fitting = groups.iter().filter(|group| fits(group));
    fitting.clone().find(|group| group.name == field).ok_or_else(|| {
        let known: Vec<&str> = fitting.by_ref().map(|group| group.name.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        bad_input(format!("`{argument}` has {:?}; of this list it takes {known}", shorten(field)))
    })
}

impl GroupPresenter {
    /// Tells of one group.
    pub fn present(&self, group: Grouped) -> ConnectionGroup {
        let value = |(value, by): (Option<String>, &Values)| match by {
            Values::Ids(kind) => {
                value?.parse().ok().map(|id| global_id(*kind, &Key::Id(id)).to_string())
            }
            Values::Text | Values::Number | Values::Date => value,
        };
        let number =
            |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok()).map(Long);
        let date = |text: &Option<String>| {
            text.as_ref().filter(|_| self.dates).and_then(|text| calendar_date(text)).map(Date)
        };
        ConnectionGroup {
            count: i32::try_from(group.count).unwrap_or(i32::MAX),
            sum: group.sum.map(Long),
            min: number(&group.min),
            max: number(&group.max),
            earliest: date(&group.min),
            latest: date(&group.max),
            values: group.values.into_iter().zip(&self.by).map(value).collect(),
        }
    }
}
