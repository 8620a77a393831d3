//! What a request wants to know of groups, and how that is counted.

use async_graphql::Result;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{Condition, DatabaseBackend};

use super::page::{Order, Ordered};
use super::sources::{Source, Sources};
use super::statement::{COUNTED, Counted, Grouping, measure_alias};
use super::{GroupCondition, GroupOrder, Grouped, Measure};
use crate::graphql::error::bad_input;
use crate::graphql::filter::{DateFilter, Operator, Scope, Values};
use crate::graphql::order::OrderDirection;
use crate::graphql::page::{LARGEST_PAGE, shorten, size};
use crate::graphql::scalars::Cursor;

/// Fields of one grouping at most.
const MOST_FIELDS: usize = 3;
/// Different measures of one grouping at most, those of its conditions and its order among them.
const MOST_MEASURES: usize = 12;

/// A measure that is selected of groups.
pub struct MeasureRequest {
    /// Which.
    pub measure: Measure,
    /// The field that is measured; that of the grouping where none is named.
    pub of: Option<String>,
}

/// What a request wants to know.
pub struct GroupRequest {
    /// The name of the argument that has the fields.
    pub argument: &'static str,
    /// Whether there may be none, for one group of all nodes.
    pub may_be_one: bool,
    /// By which fields.
    pub by: Vec<String>,
    /// The field that is measured where a measure names none; it may fit to some measures alone.
    pub of: Option<String>,
    /// What is selected; none where it is not wanted.
    pub measures: Vec<Option<MeasureRequest>>,
    /// In which order.
    pub order: Vec<GroupOrder>,
    /// Which groups.
    pub having: Vec<GroupCondition>,
    /// How many.
    pub first: i32,
    /// Behind which.
    pub after: Option<Cursor>,
}

impl Measure {
    /// Whether it is of values like these; a count is of none.
    fn fits(self, values: Values) -> bool {
        match self {
            Self::Count | Self::Values => false,
            Self::Distinct => true,
            Self::Sum | Self::Average | Self::Median | Self::Min | Self::Max => {
                values == Values::Number
            }
            Self::Earliest | Self::Latest => values == Values::Date,
        }
    }
}

/// A grouping as far as it is put together.
struct Making<'a> {
    sources: Sources<'a>,
    inputs: Vec<(String, Source)>,
    measures: Vec<Counted>,
}

impl Making<'_> {
    /// The place of what is measured, which stands at a path.
    fn input(&mut self, path: &str, fits: impl Fn(Values) -> bool) -> Result<usize> {
        if let Some(known) =
            self.inputs.iter().position(|(known, source)| known == path && fits(source.values))
        {
            return Ok(known);
        }
        let source = self.sources.find("of", path, fits)?;
        self.inputs.push((path.to_owned(), source));
        Ok(self.inputs.len() - 1)
    }

    /// The place of a measure of the field that is named with it.
    fn measure(&mut self, measure: Measure, of: Option<&str>) -> Result<usize> {
        let of = match (measure, of) {
            (Measure::Count, None) => None,
            (Measure::Count | Measure::Values, Some(of)) => {
                let of = shorten(of);
                return Err(bad_input(format!("`{measure}` is of no field; `of` has {of:?}")));
            }
            (Measure::Values, None) => {
                return Err(bad_input("`VALUES` is an order of groups, and no condition"));
            }
            (_, Some(of)) => Some(self.input(of, |values| measure.fits(values))?),
            (_, None) => return Err(bad_input(format!("`{measure}` needs a field: `of`"))),
        };
        self.counted(Counted { measure, of })
    }

    fn counted(&mut self, counted: Counted) -> Result<usize> {
        if let Some(known) = self.measures.iter().position(|known| *known == counted) {
            return Ok(known);
        }
        if self.measures.len() == MOST_MEASURES {
            return Err(bad_input(format!(
                "a grouping takes at most {MOST_MEASURES} different measures"
            )));
        }
        self.measures.push(counted);
        Ok(self.measures.len() - 1)
    }

    /// The place of a measure that is selected; none where it is of nothing.
    fn selected(&mut self, asked: &MeasureRequest, of: Option<usize>) -> Result<Option<usize>> {
        if asked.of.is_some() || asked.measure == Measure::Count {
            return self.measure(asked.measure, asked.of.as_deref()).map(Some);
        }
        let of = of.filter(|of| asked.measure.fits(self.inputs[*of].1.values));
        of.map(|of| self.counted(Counted { measure: asked.measure, of: Some(of) })).transpose()
    }
}

