//! The statements of the engine.

use async_graphql::Variables;
use async_graphql_value::Value as ConstValue;
use sea_orm::sea_query::{Expr, ExprTrait, Func, IntoIden, Query, SelectStatement};
use sea_orm::{Condition, DatabaseBackend, JoinType, Statement, Value};

use super::collect::resolve;
use super::computed::{Best, Short, language};
use super::keyset::Keyset;
use super::reads::{Cell, OWN, Reads, TableRef};
use crate::access::Visible;
use crate::db::sql::Sql;
use crate::graphql::edge::keys::{joined, key_in, listed, type_of};
use crate::graphql::edge::{ParentLink, ordered};
use crate::graphql::language::Languages;
use crate::graphql::loader::Key;

/// The keys of the parents, where each has a page of its own.
const PARENTS: &str = "parents";
/// The key of one.
const KEY: &str = "key_of_parent";
/// Which of them it is.
const NUMBER: &str = "number";
/// The page.
const PAGE: &str = "page";
/// The object whose list the page is.
const PARENT: &str = "parent";

/// What a statement reads, of what may be seen, on which database.
#[derive(Clone, Copy)]
pub struct SelectContext<'a> {
    /// What it reads.
    pub reads: &'a Reads,
    /// What may be seen.
    pub visible: &'a Visible,
    /// The database.
    pub backend: DatabaseBackend,
    /// The languages that the reader would like.
    pub languages: &'a Languages,
    /// The variables of the request.
    pub variables: &'a Variables,
}

/// A page of a list.
pub struct Page<'a> {
    /// How its rows are found.
    pub link: &'a ParentLink,
    /// Which rows.
    pub condition: Condition,
    /// Which part of them, in which order.
    pub keyset: &'a Keyset,
    /// Own columns that stand behind what is read.
    pub more: &'a [usize],
    /// Whose lists these are: none for a list of the root. Where there are several, the number of
    /// each stands behind all other columns, from 1.
    pub keys: &'a [Key],
    /// The object whose list it is, where that comes with the page: behind all other columns.
    pub parent: Option<SelectContext<'a>>,
}

fn quoted(table: &str, column: &str) -> String {
    format!("\"{table}\".\"{column}\"")
}

