//! Edges of the graph: how the rows on the far side are found, and the statements that answer for many near sides at once.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use sea_orm::sea_query::{
    Alias, Asterisk, ColumnRef, DynIden, Expr, ExprTrait, Func, IntoColumnRef, IntoIden, Order, OverStatement, Query,
    SelectStatement, WindowStatement,
};
use sea_orm::{
    Condition, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, IdenStatic, JoinType, ModelTrait, QueryResult,
    Statement,
};
use uuid::Uuid;

use super::filter::id_column;
use super::loader::{Fetch, Fetched, Key, Keyed, Reader};
use super::order::OrderDirection;
use crate::access::Scoped;
use crate::db::row;
use crate::db::sql::Sql;

/// The key under which a list without a near side is kept.
pub const ROOT: Key = Key::Id(Uuid::nil());

/// How rows of `E` are found from the near side.
#[derive(Clone)]
pub struct Edge<E> {
    near: Near,
    of: PhantomData<E>,
}

/// The same without the type of the rows, so that what does not depend on it is compiled once.
#[derive(Clone, Debug)]
pub enum Near {
    /// All rows.
    Root,
    /// The column refers to the near side.
    Column(ColumnRef, &'static str),
    /// The column holds ids as text.
    Text(ColumnRef, &'static str),
    /// A link table leads to them.
    Link {
        /// The table.
        table: DynIden,
        /// Its column that refers to the near side.
        here: DynIden,
        /// That which refers to the far side.
        there: DynIden,
    },
}

const PARENT: &str = "parent_key";
const NUMBER: &str = "row_number";
/// The keys of the near sides, where each has a page of its own.
const NEAR: &str = "near";

impl<E: Scoped> Edge<E> {
    /// All rows.
    pub fn root() -> Self {
        Self { near: Near::Root, of: PhantomData }
    }

    /// Rows whose `column` refers to the near side.
    pub fn by(column: E::Column) -> Self {
        Self { near: Near::Column((E::default(), column).into_column_ref(), column.as_str()), of: PhantomData }
    }

    /// Rows whose `column` refers to the near side by its id as text.
    pub fn by_text(column: E::Column) -> Self {
        Self { near: Near::Text((E::default(), column).into_column_ref(), column.as_str()), of: PhantomData }
    }

    /// Rows that a link table leads to: its column `here` refers to the near side, `there` to the far one.
    pub fn through<L: EntityTrait>(here: L::Column, there: L::Column) -> Self {
        let table = L::default().table_name().into_iden();
        let near = Near::Link { table, here: here.into_iden(), there: there.into_iden() };
        Self { near, of: PhantomData }
    }

    /// How the rows are found, without their type.
    pub fn into_near(self) -> Near {
        self.near
    }

    /// A name that no other edge to `E` has.
    pub fn name(&self) -> Cow<'static, str> {
        match &self.near {
            Near::Root => "*".into(),
            Near::Column(_, name) | Near::Text(_, name) => (*name).into(),
            Near::Link { table, here, .. } => format!("{table}.{here}").into(),
        }
    }

    /// The rows that may be seen and fulfil `condition`, on the far side of `keys`; where there are several, with the near side as a
    /// column behind the others.
    fn select(&self, reader: &Reader, condition: Condition, columns: &[E::Column], keys: &[Key]) -> SelectStatement {
        let mut select = self.far_side(reader, condition, columns);
        self.near.narrow(&mut select, keys, reader.db().get_database_backend());
        select
    }

    /// The rows that may be seen and fulfil `condition`, with the link table where the edge goes through one.
    fn far_side(&self, reader: &Reader, condition: Condition, columns: &[E::Column]) -> SelectStatement {
        let mut select = reader.visible().columns::<E>(columns);
        select.cond_where(condition);
        self.near.join(&mut select, Expr::col((E::default(), id_column::<E>())));
        select
    }
}

impl Near {
    /// Joins the link table, if there is one; `far` identifies a row.
    pub(crate) fn join(&self, select: &mut SelectStatement, far: Expr) {
        if let Self::Link { table, there, .. } = self {
            select.join(JoinType::InnerJoin, table.clone(), Expr::col((table.clone(), there.clone())).eq(far));
        }
    }

