//! Orders: a list of `{field, direction}`, ties broken by id, over columns that are never null and
//! are indexed.

use async_graphql::{Enum, InputType};
use sea_orm::EntityTrait;

/// Which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// From small to large, from early to late, from A to Z.
    #[default]
    Asc,
    /// The other way round.
    Desc,
}

impl OrderDirection {
    /// The other one.
    pub fn reversed(self) -> Self {
        match self {
            Self::Asc => Self::Desc,
            Self::Desc => Self::Asc,
        }
    }
}

/// A table whose rows are offered in some orders.
pub trait Ordered: EntityTrait {
    /// The input object that names a field and a direction.
    type Order: InputType + Term<Self>;

    /// The order where none is asked for.
    fn usual() -> Vec<(Self::Column, OrderDirection)>;
}

/// One `{field, direction}`.
pub trait Term<E: EntityTrait>: Send + Sync {
    /// The column and the direction.
    fn term(&self) -> (E::Column, OrderDirection);
}

/// Declares the orders of a table. `CREATED_AT` comes with every table: ids sort by time of entry.
macro_rules! order {
    (
        $(#[doc = $doc:literal])*
        $name:ident / $fields:ident of $module:ident by $($usual:ident $direction:ident),+ {
            $($(#[$field_meta:meta])* $field:ident => $column:ident,)+
        }
    ) => {
        /// What to order by.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
        pub enum $fields {
            $($(#[$field_meta])* $field,)+
        }

        $crate::graphql::input::input! {
            $(#[doc = $doc])*
            pub struct $name {
                /// What to order by.
                field: $fields,
                /// Which way.
                direction: $crate::graphql::order::OrderDirection = Default::default(),
            }
        }

        impl $crate::graphql::order::Term<entity::$module::Entity> for $name {
            fn term(&self) -> (entity::$module::Column, $crate::graphql::order::OrderDirection) {
                let column = match self.field {
                    $($fields::$field => entity::$module::Column::$column,)+
                };
                (column, self.direction)
            }
        }

        impl $crate::graphql::order::Ordered for entity::$module::Entity {
            type Order = $name;

            fn usual() -> Vec<(entity::$module::Column, $crate::graphql::order::OrderDirection)> {
                vec![$((entity::$module::Column::$usual, $crate::graphql::order::OrderDirection::$direction)),+]
            }
        }
    };
}
pub(crate) use order;
