//! Where the values stand by which rows are grouped, and which are measured: in the rows
//! themselves, or in records that they are related to, as far as these may be seen.

use std::collections::BTreeSet;

use async_graphql::Result;
use sea_orm::sea_query::{Alias, DynIden, Expr, ExprTrait, Func, IntoIden, Query, SelectStatement};
use sea_orm::{Condition, JoinType};

use crate::access::Visible;
use crate::graphql::error::bad_input;
use crate::graphql::filter::{Found, Group, Link, Related, Values};
use crate::graphql::page::shorten;

/// Names in a path at most.
const LONGEST_PATH: usize = 4;
/// Relations that one grouping follows at most: each is a table more in its statement.
const MOST_JOINS: usize = 8;

/// A list whose rows are grouped.
pub struct Grouped<'a> {
    /// The table of the rows.
    pub table: DynIden,
    /// Its column that identifies one.
    pub id: &'static str,
    /// By what they can be grouped.
    pub groups: fn(&Visible) -> Vec<Group>,
    /// What may be seen.
    pub visible: &'a Visible,
    /// Whether paths may lead to related records, and to any number of them.
    pub has_paths: bool,
}

/// A value of each row.
#[derive(Clone, Debug)]
pub struct Source {
    /// The value; null where there is none, or where it may not be seen.
    pub value: Expr,
    /// What it is.
    pub values: Values,
    /// Whether a row may have several.
    pub is_many: bool,
}

/// The values of a grouping, and the relations that lead to them.
pub struct Sources<'a> {
    of: Grouped<'a>,
    joins: Vec<Joined>,
}

struct Joined {
    path: String,
    /// The column that leads there: that which refers, or that which the link table refers to.
    from: Expr,
    link: Option<Link>,
    related: Related,
    /// What is read there besides its key.
    columns: BTreeSet<&'static str>,
}

impl Joined {
    fn alias(&self) -> DynIden {
        Alias::new(format!("at {}", self.path)).into_iden()
    }
}

/// Some columns of the rows that may be seen.
fn seen<'a>(
    table: &DynIden,
    columns: impl Iterator<Item = &'a &'static str>,
    condition: &Condition,
) -> SelectStatement {
    let mut rows = Query::select();
    rows.columns(columns.map(|column| (table.clone(), *column)));
    rows.from(table.clone()).cond_where(condition.clone()).take()
}

impl<'a> Sources<'a> {
    /// Those of a list.
    pub fn new(of: Grouped<'a>) -> Self {
        Self { of, joins: Vec::new() }
    }

    /// What identifies a row.
    pub fn id(&self) -> Expr {
        Expr::col((self.of.table.clone(), self.of.id))
    }

    /// The values to which a path leads that an argument names, if they fit.
    pub fn find(
        &mut self,
        argument: &str,
        path: &str,
        fits: impl Fn(Values) -> bool,
    ) -> Result<Source> {
        let names: Vec<&str> = path.split('.').collect();
        let is_open = self.of.has_paths;
        if !is_open && names.len() > 1 {
            let path = shorten(path);
            return Err(bad_input(format!(
                "`{argument}` has {path:?}; here it takes no paths: those are for `groups`"
            )));
        }
        if names.len() > LONGEST_PATH {
            return Err(bad_input(format!(
                "`{argument}` has {:?}; a path has at most {LONGEST_PATH} names",
                shorten(path)
            )));
        }
        let mut fields = (self.of.groups)(self.of.visible);
        let (mut table, mut at, mut is_many) = (self.of.table.clone(), String::new(), false);
        let mut id = self.of.id;
        for (place, name) in names.iter().enumerate() {
            let is_last = place + 1 == names.len();
            let suits = |field: &Group| match is_last {
                true => fits(field.values) && (is_open || !is_link(field)),
                false => leads(field),
            };
            let known: Vec<&str> =
                fields.iter().filter(|it| suits(it)).map(|it| it.name.as_str()).collect();
            if !known.contains(name) {
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let place = match (is_last, at.as_str()) {
                    (true, "") => "of this list it takes".to_owned(),
                    (true, at) => format!("behind `{at}` it takes"),
                    (false, "") => "before a dot it takes".to_owned(),
                    (false, at) => format!("behind `{at}` and before a dot it takes"),
                };
                let path = shorten(path);
                return Err(bad_input(format!("`{argument}` has {path:?}; {place} {known}")));
            }
            let Some(field) = fields.into_iter().find(|field| field.name == *name) else { break };
            at = if at.is_empty() { field.name } else { format!("{at}.{}", field.name) };
            let values = field.values;
            let (from, link, related) = match field.found {
                Found::Column(column) => {
                    return Ok(Source { value: self.read(&table, column), values, is_many });
                }
                Found::Year(column) => {
                    let value = year_of(self.read(&table, column));
                    return Ok(Source { value, values, is_many });
                }
                Found::Reference(column, related) if is_last && related.seen.is_empty() => {
                    return Ok(Source { value: self.read(&table, column), values, is_many });
                }
                Found::Reference(column, related) => (self.read(&table, column), None, related),
                Found::Linked(link, related) => {
                    is_many = true;
                    (self.read(&table, id), Some(link), related)
                }
            };
            (id, fields) = (related.id, (related.groups)(self.of.visible));
            table = self.follow(argument, &at, from, link, related)?;
            if is_last {
                return Ok(Source { value: self.read(&table, id), values, is_many });
            }
        }
        Err(bad_input(format!("`{argument}` has {:?}, which leads nowhere", shorten(path))))
    }

