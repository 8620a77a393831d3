//! How many rows belong to a parent, all together or by the values that they have.

use std::sync::Arc;

use sea_orm::sea_query::{
    Alias, Asterisk, Expr, ExprTrait, Func, Order, OverStatement, Query, SelectStatement,
    WindowStatement,
};
use sea_orm::{Condition, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait};

use super::{Edge, PARENT_KEY, ParentLink};
use crate::access::Scoped;
use crate::graphql::loader::{Key, Keyed, LevelFuture, LevelLoader, Reader};

const COUNT: &str = "count";
const NUMBER: &str = "row_number";

/// Counts the children of each key.
pub struct CountLoader<E: EntityTrait> {
    /// Along which edge.
    pub edge: Edge<E>,
    /// Which rows.
    pub condition: Condition,
}

impl<E: Scoped<Model: Send + Sync>> LevelLoader for CountLoader<E> {
    type Answer = i64;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> LevelFuture<Self::Answer> {
        Box::pin(async move {
            let select = self.edge.select(&reader, self.condition.clone(), &[], &keys);
            self.edge.link.count(select, &reader, &keys).await
        })
    }
}

impl ParentLink {
    /// Counts what `select` selects, for each of `keys`.
    pub async fn count<A: FromIterator<(Key, i64)>>(
        &self,
        mut select: SelectStatement,
        reader: &Reader,
        keys: &[Key],
    ) -> Result<A, DbErr> {
        select.clear_selects();
        if let Some(parent) = self.parent_column(keys) {
            select.expr_as(parent.clone(), PARENT_KEY).add_group_by([parent]);
        }
        select.expr_as(Func::count(Expr::col(Asterisk)), COUNT);
        let whole = matches!(self, Self::Root);
        let db = if whole { reader.heavy() } else { reader.db() };
        let rows = db.query_all(&select).await?;
        rows.iter().map(|row| Ok((self.key_of(row, keys, 0)?, row.try_get("", COUNT)?))).collect()
    }
}

/// How rows are counted by values.
pub struct Grouping {
    /// By which values, and whether these are ids.
    pub by: Vec<(Expr, bool)>,
    /// Of what the least and the greatest are wanted, and whether the sum is.
    pub of: Option<(Expr, bool)>,
    /// How many groups, the largest first.
    pub first: u64,
}

/// What has the same values. All values are text.
#[derive(Clone, Debug)]
pub struct Grouped {
    /// The values, in the order in which they were asked for.
    pub values: Vec<Option<String>>,
    /// How many rows.
    pub count: i64,
    /// The sum of what was asked for.
    pub sum: Option<i64>,
    /// The least of it.
    pub min: Option<String>,
    /// The greatest.
    pub max: Option<String>,
}

impl Grouping {
    /// Counts what `counted` selects by values, for each of `keys`.
    pub async fn count<A: FromIterator<(Key, Vec<Grouped>)>>(
        &self,
        edge: &ParentLink,
        mut counted: SelectStatement,
        reader: &Reader,
        keys: &[Key],
    ) -> Result<A, DbErr> {
        let backend = reader.db().get_database_backend();
        let value = |place: usize| Alias::new(format!("value_{place}"));
        let parent = edge.parent_column(keys);
        counted.clear_selects();
        if let Some(parent) = parent.clone() {
            counted.expr_as(parent, PARENT_KEY).group_by_col(PARENT_KEY);
        }
        counted.expr_as(Func::count(Expr::col(Asterisk)), COUNT);
        for (place, by) in self.by.iter().enumerate() {
            counted.expr_as(as_text(by.clone(), backend), value(place)).group_by_col(value(place));
        }
        if let Some((of, sum)) = self.of.clone() {
            let text = |bound: Expr| bound.cast_as(Alias::new("text"));
            counted
                .expr_as(text(of.clone().min()), "least")
                .expr_as(text(of.clone().max()), "greatest");
            if sum {
                counted.expr_as(of.sum(), "total");
            }
        }
        let mut number = WindowStatement::new();
        if parent.is_some() {
            number.add_partition_by(Expr::col(PARENT_KEY));
        }
        number.order_by(COUNT, Order::Desc);
        for place in 0..self.by.len() {
            // The databases disagree on whether what is unknown comes first.
            number.order_by_expr(Expr::col(value(place)).is_null(), Order::Asc);
            number.order_by(value(place), Order::Asc);
        }
        let mut numbered =
            Query::select().column(Asterisk).from_subquery(counted, "counted").take();
        numbered.expr_window_as(Func::cust(Alias::new("ROW_NUMBER")), number, Alias::new(NUMBER));
        let largest = Query::select()
            .column(Asterisk)
            .from_subquery(numbered, "numbered")
            .and_where(Expr::col(NUMBER).lte(self.first))
            .order_by(NUMBER, Order::Asc)
            .take();
        let mut groups: Keyed<Vec<Grouped>> = Keyed::default();
        for row in reader.heavy().query_all(&largest).await? {
            let values = (0..self.by.len()).map(|place| row.try_get("", &format!("value_{place}")));
            let sum = self.of.as_ref().is_some_and(|of| of.1);
            let bound = |name: &str| self.of.as_ref().map_or(Ok(None), |_| row.try_get("", name));
            let group = Grouped {
                values: values.collect::<Result<_, _>>()?,
                count: row.try_get("", COUNT)?,
                sum: if sum { row.try_get("", "total")? } else { None },
                min: bound("least")?,
                max: bound("greatest")?,
            };
            groups.entry(edge.key_of(&row, keys, 0)?).or_default().push(group);
        }
        Ok(groups.into_iter().collect())
    }
}

/// A value as text that sorts alike on both databases. Ids become 32 hexadecimal digits.
fn as_text((value, is_id): (Expr, bool), backend: DatabaseBackend) -> Expr {
    match (backend, is_id) {
        (DatabaseBackend::Postgres, true) => {
            Expr::cust_with_exprs("replace(CAST($1 AS text), '-', '') COLLATE \"C\"", [value])
        }
        (DatabaseBackend::Postgres, false) => {
            Expr::cust_with_exprs("CAST($1 AS text) COLLATE \"C\"", [value])
        }
        (_, true) => Expr::cust_with_exprs("lower(hex(?))", [value]),
        (_, false) => value.cast_as(Alias::new("text")),
    }
}