impl SelectContext<'_> {
    fn is_postgres(&self) -> bool {
        self.backend == DatabaseBackend::Postgres
    }

    /// What a table is called in a statement that calls its own one `own`.
    fn alias(of: TableRef, own: &str) -> String {
        of.0.map_or_else(|| own.to_owned(), |join| format!("joined{join}"))
    }

    /// What is read, as a list of expressions.
    fn cells(&self, own: &str) -> Vec<String> {
        let cell = |cell: &Cell| match cell {
            Cell::Column { of, column } => {
                let table = &self.reads.noun(*of).table;
                quoted(&Self::alias(*of, own), table.columns[*column].name)
            }
            Cell::Short { of, short, language } => {
                let table = &self.reads.noun(*of).table;
                let parent = quoted(&Self::alias(*of, own), table.columns[table.id].name);
                self.short(short, language.as_ref(), &parent)
            }
        };
        self.reads.cells.iter().map(cell).collect()
    }

    /// A short list of the row whose key is `parent`, as a list of lists in JSON.
    fn short(&self, short: &Short, language: Option<&ConstValue>, parent: &str) -> String {
        let column = |(column, is_id): &(&str, bool)| match (self.is_postgres(), is_id) {
            // Bytes are nothing that JSON could hold.
            (false, true) => format!("hex({})", quoted("entry", column)),
            _ => quoted("entry", column),
        };
        let columns: Vec<String> = short.columns.iter().map(column).collect();
        let (columns, table) = (columns.join(", "), short.table.to_string());
        let (by, id) = (quoted("entry", short.by), quoted("entry", short.id));
        let of_parent = format!("FROM \"{table}\" AS \"entry\" WHERE {by} = {parent}");
        let (row, list) = if self.is_postgres() {
            ("json_build_array", "json_agg")
        } else {
            ("json_array", "json_group_array")
        };
        let Some(Best { kind: (kind, is), language: column }) = short.best else {
            return format!(
                "(SELECT CAST({list}({row}({columns}) ORDER BY {id}) AS text) {of_parent})"
            );
        };
        let asked = language
            .and_then(|asked| resolve(asked, self.variables))
            .and_then(|asked| self::language(&asked));
        let languages = self.languages.clone().first(asked);
        let column = format!("lower({})", quoted("entry", column));
        let rank = |(rank, tag): (usize, &str)| {
            format!("WHEN {column} = '{tag}' OR {column} LIKE '{tag}-%' THEN {rank}")
        };
        let wanted = languages.wanted();
        let ranks: Vec<String> = wanted.iter().copied().enumerate().map(rank).collect();
        let order = format!("CASE {} ELSE {} END, {id}", ranks.join(" "), wanted.len());
        let kind = quoted("entry", kind);
        format!(
            "(SELECT CAST({row}({row}({columns})) AS text) {of_parent} AND {kind} = '{is}' ORDER \
             BY {order} LIMIT 1)"
        )
    }

    /// The rows that the reference `number` may lead to, and what it is that leads there.
    fn joined_rows(&self, number: usize, own: &str) -> (SelectStatement, String, String) {
        let join = &self.reads.joins[number];
        let (of, table) = (TableRef(Some(number)), &join.to.table);
        let mut columns = self.reads.columns_of(of);
        if !columns.contains(&table.id) {
            columns.push(table.id);
        }
        let alias = Self::alias(of, own);
        let refers = quoted(
            &Self::alias(join.of, own),
            self.reads.noun(join.of).table.columns[join.by].name,
        );
        let same = format!("{} = {refers}", quoted(&alias, table.columns[table.id].name));
        (table.select(self.visible, &columns), alias, same)
    }

    /// Has rows come with what they refer to.
    fn join(&self, rows: &mut SelectStatement, own: &str) {
        for number in 0..self.reads.joins.len() {
            let (joined, alias, same) = self.joined_rows(number, own);
            rows.join_subquery(JoinType::LeftJoin, joined, alias, Expr::cust(same));
        }
    }

    /// The rows that may be seen and fulfil a condition.
    fn rows(&self, condition: Condition) -> SelectStatement {
        let own = self.reads.noun.table.name.to_string();
        let mut rows = Query::select();
        rows.exprs(self.cells(&own).into_iter().map(Expr::cust));
        rows.from(self.reads.noun.table.name.clone());
        self.join(&mut rows, &own);
        rows.cond_where(self.reads.noun.table.condition(self.visible)).cond_where(condition).take()
    }

    /// The statement of all rows that fulfil a condition.
    pub fn all(&self, condition: Condition) -> Statement {
        let mut sql = Sql::new(self.backend);
        sql.select(&self.rows(condition));
        sql.statement()
    }

    /// The condition that a row has one of these keys.
    pub fn is_one_of(&self, keys: &[Key]) -> Condition {
        Condition::all().add(key_in(self.reads.noun.table.id_column(), keys, self.backend))
    }

    /// The object alone, which is read once and not for each row of its list.
    fn parent(&self, key: &Key) -> SelectStatement {
        let table = &self.reads.noun.table;
        let mut object = self.rows(table.id_column().eq(Value::from(key.clone())).into());
        object.clear_selects();
        for (number, cell) in self.cells(&table.name.to_string()).into_iter().enumerate() {
            object.expr_as(Expr::cust(cell), format!("n{number}"));
        }
        object.limit(1).take()
    }

    fn parent_cells(&self) -> impl Iterator<Item = String> {
        (0..self.reads.cells.len()).map(|number| quoted(PARENT, &format!("n{number}")))
    }

    /// The statement of pages.
    pub fn page(&self, page: &Page<'_>) -> Statement {
        if self.is_postgres() { self.page_of_postgres(page) } else { self.page_of_sqlite(page) }
    }

    /// The rows of one parent in their order. Which parent that is, is still to be said.
    fn of_one(&self, page: &Page<'_>, columns: &[usize]) -> SelectStatement {
        let table = &self.reads.noun.table;
        let mut rows = table.select(self.visible, columns);
        rows.cond_where(page.condition.clone());
        page.link.join(&mut rows, table.id_column());
        page.keyset.restrict(&mut rows);
        ordered(rows, &page.keyset.order_of_table())
    }

    fn page_of_postgres(&self, page: &Page<'_>) -> Statement {
        let table = &self.reads.noun.table;
        let mut columns = self.reads.columns_of(OWN);
        let places = page.keyset.columns().chain(page.more.iter().copied());
        places.for_each(|column| {
            if !columns.contains(&column) {
                columns.push(column)
            }
        });
        let mut rows = self.of_one(page, &columns);
        let mut shown = self.cells(PAGE);
        shown.extend(page.more.iter().map(|column| quoted(PAGE, table.columns[*column].name)));
        let mut order = Vec::new();
        let mut sql = Sql::new(self.backend);
        let kept = page.link.as_kept(page.keys);
        let several = page.keys.len() > 1;
        if several {
            shown.push(quoted(PARENTS, NUMBER));
            order.push(quoted(PARENTS, NUMBER));
        }
        shown.extend(page.parent.iter().flat_map(|parent| parent.parent_cells()));
        sql.text(&format!("SELECT {} FROM ", shown.join(", ")));
        if several {
            if let Some(parent) = page.link.column() {
                rows.and_where(parent.eq(Expr::cust(quoted(PARENTS, KEY))));
            }
            sql.text("unnest(string_to_array(");
            sql.value(joined(&kept));
            sql.text(&format!(
                ", ',')::{}[]) WITH ORDINALITY AS {PARENTS}({KEY}, {NUMBER}) CROSS JOIN LATERAL ",
                type_of(&kept)
            ));
        } else {
            page.link.narrow(&mut rows, page.keys, self.backend);
        }
        sql.text("(");
        sql.first(&rows, Some(page.keyset.limit + 1));
        sql.text(&format!(") AS \"{PAGE}\""));
        for number in 0..self.reads.joins.len() {
            let (joined, alias, same) = self.joined_rows(number, PAGE);
            sql.text(" LEFT JOIN (");
            sql.select(&joined);
            sql.text(&format!(") AS \"{alias}\" ON {same}"));
        }
        if let (Some(parent), [key]) = (&page.parent, page.keys) {
            sql.text(" LEFT JOIN (");
            sql.select(&parent.parent(key));
            sql.text(&format!(") AS \"{PARENT}\" ON TRUE"));
        }
        let down = |down: bool| if down { " DESC" } else { "" };
        order.extend(
            page.keyset.order().map(|(column, is_down)| quoted(PAGE, column) + down(is_down)),
        );
        sql.text(&format!(" ORDER BY {}", order.join(", ")));
        sql.statement()
    }

    fn page_of_sqlite(&self, page: &Page<'_>) -> Statement {
        let table = &self.reads.noun.table;
        let own = table.name.to_string();
        let enough = page.keyset.limit + 1;
        let several = page.keys.len() > 1;
        let mut rows = if several { Query::select() } else { self.of_one(page, &[]) };
        rows.exprs(self.cells(&own).into_iter().map(Expr::cust));
        for column in page.more {
            rows.expr(Expr::cust(quoted(&own, table.columns[*column].name)));
        }
        if several {
            let kept = page.link.as_kept(page.keys);
            let value = Expr::cust(quoted(PARENTS, "value"));
            let id = matches!(kept.first(), Some(Key::Id(_)));
            let key = if id { Func::cust("unhex").arg(value).into() } else { value };
            rows.from_function(Func::cust("json_each").arg(listed(&kept)), PARENTS);
            rows.expr(Expr::cust(format!("{} + 1", quoted(PARENTS, "key"))));
            let mut one = self.of_one(page, &[]);
            if let Some(parent) = page.link.column() {
                one.and_where(parent.eq(key));
            }
            let number = (table.name.clone(), "rowid");
            one.column(number.clone()).limit(enough);
            rows.from(table.name.clone()).and_where(Expr::col(number).in_subquery(one));
            rows.order_by_expr(Expr::cust(quoted(PARENTS, "key")), sea_orm::Order::Asc);
            rows = ordered(rows, &page.keyset.order_of_table());
        } else {
            page.link.narrow(&mut rows, page.keys, self.backend);
        }
        self.join(&mut rows, &own);
        if let (Some(parent), [key]) = (&page.parent, page.keys) {
            rows.join_subquery(
                JoinType::LeftJoin,
                parent.parent(key),
                PARENT.into_iden(),
                Expr::val(true),
            );
            rows.exprs(parent.parent_cells().map(Expr::cust));
        }
        let mut sql = Sql::new(self.backend);
        sql.first(&rows, (!several).then_some(enough));
        sql.statement()
    }

    /// All rows of a list, to be counted.
    pub fn counted(
        &self,
        link: &ParentLink,
        condition: Condition,
        keys: &[Key],
    ) -> SelectStatement {
        let table = &self.reads.noun.table;
        let mut rows = table.select(self.visible, &[]);
        rows.cond_where(condition);
        link.join(&mut rows, table.id_column());
        link.narrow(&mut rows, keys, self.backend);
        rows
    }
}
