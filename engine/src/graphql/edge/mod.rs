//! Edges of the graph: how the rows that belong to records are found.

pub mod count;
pub mod keys;
mod rows;

use std::borrow::Cow;
use std::marker::PhantomData;

use sea_orm::sea_query::{
    ColumnRef, DynIden, Expr, ExprTrait, IntoColumnRef, IntoIden, SelectStatement,
};
use sea_orm::{
    Condition, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, IdenStatic, JoinType,
    QueryResult,
};
use uuid::Uuid;

use self::keys::{hyphenated, key_in};
pub use self::rows::ordered;
pub use self::rows::{FewLoader, OneLoader};
use super::filter::id_column;
use super::loader::{Key, Reader};
use crate::access::Scoped;

/// The key under which a list without a parent is kept.
pub const ROOT: Key = Key::Id(Uuid::nil());

/// How rows of `E` are found from the parent.
#[derive(Clone)]
pub struct Edge<E> {
    link: ParentLink,
    of: PhantomData<E>,
}

/// The same without the type of the rows, so that what does not depend on it is compiled once.
#[derive(Clone, Debug)]
pub enum ParentLink {
    /// All rows.
    Root,
    /// The column refers to the parent.
    Column(ColumnRef, &'static str),
    /// The column holds ids as text.
    Text(ColumnRef, &'static str),
    /// A link table leads to them.
    Link {
        /// The table.
        table: DynIden,
        /// Its column that refers to the parent.
        here: DynIden,
        /// That which refers to the child.
        there: DynIden,
    },
}

/// Under which name a row has the key of its parent.
pub(in crate::graphql) const PARENT_KEY: &str = "parent_key";

impl<E: Scoped> Edge<E> {
    /// All rows.
    pub fn root() -> Self {
        Self { link: ParentLink::Root, of: PhantomData }
    }

    /// Rows whose `column` refers to the parent.
    pub fn by(column: E::Column) -> Self {
        Self {
            link: ParentLink::Column((E::default(), column).into_column_ref(), column.as_str()),
            of: PhantomData,
        }
    }

    /// Rows whose `column` refers to the parent by its id as text.
    pub fn by_text(column: E::Column) -> Self {
        Self {
            link: ParentLink::Text((E::default(), column).into_column_ref(), column.as_str()),
            of: PhantomData,
        }
    }

    /// Rows that a link table leads to: its column `here` refers to the parent, `there` to the
    /// children.
    pub fn through<L: EntityTrait>(here: L::Column, there: L::Column) -> Self {
        let table = L::default().table_name().into_iden();
        let link = ParentLink::Link { table, here: here.into_iden(), there: there.into_iden() };
        Self { link, of: PhantomData }
    }

    /// How the rows are found, without their type.
    pub fn into_link(self) -> ParentLink {
        self.link
    }

    /// A name that no other edge to `E` has.
    pub fn name(&self) -> Cow<'static, str> {
        match &self.link {
            ParentLink::Root => "*".into(),
            ParentLink::Column(_, name) | ParentLink::Text(_, name) => (*name).into(),
            ParentLink::Link { table, here, .. } => format!("{table}.{here}").into(),
        }
    }

    /// The rows that may be seen and fulfil `condition`, as children of `keys`; where there are
    /// several, with the parent as a column behind the others.
    fn select(
        &self,
        reader: &Reader,
        condition: Condition,
        columns: &[E::Column],
        keys: &[Key],
    ) -> SelectStatement {
        let mut select = self.child_rows(reader, condition, columns);
        self.link.narrow(&mut select, keys, reader.db().get_database_backend());
        select
    }

    /// The rows that may be seen and fulfil `condition`, with the link table where the edge goes
    /// through one.
    fn child_rows(
        &self,
        reader: &Reader,
        condition: Condition,
        columns: &[E::Column],
    ) -> SelectStatement {
        let mut select = reader.visible().columns::<E>(columns);
        select.cond_where(condition);
        self.link.join(&mut select, Expr::col((E::default(), id_column::<E>())));
        select
    }
}

impl ParentLink {
    /// Joins the link table, if there is one; `child` identifies a row.
    pub fn join(&self, select: &mut SelectStatement, child: Expr) {
        if let Self::Link { table, there, .. } = self {
            select.join(
                JoinType::InnerJoin,
                table.clone(),
                Expr::col((table.clone(), there.clone())).eq(child),
            );
        }
    }

    /// Keeps the children of `keys`.
    pub fn narrow(&self, select: &mut SelectStatement, keys: &[Key], backend: DatabaseBackend) {
        if let Some(parent) = self.parent_column(keys) {
            select.expr_as(parent, PARENT_KEY);
        }
        if let Some(parent) = self.column() {
            select.and_where(key_in(parent, &self.as_kept(keys), backend));
        }
    }

    /// Keys in the form in which the column holds them.
    pub fn as_kept<'a>(&self, keys: &'a [Key]) -> Cow<'a, [Key]> {
        match self {
            Self::Text(..) => keys.iter().map(hyphenated).collect(),
            _ => keys.into(),
        }
    }

    /// The column that a term of an order reads, where it is one of the row.
    pub fn column(&self) -> Option<Expr> {
        match self {
            Self::Root => None,
            Self::Column(column, _) | Self::Text(column, _) => Some(Expr::col(column.clone())),
            Self::Link { table, here, .. } => Some(Expr::col((table.clone(), here.clone()))),
        }
    }

    /// The parent of a row, where it may be that of any of `keys`.
    pub fn parent_column(&self, keys: &[Key]) -> Option<Expr> {
        self.column().filter(|_| keys.len() > 1)
    }

    /// Which of `keys` a row was found for: where there are several, it stands at a place.
    pub(in crate::graphql) fn key_of(
        &self,
        row: &QueryResult,
        keys: &[Key],
        at: usize,
    ) -> Result<Key, DbErr> {
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
}
