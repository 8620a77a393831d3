//! Looking one record up by any of its natural keys.

use async_graphql::{InputType, Result};
use sea_orm::Condition;

use crate::engine::reference::NodeType;

/// An input object (`@oneOf`) that names one record.
pub trait Lookup: InputType {
    /// What it finds.
    type Node: NodeType;

    /// The condition that at most one row fulfils.
    fn condition(self) -> Result<Condition>;
}

/// Declares the lookup of a kind of record by id or key.
#[macro_export]
macro_rules! lookup {
    ($($(#[$meta:meta])* $name:ident of $node:ident in $module:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, async_graphql::OneofObject)]
        pub enum $name {
            /// By its opaque id.
            Id(async_graphql::ID),
            /// By its key.
            Key(String),
        }

        impl $crate::engine::lookup::Lookup for $name {
            type Node = $node;

            fn condition(self) -> async_graphql::Result<sea_orm::Condition> {
                use entity::$module::Column;
                use sea_orm::ColumnTrait;
                Ok(match self {
                    Self::Id(id) => Column::Id
                        .eq($crate::graphql::node::record_id::<entity::$module::Entity>(&id)?)
                        .into(),
                    Self::Key(key) => Column::Key.eq(key).into(),
                })
            }
        }
    )+};
}
pub use lookup;