    /// Keeps what is on the far side of `keys`.
    pub(crate) fn narrow(&self, select: &mut SelectStatement, keys: &[Key], backend: DatabaseBackend) {
        if let Some(near) = self.apart(keys) {
            select.expr_as(near, PARENT);
        }
        if let Some(near) = self.column() {
            select.and_where(among(near, &self.as_kept(keys), backend));
        }
    }

    /// Keys in the form in which the column holds them.
    pub(crate) fn as_kept<'a>(&self, keys: &'a [Key]) -> Cow<'a, [Key]> {
        match self {
            Self::Text(..) => keys.iter().map(hyphenated).collect(),
            _ => keys.into(),
        }
    }

    pub(crate) fn column(&self) -> Option<Expr> {
        match self {
            Self::Root => None,
            Self::Column(column, _) | Self::Text(column, _) => Some(Expr::col(column.clone())),
            Self::Link { table, here, .. } => Some(Expr::col((table.clone(), here.clone()))),
        }
    }

    /// The near side of a row, where it may be that of any of `keys`.
    fn apart(&self, keys: &[Key]) -> Option<Expr> {
        self.column().filter(|_| keys.len() > 1)
    }

    /// Which of `keys` a row was found for: where there are several, it stands at a place.
    fn key_of(&self, row: &QueryResult, keys: &[Key], at: usize) -> Result<Key, DbErr> {
        Ok(match (self, keys) {
            (Self::Root, _) | (_, []) => ROOT,
            (_, [only]) => only.clone(),
            (Self::Text(..), [Key::Id(_), ..]) => {
                let id: String = row.try_get_by_index(at)?;
                Key::Id(id.parse().map_err(|error: uuid::Error| DbErr::Type(error.to_string()))?)
            }
            (_, [Key::Id(_), ..]) => Key::Id(row.try_get_by_index(at)?),
            (_, [Key::Code(_), ..]) => Key::Code(row.try_get_by_index(at)?),
            (_, [Key::Long(_), ..]) => Key::Long(row.try_get_by_index(at)?),
        })
    }

    /// Writes the first `enough` rows that `page` selects for each near side, each page read from its index as if it were the only one.
    fn page_of_each(&self, mut page: SelectStatement, enough: u64, keys: &[Key], sql: &mut Sql) {
        if let Some(near) = self.column() {
            page.and_where(near.eq(Expr::cust(format!("{NEAR}.{PARENT}"))));
        }
        let keys = self.as_kept(keys);
        sql.text(&format!("SELECT page.*, {NEAR}.{PARENT} FROM unnest(string_to_array("));
        sql.value(joined(&keys));
        sql.text(&format!(", ',')::{}[]) AS {NEAR}({PARENT}) CROSS JOIN LATERAL (", type_of(&keys)));
        sql.first(&page, Some(enough));
        sql.text(") AS page");
    }

    /// The same on SQLite, which has no `LATERAL`: of `rows` of a table those whose numbers `page` selects, which is then the statement
    /// of one near side.
    fn rows_of_each(
        &self,
        rows: &mut SelectStatement,
        table: DynIden,
        mut page: SelectStatement,
        enough: u64,
        keys: &[Key],
    ) {
        if let Some(near) = self.column() {
            let kept = self.as_kept(keys);
            let value = Expr::col((NEAR, "value"));
            let id = matches!(kept.first(), Some(Key::Id(_)));
            let key = if id { Func::cust("unhex").arg(value).into() } else { value };
            rows.from_function(Func::cust("json_each").arg(listed(&kept)), NEAR);
            if keys.len() > 1 {
                rows.expr_as(key.clone(), PARENT);
            }
            page.and_where(near.eq(key));
        }
        let number = (table.clone(), "rowid");
        page.column(number.clone()).limit(enough);
        rows.from(table).and_where(Expr::col(number).in_subquery(page));
    }
}