    /// A column of a table that the statement reads.
    fn read(&mut self, table: &DynIden, column: &'static str) -> Expr {
        if let Some(joined) = self.joins.iter_mut().find(|joined| joined.alias() == *table) {
            joined.columns.insert(column);
        }
        Expr::col((table.clone(), column))
    }

    /// Follows a relation, if it is not followed yet; what the records are called to which it
    /// leads.
    fn follow(
        &mut self,
        argument: &str,
        path: &str,
        from: Expr,
        link: Option<Link>,
        related: Related,
    ) -> Result<DynIden> {
        if let Some(joined) = self.joins.iter().find(|joined| joined.path == path) {
            return Ok(joined.alias());
        }
        if self.joins.len() == MOST_JOINS {
            return Err(bad_input(format!(
                "`{argument}` has {:?}: a grouping follows at most {MOST_JOINS} relations",
                shorten(path)
            )));
        }
        let columns = BTreeSet::new();
        let joined = Joined { path: path.to_owned(), from, link, related, columns };
        let alias = joined.alias();
        self.joins.push(joined);
        Ok(alias)
    }

    /// Joins what the values are read from.
    pub fn join(&self, rows: &mut SelectStatement) {
        for joined in &self.joins {
            let Joined { path, from, link, related, columns } = joined;
            let mut from = from.clone();
            if let Some(Link { table, here, there, seen: condition }) = link {
                let alias = Alias::new(format!("to {path}")).into_iden();
                let mut links = seen(table, [here, there].into_iter(), condition);
                if !related.seen.is_empty() {
                    // A link to what may not be seen would be one to nothing.
                    let there = Expr::col((table.clone(), *there));
                    let ids = seen(&related.table, [&related.id].into_iter(), &related.seen);
                    links.and_where(there.in_subquery(ids));
                }
                let on = Expr::col((alias.clone(), *here)).eq(from);
                rows.join_subquery(JoinType::LeftJoin, links, alias.clone(), on);
                from = Expr::col((alias, *there));
            }
            let columns: BTreeSet<&&'static str> = columns.iter().chain([&related.id]).collect();
            let records = seen(&related.table, columns.into_iter(), &related.seen);
            let on = Expr::col((joined.alias(), related.id)).eq(from);
            rows.join_subquery(JoinType::LeftJoin, records, joined.alias(), on);
        }
    }
}

fn is_link(field: &Group) -> bool {
    matches!(field.found, Found::Linked(..))
}

fn leads(field: &Group) -> bool {
    matches!(field.found, Found::Reference(..) | Found::Linked(..))
}

/// The year of a date, in which an unknown one is the last of all days. Dates are text in SQLite,
/// and become it in PostgreSQL: both as YYYY-MM-DD.
fn year_of(date: Expr) -> Expr {
    let year = Func::cust("substr").arg(date.cast_as("text")).arg(1).arg(4);
    Expr::from(Func::cust("nullif").arg(year).arg("9999")).cast_as("integer")
}
