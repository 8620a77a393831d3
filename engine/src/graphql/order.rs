//! Orders: a list of `{field, direction}`, ties broken by id, over columns that are never null and
//! are indexed.

use async_graphql::{Enum, InputType};
use sea_orm::{EntityTrait, Order};

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

impl From<OrderDirection> for Order {
    fn from(direction: OrderDirection) -> Self {
        match direction {
            OrderDirection::Asc => Self::Asc,
            OrderDirection::Desc => Self::Desc,
        }
    }
}

/// One `{field, direction}` for the rows of `E`.
pub trait OrderBy<E: EntityTrait>: InputType {
    /// The column and the direction.
    fn term(&self) -> (E::Column, OrderDirection);

    /// The order where none is asked for.
    fn usual() -> Vec<(E::Column, OrderDirection)>;
}

/// Declares the orders of a table. `CREATED_AT` comes with every table: ids sort by time of entry.
#[macro_export]
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

        impl $crate::graphql::order::OrderBy<entity::$module::Entity> for $name {
            fn term(&self) -> (entity::$module::Column, $crate::graphql::order::OrderDirection) {
                let column = match self.field {
                    $($fields::$field => entity::$module::Column::$column,)+
                };
                (column, self.direction)
            }

            fn usual() -> Vec<(entity::$module::Column, $crate::graphql::order::OrderDirection)> {
                vec![$((
                    entity::$module::Column::$usual,
                    $crate::graphql::order::OrderDirection::$direction,
                )),+]
            }
        }
    };
}
pub use order;