/// Asks for the row that a key identifies.
pub struct One<E: EntityTrait>(pub PhantomData<E>);

impl<E: Scoped<Model: Send + Sync>> Fetch for One<E> {
    type Answer = E::Model;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> Fetched<Self::Answer> {
        Box::pin(async move {
            let (id, columns) = (id_column::<E>(), row::columns::<E>());
            let wanted = among(Expr::col((E::default(), id)), &keys, reader.db().get_database_backend());
            let rows = reader.visible().columns::<E>(&columns).and_where(wanted).take();
            let rows = reader.db().query_all(&rows).await?;
            let keyed = |row| row::model::<E>(row, 0, &columns).map(|row| (Key::of(row.get(id)).unwrap_or(ROOT), row));
            rows.iter().map(keyed).collect()
        })
    }
}

/// Reads in `order`.
pub(crate) fn ordered(mut select: SelectStatement, order: &[(ColumnRef, Order)]) -> SelectStatement {
    for (column, direction) in order {
        select.order_by(column.clone(), direction.clone());
    }
    select
}

/// More keys than this go into a statement of SQLite as one parameter: it takes 32,766 of them, and a query of four levels can ask
/// for more.
const MOST_PARAMETERS: usize = 1000;

/// Keys as one text.
pub(crate) fn joined(keys: &[Key]) -> String {
    keys.iter().map(Key::text).collect::<Vec<_>>().join(",")
}

/// The type that keys have in PostgreSQL.
pub(crate) fn type_of(keys: &[Key]) -> &'static str {
    match keys.first() {
        Some(Key::Id(_)) => "uuid",
        Some(Key::Long(_)) => "bigint",
        _ => "text",
    }
}

/// Keys as a list in JSON.
pub(crate) fn listed(keys: &[Key]) -> String {
    let value = |key: &Key| match key {
        Key::Long(number) => serde_json::Value::from(*number),
        other => other.text().into(),
    };
    serde_json::Value::from_iter(keys.iter().map(value)).to_string()
}

/// The condition that `column` holds one of `keys`. On PostgreSQL several keys are one parameter: a statement of its own for each
/// number of keys would be planned anew each time.
pub(crate) fn among(column: Expr, keys: &[Key], backend: DatabaseBackend) -> Expr {
    if let [key] = keys {
        return column.eq(sea_orm::Value::from(key.clone()));
    }
    let postgres = backend == DatabaseBackend::Postgres;
    if matches!(keys.first(), None | Some(Key::Long(_))) || (!postgres && keys.len() <= MOST_PARAMETERS) {
        return column.is_in(keys.iter().cloned().map(sea_orm::Value::from));
    }
    let ids = matches!(keys[0], Key::Id(_));
    if postgres {
        let all = Expr::val(joined(keys));
        // A statement within the condition is carried out once, and not for each row.
        return match ids {
            true => Expr::cust_with_exprs("$1 = ANY((SELECT string_to_array($2, ',')::uuid[])::uuid[])", [column, all]),
            false => Expr::cust_with_exprs("$1 IN (SELECT unnest(string_to_array($2, ',')))", [column, all]),
        };
    }
    let all = Expr::val(listed(keys));
    match ids {
        true => Expr::cust_with_exprs("? IN (SELECT unhex(value) FROM json_each(?))", [column, all]),
        false => Expr::cust_with_exprs("? IN (SELECT value FROM json_each(?))", [column, all]),
    }
}

/// An id in the form in which it is kept as text.
fn hyphenated(key: &Key) -> Key {
    match key {
        Key::Id(id) => Key::Code(id.to_string()),
        other => other.clone(),
    }
}

