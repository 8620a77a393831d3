//! Years of dates.

use chrono::NaiveDate;
use sea_orm::Condition;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};

use super::{IntFilter, LONGEST_LIST};
use crate::graphql::error::bad_input;
use crate::graphql::filter::Scope;
use crate::rule::check::LAST_DAY;

/// The condition that the date in `column`, in which an unknown one is the last of all days, lies
/// in years that `filter` chooses: ranges of the column, so that its index is read.
pub fn in_years(
    filter: IntFilter,
    column: SimpleExpr,
    scope: &Scope<'_>,
) -> async_graphql::Result<Condition> {
    let begins = |year: i32| column.clone().gte(first_day(year));
    let over = |year: i32| column.clone().lt(first_day(year.saturating_add(1)));
    let known = || column.clone().ne(LAST_DAY);
    let within = |year: i32| begins(year).and(over(year));
    let any = |years: Vec<i32>| {
        if years.len() > LONGEST_LIST {
            return Err(bad_input(format!(
                "`in` takes at most {LONGEST_LIST} values, not {}",
                years.len()
            )));
        }
        scope.spend(years.len())?;
        Ok(years.into_iter().map(within).fold(Condition::any(), Condition::add))
    };
    let from = filter.gte.into_iter().chain(filter.gt.map(|year| year.saturating_add(1)));
    let to = filter.lte.into_iter().chain(filter.lt.map(|year| year.saturating_sub(1)));
    let mut all = Condition::all().add_option(filter.eq.map(within));
    if let Some(years) = filter.one_of {
        all = all.add(any(years)?);
    }
    for year in from {
        all = all.add(begins(year)).add(known());
    }
    for year in to {
        all = all.add(over(year));
    }
    Ok(all.add_option(
        filter.is_null.map(|is_null| if is_null { column.clone().eq(LAST_DAY) } else { known() }),
    ))
}

/// The first day of a year; of one in which no record lies, one before or behind all of them.
fn first_day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year.clamp(1, 9999), 1, 1).unwrap_or(LAST_DAY)
}