impl GroupRequest {
    /// How the groups of a list are counted.
    pub fn grouping<'a>(
        self,
        of: Grouped<'a>,
        scope: &Scope<'_>,
        backend: DatabaseBackend,
    ) -> Result<Grouping<'a>> {
        let first = size("first", self.first, LARGEST_PAGE)?;
        let fewest = usize::from(!self.may_be_one);
        if self.by.len() < fewest || self.by.len() > MOST_FIELDS {
            return Err(bad_input(format!(
                "`{}` has {fewest} to {MOST_FIELDS} fields, not {}",
                self.argument,
                self.by.len()
            )));
        }
        let mut making =
            Making { sources: Sources::new(of), inputs: Vec::new(), measures: Vec::new() };
        let by = self.by.iter().map(|path| making.sources.find(self.argument, path, |_| true));
        let by = by.collect::<Result<Vec<_>>>()?;
        let measured = |values| matches!(values, Values::Number | Values::Date);
        let of = self.of.as_deref().map(|of| making.input(of, measured)).transpose()?;
        let selected = self.measures.iter().map(|asked| match asked {
            Some(asked) => making.selected(asked, of),
            None => Ok(None),
        });
        let selected = selected.collect::<Result<Vec<_>>>()?;
        let terms = terms(&mut making, &self.order, by.len())?;
        let (having, every) = conditions(&mut making, self.having, scope, backend)?;
        let order = Ordered::new(&self.by, terms, &making.measures, by.len());
        let after = self.after.map(|after| order.read(&after)).transpose()?;
        let Making { sources, inputs, measures } = making;
        let inputs = inputs.into_iter().map(|(_, source)| source).collect();
        Ok(Grouping { sources, by, inputs, measures, selected, having, every, order, after, first })
    }
}

/// In which order the groups come: the largest first, unless it is said.
fn terms(
    making: &mut Making<'_>,
    orders: &[GroupOrder],
    values: usize,
) -> Result<Vec<(Order, OrderDirection)>> {
    let mut terms = Vec::new();
    for GroupOrder { measure, of, direction } in orders {
        match (measure, of) {
            (Measure::Values, None) => {
                terms.extend((0..values).map(|place| (Order::Value(place), *direction)));
            }
            (measure, of) => {
                let place = making.measure(*measure, of.as_deref())?;
                terms.push((Order::Measure(place), *direction));
            }
        }
    }
    if terms.is_empty() {
        terms.push((Order::Measure(making.measure(Measure::Count, None)?), OrderDirection::Desc));
    }
    Ok(terms)
}

/// The condition on groups, and the measures that are to be those of the whole list.
fn conditions(
    making: &mut Making<'_>,
    having: Vec<GroupCondition>,
    scope: &Scope<'_>,
    backend: DatabaseBackend,
) -> Result<(Condition, Vec<(usize, bool)>)> {
    let (mut all, mut every) = (Condition::all(), Vec::new());
    for GroupCondition { measure, of, number, date, every: is_every } in having {
        let place = making.measure(measure, of.as_deref())?;
        let column = Expr::col((COUNTED, measure_alias(place)));
        let is_of_dates = matches!(measure, Measure::Earliest | Measure::Latest);
        if let Some(number) = number {
            if is_of_dates {
                return Err(bad_input(format!("`{measure}` is a date: test it with `date`")));
            }
            all = all.add(number.test(column.clone(), scope)?);
        }
        if let Some(date) = date {
            if !is_of_dates {
                return Err(bad_input(format!("`{measure}` is a number: test it with `number`")));
            }
            all = all.add(of_date(date, column, scope, backend)?);
        }
        if let Some(is_every) = is_every {
            if measure != Measure::Distinct {
                return Err(bad_input(format!("`every` is for `DISTINCT`, and not {measure}")));
            }
            every.push((place, is_every));
        }
    }
    Ok((all, every))
}

/// Dates are read as text, as which PostgreSQL compares them with no date.
fn of_date(
    date: DateFilter,
    column: Expr,
    scope: &Scope<'_>,
    backend: DatabaseBackend,
) -> Result<Condition> {
    let is_postgres = backend == DatabaseBackend::Postgres;
    date.test(if is_postgres { column.cast_as("date") } else { column }, scope)
}