/// Asks for the rows on the far side of each key, in an order: for all of a short list, or for its first rows.
pub struct Few<E: EntityTrait> {
    /// Along which edge.
    pub edge: Edge<E>,
    /// Which rows.
    pub condition: Condition,
    /// In which order; ties are broken by id, which goes the way of the last column.
    pub order: Vec<(E::Column, OrderDirection)>,
    /// How many for each key; all where it is not said.
    pub limit: Option<u64>,
}

impl<E: Scoped<Model: Send + Sync>> Fetch for Few<E> {
    type Answer = Vec<Arc<E::Model>>;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> Fetched<Self::Answer> {
        Box::pin(async move {
            let columns = row::columns::<E>();
            let rows = reader.db().query_all_raw(self.statement(&reader, &keys, &columns)).await?;
            let mut all: Keyed<Vec<Arc<E::Model>>> = Keyed::default();
            for row in &rows {
                let near = self.edge.near.key_of(row, &keys, columns.len())?;
                all.entry(near).or_default().push(Arc::new(row::model::<E>(row, 0, &columns)?));
            }
            Ok(all.into_iter().collect())
        })
    }
}

impl<E: Scoped> Few<E> {
    /// Each row has `columns`, and the key of its near side where there are several.
    fn statement(&self, reader: &Reader, keys: &[Key], columns: &[E::Column]) -> Statement {
        let backend = reader.db().get_database_backend();
        let mut sql = Sql::new(backend);
        let of_each = self.limit.filter(|_| self.edge.near.apart(keys).is_some());
        match (of_each, backend) {
            (None, _) => {
                let rows = self.edge.select(reader, self.condition.clone(), columns, keys);
                sql.first(&self.in_order(rows), self.limit);
            }
            (Some(limit), DatabaseBackend::Postgres) => {
                let page = self.of_one(reader, columns);
                self.edge.near.page_of_each(page, limit, keys, &mut sql);
            }
            (Some(limit), _) => {
                let table = E::default().table_name().into_iden();
                let mut rows = Query::select();
                rows.columns(columns.iter().map(|column| (table.clone(), *column)));
                self.edge.near.rows_of_each(&mut rows, table, self.of_one(reader, &[]), limit, keys);
                sql.first(&self.in_order(rows), None);
            }
        }
        sql.statement()
    }

