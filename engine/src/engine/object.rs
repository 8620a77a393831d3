//! What all objects of the graph have in common, written once.

/// Declares a noun: the fields that every record has, its columns, where it leads (to `one` other
/// object, `maybe` to one, to one of `either` kind, or to a `list` of them, which is a connection
/// with paging, filter and order), what is `computed` of its rows, and its own fields as resolvers.
/// What these read of the row follows from their text.
///
/// ```text
/// object! {
///     /// One run of a programme.
///     Batch of batch, chosen by BatchFilter {
///         /// The programme …
///         one programme: Programme by programme_id;
///
///         /// The parties …
///         list delegations: Delegation => Edge::by(delegation::Column::BatchId);
///
///         /// The printed label.
///         column label: Option<&str>;
///
///         /// Where it stands on the web.
///         computed page: Url = Computed::of(&["key"], |made| {
///             Ok(made.site.batch(made.text("key")?).into())
///         });
///     } {
///         /// Whether all parties are known.
///         async fn completeness(&self, ctx: &Context<'_>) -> Nullable<Completeness> { … }
///     }
/// }
/// ```
#[macro_export]
macro_rules! object {
    (
        $(#[doc = $doc:expr])*
        $name:ident of $module:ident, chosen by $filter:ident, ordered by $order:ident
        { $($ways:tt)* } { $($fields:tt)* }
    ) => {
        $crate::engine::object::bare_object! {
            $(#[doc = $doc])*
            $name of $module, chosen by $filter, ordered by $order {
                $($ways)*

                /// The key of the record: permanent, readable, unique in its kind; used in files
                /// and addresses.
                column key: &str;

                /// Counts the changes of the record, from 1.
                column version: i32;

                /// When the record entered the register.
                column created_at: chrono::DateTime<chrono::Utc>;

                /// When the record last changed.
                column updated_at: chrono::DateTime<chrono::Utc>;
            } { $($fields)* }
        }
    };
}
pub use object;

/// The same without the fields of a record, for what is not identified by a UUID.
#[macro_export]
macro_rules! bare_object {
    (
        $(#[doc = $doc:expr])*
        $name:ident of $module:ident, chosen by $filter:ident, ordered by $order:ident
        { $($ways:tt)* } { $($fields:tt)* }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub $crate::engine::reference::Reference);

        impl $crate::engine::reference::NodeType for $name {
            type Entity = entity::$module::Entity;
            type Filter = $filter;
            type Order = $order;

            fn at(reference: $crate::engine::reference::Reference) -> Self {
                Self(reference)
            }
        }

        impl async_graphql::OutputType for $name {
            fn type_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                $crate::engine::register::noun::<Self>(
                    registry,
                    <Self as $crate::engine::Described>::noun(),
                )
            }

            async fn resolve(
                &self,
                ctx: &async_graphql::ContextSelectionSet<'_>,
                field: &async_graphql::Positioned<async_graphql::parser::types::Field>,
            ) -> async_graphql::ServerResult<async_graphql::Value> {
                self.0.resolve(<Self as $crate::engine::Described>::noun(), ctx, field).await
            }
        }

        $crate::engine::object::sort! {
            { $name of $module, $filter [$($doc),*] { $($fields)* } } [] []
            { $($ways)* } { $($fields)* }
        }
    };
}
pub use bare_object;

/// Sorts what a noun declares: its data, and its own fields with the columns that they read.
#[macro_export]
macro_rules! sort {
    (
        $noun:tt [$($data:tt)*] $own:tt
        { $(#[doc = $doc:expr])* column $column:ident: $type:ty; $($ways:tt)* } $fields:tt
    ) => {
        $crate::engine::object::sort! {
            $noun [$($data)*] $own
            { $(#[doc = $doc])* column $column: $type = $column; $($ways)* } $fields
        }
    };
    (
        $noun:tt [$($data:tt)*] $own:tt
        { $(#[doc = $doc:expr])*
          column $column:ident: $type:ty = $by:ident; $($ways:tt)* } $fields:tt
    ) => {
        $crate::engine::object::sort! {
            $noun [$($data)* {
                $column [$($doc),*]
                FieldKind::Column(
                    stringify!($by),
                    <$type as async_graphql::OutputType>::create_type_info,
                )
            }] $own { $($ways)* } $fields
        }
    };
    (
        $noun:tt [$($data:tt)*] $own:tt
        { $(#[doc = $doc:expr])*
          computed $field:ident: $type:ty = $how:expr; $($ways:tt)* } $fields:tt
    ) => {
        $crate::engine::object::sort! {
            $noun [$($data)* {
                $field [$($doc),*]
                FieldKind::Computed($how, <$type as async_graphql::OutputType>::create_type_info)
            }] $own { $($ways)* } $fields
        }
    };
    (
        $noun:tt [$($data:tt)*] $own:tt
        { $(#[doc = $doc:expr])*
          list $way:ident: $node:ident => $edge:expr; $($ways:tt)* } $fields:tt
    ) => {
        $crate::engine::object::sort! {
            $noun [$($data)* {
                $way [$($doc),*]
                FieldKind::List {
                    of: <$node as $crate::engine::Described>::noun,
                    link: || {
                        type Listed = <$node as $crate::engine::reference::NodeType>::Entity;
                        $crate::graphql::edge::Edge::<Listed>::into_link($edge)
                    },
                }
            }] $own { $($ways)* } $fields
        }
    };
    (
        $noun:tt [$($data:tt)*] $own:tt
        { $(#[doc = $doc:expr])*
          one $way:ident: $node:ident by $column:ident; $($ways:tt)* } $fields:tt
    ) => {
        $crate::engine::object::sort! {
            $noun [$($data)* {
                $way [$($doc),*]
                FieldKind::Reference {
                    by: stringify!($column),
                    to: <$node as $crate::engine::Described>::noun,
                    must: true,
                }
            }] $own { $($ways)* } $fields
        }
    };
    (
        $noun:tt [$($data:tt)*] $own:tt
        { $(#[doc = $doc:expr])*
          maybe $way:ident: $node:ident by $column:ident; $($ways:tt)* } $fields:tt
    ) => {
        $crate::engine::object::sort! {
            $noun [$($data)* {
                $way [$($doc),*]
                FieldKind::Reference {
                    by: stringify!($column),
                    to: <$node as $crate::engine::Described>::noun,
                    must: false,
                }
            }] $own { $($ways)* } $fields
        }
    };
    (
        $noun:tt [$($data:tt)*] $own:tt
        {
            $(#[doc = $doc:expr])*
            either $way:ident: $type:ident = $($column:ident => $node:ident),+;
            $($ways:tt)*
        } $fields:tt
    ) => {
        $crate::engine::object::sort! {
            $noun [$($data)* {
                $way [$($doc),*]
                FieldKind::Either(
                    &[$((stringify!($column), <$node as $crate::engine::Described>::noun)),+],
                    $type,
                )
            }] $own { $($ways)* } $fields
        }
    };
    (
        $noun:tt $data:tt [$($own:tt)*] {}
        {
            $(#[$meta:meta])*
            $visible:vis async fn $field:ident(&self $(, $($arguments:tt)*)?) -> $answer:ty
            { $($body:tt)* }
            $($fields:tt)*
        }
    ) => {
        $crate::engine::object::sort! {
            $noun $data [$($own)* { $field { $($body)* } }] {} { $($fields)* }
        }
    };
    ({ $name:ident of $module:ident, $filter:ident $doc:tt {} } $data:tt [] {} {}) => {
        $crate::engine::object::described! {
            $name of $module, $filter $doc $data []
            |_| $crate::engine::register::object("", &[], Default::default()),
            |_, _| Box::pin(std::future::ready(Ok(None)))
        }
    };
    (
        { $name:ident of $module:ident, $filter:ident $doc:tt { $($fields:tt)+ } }
        $data:tt $own:tt {} {}
    ) => {
        const _: () = {
            /// A row: what the own fields are resolved from.
            pub struct Parent(pub std::sync::Arc<$crate::engine::reference::Row<$name>>);

            impl Parent {
                /// The key of the row.
                fn parent_key(&self) -> $crate::graphql::loader::Key {
                    $crate::engine::own::parent_key::<$name>(&self.0)
                }
            }

            impl async_graphql::TypeName for Parent {
                fn type_name() -> std::borrow::Cow<'static, str> {
                    concat!(stringify!($name), "Own").into()
                }
            }

            impl $crate::engine::own::ParentRow for Parent {
                type Node = $name;

                fn new(row: std::sync::Arc<$crate::engine::reference::Row<$name>>) -> Self {
                    Self(row)
                }
            }

            /// Own fields.
            #[async_graphql::Object(name_type)]
            impl Parent {
                $($fields)+
            }

            $crate::engine::object::described! {
                $name of $module, $filter $doc $data $own
                |registry| registry.create_fake_output_type::<Parent>(),
                $crate::engine::own::resolve::<Parent>
            }
        };
    };
}
pub use sort;

/// The data of a noun.
#[macro_export]
macro_rules! described {
    (
        $name:ident of $module:ident, $filter:ident [$($doc:expr),*]
        [$({ $field:ident [$($field_doc:expr),*] $($what:tt)* })*]
        [$({ $own:ident $body:tt })*]
        $own_type:expr, $resolve:expr
    ) => {
        impl $crate::engine::Described for $name {
            fn noun() -> &'static $crate::engine::Noun {
                use $crate::engine::{Field, Noun, FieldKind};
                use $crate::engine::reference::NodeType;
                static NOUN: Noun = Noun {
                    name: stringify!($name),
                    doc: &[$($doc),*],
                    table: std::sync::LazyLock::new(
                        $crate::engine::table::Table::of::<entity::$module::Entity>,
                    ),
                    fields: &[
                        $(Field {
                            name: stringify!($field),
                            doc: &[$($field_doc),*],
                            what: $($what)*
                        },)*
                    ],
                    own: &[
                        $($crate::engine::noun::OwnField {
                            name: stringify!($own),
                            columns: $crate::engine::object::columns_of!([] $body),
                        },)*
                    ],
                    resolve: $resolve,
                    own_type: $own_type,
                    ty: <$name as async_graphql::OutputType>::create_type_info,
                    filter:
                        <Option<<$name as NodeType>::Filter> as async_graphql::InputType>
                            ::create_type_info,
                    order_by:
                        <Option<Vec<<$name as NodeType>::Order>> as async_graphql::InputType>
                            ::create_type_info,
                    condition: $crate::engine::noun::condition::<$filter>,
                    groups: <$filter as $crate::graphql::filter::Filter>::groups,
                    order: $crate::engine::noun::order::<
                        <$name as NodeType>::Order,
                        entity::$module::Entity,
                    >,
                };
                &NOUN
            }
        }
    };
}
pub use described;

/// The columns of its row that a resolver reads, as its body says: nothing but `self.0.column` and
/// `self.parent_key()`, for which the row always has its key. Where it does anything else with
/// `self`, it may read the whole row.
#[macro_export]
macro_rules! columns_of {
    ([$($column:ident)*]) => { Some(&[$(stringify!($column)),*]) };
    ($columns:tt self . parent_key ( ) $($rest:tt)*) => {
        $crate::engine::object::columns_of!($columns $($rest)*)
    };
    ([$($columns:ident)*] self . 0 . $column:ident $($rest:tt)*) => {
        $crate::engine::object::columns_of!([$($columns)* $column] $($rest)*)
    };
    ($columns:tt self $($rest:tt)*) => { None };
    ($columns:tt { $($within:tt)* } $($rest:tt)*) => {
        $crate::engine::object::columns_of!($columns $($within)* $($rest)*)
    };
    ($columns:tt ( $($within:tt)* ) $($rest:tt)*) => {
        $crate::engine::object::columns_of!($columns $($within)* $($rest)*)
    };
    ($columns:tt [ $($within:tt)* ] $($rest:tt)*) => {
        $crate::engine::object::columns_of!($columns $($within)* $($rest)*)
    };
    ($columns:tt $other:tt $($rest:tt)*) => {
        $crate::engine::object::columns_of!($columns $($rest)*)
    };
}
pub use columns_of;
