//! Edges of the graph: how the rows on the far side of records are found.

pub mod count;
pub(crate) mod keys;
mod rows;

use std::borrow::Cow;
use std::marker::PhantomData;

use sea_orm::sea_query::{ColumnRef, DynIden, Expr, ExprTrait, IntoColumnRef, IntoIden, SelectStatement};
use sea_orm::{Condition, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, IdenStatic, JoinType, QueryResult};
use uuid::Uuid;

use self::keys::{among, hyphenated};
pub(crate) use self::rows::ordered;
pub use self::rows::{Few, One};
use super::filter::id_column;
use super::loader::{Key, Reader};
use crate::access::Scoped;

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

/// Under which name a row has the key of its near side.
const PARENT: &str = "parent_key";

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

    /// Rows that a link table leads to: its column `here` refers to the near side, `there` to the
    /// far one.
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

    /// The rows that may be seen and fulfil `condition`, on the far side of `keys`; where there are
    /// several, with the near side as a column behind the others.
    fn select(&self, reader: &Reader, condition: Condition, columns: &[E::Column], keys: &[Key]) -> SelectStatement {
        let mut select = self.far_side(reader, condition, columns);
        self.near.narrow(&mut select, keys, reader.db().get_database_backend());
        select
    }

    /// The rows that may be seen and fulfil `condition`, with the link table where the edge goes
    /// through one.
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
}