    /// The rows of one near side, which is still to be said.
    fn of_one(&self, reader: &Reader, columns: &[E::Column]) -> SelectStatement {
        self.in_order(self.edge.far_side(reader, self.condition.clone(), columns))
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

/// Counts the rows on the far side of each key.
pub struct Count<E: EntityTrait> {
    /// Along which edge.
    pub edge: Edge<E>,
    /// Which rows.
    pub condition: Condition,
}

impl<E: Scoped<Model: Send + Sync>> Fetch for Count<E> {
    type Answer = i64;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> Fetched<Self::Answer> {
        Box::pin(async move {
            let select = self.edge.select(&reader, self.condition.clone(), &[], &keys);
            self.edge.near.count(select, &reader, &keys).await
        })
    }
}

impl Near {
    /// Counts what `select` selects, for each of `keys`.
    pub(crate) async fn count<A: FromIterator<(Key, i64)>>(
        &self,
        mut select: SelectStatement,
        reader: &Reader,
        keys: &[Key],
    ) -> Result<A, DbErr> {
        select.clear_selects();
        if let Some(near) = self.apart(keys) {
            select.expr_as(near.clone(), PARENT).add_group_by([near]);
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
    pub(crate) async fn count<A: FromIterator<(Key, Vec<Grouped>)>>(
        &self,
        edge: &Near,
        mut counted: SelectStatement,
        reader: &Reader,
        keys: &[Key],
    ) -> Result<A, DbErr> {
        let backend = reader.db().get_database_backend();
        let value = |place: usize| Alias::new(format!("value_{place}"));
        let near = edge.apart(keys);
        counted.clear_selects();
        if let Some(near) = near.clone() {
            counted.expr_as(near, PARENT).group_by_col(PARENT);
        }
        counted.expr_as(Func::count(Expr::col(Asterisk)), COUNT);
        for (place, by) in self.by.iter().enumerate() {
            counted.expr_as(as_text(by.clone(), backend), value(place)).group_by_col(value(place));
        }
        if let Some((of, sum)) = self.of.clone() {
            let text = |bound: Expr| bound.cast_as(Alias::new("text"));
            counted.expr_as(text(of.clone().min()), "least").expr_as(text(of.clone().max()), "greatest");
            if sum {
                counted.expr_as(of.sum(), "total");
            }
        }
        let mut number = WindowStatement::new();
        if near.is_some() {
            number.add_partition_by(Expr::col(PARENT));
        }
        number.order_by(COUNT, Order::Desc);
        for place in 0..self.by.len() {
            // The databases disagree on whether what is unknown comes first.
            number.order_by_expr(Expr::col(value(place)).is_null(), Order::Asc);
            number.order_by(value(place), Order::Asc);
        }
        let mut numbered = Query::select().column(Asterisk).from_subquery(counted, "counted").take();
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

const COUNT: &str = "count";

/// A value as text that sorts alike on both databases. Ids become 32 hexadecimal digits.
fn as_text((value, is_id): (Expr, bool), backend: DatabaseBackend) -> Expr {
    match (backend, is_id) {
        (DatabaseBackend::Postgres, true) => {
            Expr::cust_with_exprs("replace(CAST($1 AS text), '-', '') COLLATE \"C\"", [value])
        }
        (DatabaseBackend::Postgres, false) => Expr::cust_with_exprs("CAST($1 AS text) COLLATE \"C\"", [value]),
        (_, true) => Expr::cust_with_exprs("lower(hex(?))", [value]),
        (_, false) => value.cast_as(Alias::new("text")),
    }
}

#[cfg(test)]
mod tests {
    use entity::batch;
    use sea_orm::{ConnectionTrait, Database, QueryFilter, QueryTrait};

    use super::*;

    /// However many keys there are, they are one condition; a list beyond the bound travels as one parameter.
    #[tokio::test]
    async fn many_keys_are_one_parameter() {
        let db = Database::connect("sqlite::memory:").await.unwrap();
        db.execute_unprepared("CREATE TABLE t (id BLOB, code TEXT)").await.unwrap();
        let ids: Vec<Uuid> = (1..=1500).map(Uuid::from_u128).collect();
        for id in &ids {
            let values = [sea_orm::Value::from(*id), sea_orm::Value::from(format!("c{}", id.as_u128()))];
            let insert =
                sea_orm::Statement::from_sql_and_values(DatabaseBackend::Sqlite, "INSERT INTO t VALUES (?, ?)", values);
            db.execute_raw(insert).await.unwrap();
        }
        for many in [1, 2, 1000, 1001, 1400] {
            let keys: Vec<Key> = ids.iter().take(many).map(|id| Key::Id(*id)).collect();
            let codes: Vec<Key> = ids.iter().take(many).map(|id| Key::Code(format!("c{}", id.as_u128()))).collect();
            for (column, keys) in [("id", keys), ("code", codes)] {
                let wanted = among(Expr::col(column), &keys, DatabaseBackend::Sqlite);
                let select = Query::select().column(Asterisk).from("t").and_where(wanted).take();
                assert_eq!(db.query_all(&select).await.unwrap().len(), many);
                let (_, values) =
                    DatabaseBackend::Sqlite.build(&select).values.map_or((0, 0), |values| (0, values.0.len()));
                assert!(values <= MOST_PARAMETERS, "{values}");
            }
        }
        let keys: Vec<Key> = ids.iter().map(|id| Key::Id(*id)).collect();
        let wanted = among(Expr::col(batch::Column::Id), &keys, DatabaseBackend::Postgres);
        let select = batch::Entity::find().filter(wanted).into_query();
        let sql = DatabaseBackend::Postgres.build(&select).sql;
        assert!(sql.ends_with(r#"WHERE "id" = ANY((SELECT string_to_array($1, ',')::uuid[])::uuid[])"#), "{sql}");
    }
}
