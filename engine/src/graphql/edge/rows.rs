//! The rows themselves: by their keys, or the children of a link, for many parents in
//! one statement.

use std::marker::PhantomData;
use std::sync::Arc;

use sea_orm::sea_query::{
    ColumnRef, DynIden, Expr, ExprTrait, Func, IntoColumnRef, IntoIden, Order, Query,
    SelectStatement,
};
use sea_orm::{
    Condition, ConnectionTrait, DatabaseBackend, EntityTrait, IdenStatic, ModelTrait, Statement,
};

use super::keys::{joined, key_in, listed, type_of};
use super::{Edge, PARENT_KEY, ParentLink, ROOT};
use crate::access::Scoped;
use crate::db::row;
use crate::db::sql::Sql;
use crate::graphql::filter::id_column;
use crate::graphql::loader::{Key, Keyed, LevelFuture, LevelLoader, Reader};
use crate::graphql::order::OrderDirection;

/// The keys of the parents, where each has a page of its own.
const PARENTS: &str = "parents";

/// Asks for the row that a key identifies.
pub struct OneLoader<E: EntityTrait>(pub PhantomData<E>);

impl<E: Scoped<Model: Send + Sync>> LevelLoader for OneLoader<E> {
    type Answer = E::Model;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> LevelFuture<Self::Answer> {
        Box::pin(async move {
            let (id, columns) = (id_column::<E>(), row::columns::<E>());
            let wanted =
                key_in(Expr::col((E::default(), id)), &keys, reader.db().get_database_backend());
            let rows = reader.visible().columns::<E>(&columns).and_where(wanted).take();
            let rows = reader.db().query_all(&rows).await?;
            let keyed = |row| {
                row::model::<E>(row, 0, &columns)
                    .map(|row| (Key::of(row.get(id)).unwrap_or(ROOT), row))
            };
            rows.iter().map(keyed).collect()
        })
    }
}

/// Reads in `order`.
pub fn ordered(mut select: SelectStatement, order: &[(ColumnRef, Order)]) -> SelectStatement {
    for (column, direction) in order {
        select.order_by(column.clone(), direction.clone());
    }
    select
}

/// Asks for the children of each key, in an order: for all of a short list, or for its
/// first rows.
pub struct FewLoader<E: EntityTrait> {
    /// Along which edge.
    pub edge: Edge<E>,
    /// Which rows.
    pub condition: Condition,
    /// In which order; ties are broken by id, which goes the way of the last column.
    pub order: Vec<(E::Column, OrderDirection)>,
    /// How many for each key; all where it is not said.
    pub limit: Option<u64>,
}

impl<E: EntityTrait> FewLoader<E> {
    /// All children that fulfil a condition, in the order of their ids.
    pub fn chosen(edge: Edge<E>, condition: Condition) -> Self {
        Self { edge, condition, order: Vec::new(), limit: None }
    }
}

impl<E: Scoped<Model: Send + Sync>> LevelLoader for FewLoader<E> {
    type Answer = Vec<Arc<E::Model>>;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> LevelFuture<Self::Answer> {
        Box::pin(async move {
            let columns = row::columns::<E>();
            let rows = reader.db().query_all_raw(self.statement(&reader, &keys, &columns)).await?;
            let mut all: Keyed<Vec<Arc<E::Model>>> = Keyed::default();
            for row in &rows {
                let parent = self.edge.link.key_of(row, &keys, columns.len())?;
                all.entry(parent).or_default().push(Arc::new(row::model::<E>(row, 0, &columns)?));
            }
            Ok(all.into_iter().collect())
        })
    }
}

impl<E: Scoped> FewLoader<E> {
    /// Each row has `columns`, and the key of its parent where there are several.
    fn statement(&self, reader: &Reader, keys: &[Key], columns: &[E::Column]) -> Statement {
        let backend = reader.db().get_database_backend();
        let mut sql = Sql::new(backend);
        let of_each = self.limit.filter(|_| self.edge.link.parent_column(keys).is_some());
        match (of_each, backend) {
            (None, _) => {
                let rows = self.edge.select(reader, self.condition.clone(), columns, keys);
                sql.first(&self.in_order(rows), self.limit);
            }
            (Some(limit), DatabaseBackend::Postgres) => {
                let page = self.of_one(reader, columns);
                self.edge.link.page_of_each(page, limit, keys, &mut sql);
            }
            (Some(limit), _) => {
                let table = E::default().table_name().into_iden();
                let mut rows = Query::select();
                rows.columns(columns.iter().map(|column| (table.clone(), *column)));
                self.edge.link.rows_of_each(
                    &mut rows,
                    table,
                    self.of_one(reader, &[]),
                    limit,
                    keys,
                );
                sql.first(&self.in_order(rows), None);
            }
        }
        sql.statement()
    }

    /// The rows of one parent, which is still to be said.
    fn of_one(&self, reader: &Reader, columns: &[E::Column]) -> SelectStatement {
        self.in_order(self.edge.child_rows(reader, self.condition.clone(), columns))
    }

    fn in_order(&self, rows: SelectStatement) -> SelectStatement {
        let last = self.order.last().map_or(OrderDirection::Asc, |last| last.1);
        let id = id_column::<E>();
        let by_id = self.order.iter().any(|term| term.0.as_str() == id.as_str());
        let terms = self.order.iter().copied().chain((!by_id).then_some((id, last)));
        let column = |(column, direction): (E::Column, OrderDirection)| {
            let direction = if direction == OrderDirection::Asc { Order::Asc } else { Order::Desc };
            ((E::default(), column).into_column_ref(), direction)
        };
        ordered(rows, &terms.map(column).collect::<Vec<_>>())
    }
}

impl ParentLink {
    /// Writes the first `enough` rows that `page` selects for each parent, each page read from
    /// its index as if it were the only one.
    fn page_of_each(&self, mut page: SelectStatement, enough: u64, keys: &[Key], sql: &mut Sql) {
        if let Some(parent) = self.column() {
            page.and_where(parent.eq(Expr::cust(format!("{PARENTS}.{PARENT_KEY}"))));
        }
        let keys = self.as_kept(keys);
        sql.text(&format!("SELECT page.*, {PARENTS}.{PARENT_KEY} FROM unnest(string_to_array("));
        sql.value(joined(&keys));
        sql.text(&format!(
            ", ',')::{}[]) AS {PARENTS}({PARENT_KEY}) CROSS JOIN LATERAL (",
            type_of(&keys)
        ));
        sql.first(&page, Some(enough));
        sql.text(") AS page");
    }

    /// The same on SQLite, which has no `LATERAL`: of `rows` of a table those whose numbers `page`
    /// selects, which is then the statement of one parent.
    fn rows_of_each(
        &self,
        rows: &mut SelectStatement,
        table: DynIden,
        mut page: SelectStatement,
        enough: u64,
        keys: &[Key],
    ) {
        if let Some(parent) = self.column() {
            let kept = self.as_kept(keys);
            let value = Expr::col((PARENTS, "value"));
            let id = matches!(kept.first(), Some(Key::Id(_)));
            let key = if id { Func::cust("unhex").arg(value).into() } else { value };
            rows.from_function(Func::cust("json_each").arg(listed(&kept)), PARENTS);
            if keys.len() > 1 {
                rows.expr_as(key.clone(), PARENT_KEY);
            }
            page.and_where(parent.eq(key));
        }
        let number = (table.clone(), "rowid");
        page.column(number.clone()).limit(enough);
        rows.from(table).and_where(Expr::col(number).in_subquery(page));
    }
}
