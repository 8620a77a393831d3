//! Periods of time.

use async_graphql::Result;
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait, Func};

use crate::graphql::error::bad_input;
use crate::graphql::input::input;
use crate::graphql::scalars::Date;

input! {
    /// A period of days, the first and the last among them.
    #[derive(Default)]
    pub struct PeriodFilter {
        /// The first day; without it, all before the last one.
        from: Option<Date>,
        /// The last day; without it, all after the first one.
        to: Option<Date>,
    }
}

impl PeriodFilter {
    /// The condition that the days from `starts` to `ends` have one in common with the period.
    /// Where one of the ends is not known, the other is the only day; where neither is, nothing is
    /// in common with any period.
    pub fn overlaps(&self, starts: Expr, ends: Expr) -> Result<Condition> {
        if let (Some(from), Some(to)) = (&self.from, &self.to)
            && from.0 > to.0
        {
            return Err(bad_input(format!(
                "`overlaps` begins on {} and ends on {}, which is before",
                from.0, to.0
            )));
        }
        let first = Func::coalesce([starts.clone(), ends.clone()]);
        let last = Func::coalesce([ends.clone(), starts.clone()]);
        Ok(Condition::all()
            .add(starts.is_not_null().or(ends.is_not_null()))
            .add_option(self.from.as_ref().map(|from| Expr::from(last).gte(from.0)))
            .add_option(self.to.as_ref().map(|to| Expr::from(first).lte(to.0))))
    }
}
