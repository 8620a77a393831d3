//! What all objects of the graph have in common, written once.

/// Declares the object that shows a row: the fields that every record has, where it leads (to `one` other object, `maybe` to one,
/// or to a `list` of them, which is a connection with paging, filter and order), which of its fields are made `with` rows that are
/// read for all objects at once, and its own fields as ordinary resolvers. Of these, whatever takes no context is [at hand](super::together::Together::RESOLVERS).
///
/// ```ignore
/// object! {
///     /// One run of a programme.
///     Batch of batch, chosen by BatchFilter {
///         /// The programme …
///         one programme: Programme by programme_id;
///
///         /// The parties …
///         list delegations: Delegation => Edge::by(delegation::Column::BatchId);
///     } {
///         /// The printed label.
///         async fn label(&self) -> Option<&str> { self.0.label.as_deref() }
///     }
/// }
/// ```
macro_rules! object {
    (
        $(#[$meta:meta])*
        $name:ident of $module:ident, chosen by $filter:ident { $($ways:tt)* } { $($fields:tt)* }
    ) => {
        impl $name {
            /// What the far sides of its lists refer to.
            pub(crate) fn near(&self) -> $crate::graphql::loader::Key {
                $crate::graphql::loader::Key::Id(self.0.id.0)
            }
        }

        $crate::engine::object::bare_object! {
            $(#[$meta])*
            $name of $module, chosen by $filter {
                $($ways)*

                /// The key of the record: permanent, readable, unique in its kind; used in files and addresses.
                column key: &str;

                /// Counts the changes of the record, from 1.
                column version: i32;

                /// When the record entered the register.
                column created_at: chrono::DateTime<chrono::Utc>;

                /// When the record last changed.
                column updated_at: chrono::DateTime<chrono::Utc>;
            } {
                /// The id of the record: opaque, permanent, unique in the whole register.
                pub async fn id(&self) -> async_graphql::ID {
                    $crate::graphql::node::global_id(
                        <entity::$module::Entity as $crate::record::Record>::KIND,
                        &self.near(),
                    )
                }

                /// What happened to the record, the newest first: for officers of the institution that keeps it, for curators and
                /// auditors; for anybody else, nothing.
                async fn history(
                    &self,
                    ctx: &async_graphql::Context<'_>,
                    #[graphql(desc = "How many, at most 100.", default = 20)] first: i32,
                    #[graphql(desc = "Only what happened before this position of the log.")]
                    before: Option<$crate::graphql::scalars::Long>,
                ) -> async_graphql::Result<$crate::graphql::list::List<$crate::events::HistoryEvent>> {
                    $crate::events::history(ctx, self.near(), first, before).await
                }

                $($fields)*
            }
        }
    };
}
pub(crate) use object;

/// The same without the fields of a record, for what is not identified by a UUID.
macro_rules! bare_object {
    (
        $(#[$meta:meta])*
        $name:ident of $module:ident, chosen by $filter:ident { $($ways:tt)* } { $($fields:tt)* }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name(pub std::sync::Arc<entity::$module::Model>);

        impl From<std::sync::Arc<entity::$module::Model>> for $name {
            fn from(row: std::sync::Arc<entity::$module::Model>) -> Self {
                Self(row)
            }
        }

        impl $crate::graphql::connection::Shown for $name {
            type Entity = entity::$module::Entity;
            type Filter = $filter;
        }

        $crate::engine::object::sort! {
            { $(#[$meta])* $name of $module, $filter { $($fields)* } } [] [] [] [] [] [] [] { $($ways)* } { $($fields)* }
        }
    };
}
pub(crate) use bare_object;

/// Sorts what an object declares: lists, references that lead somewhere, references that may, and its own fields, of which those
/// without a context are at hand.
macro_rules! sort {
    (
        $object:tt $withs:tt [$($columns:tt)*] $computed:tt $lists:tt $ones:tt $maybes:tt $own:tt
        { $(#[$meta:meta])* column $column:ident: $type:ty; $($ways:tt)* } $fields:tt
    ) => {
        $crate::engine::object::sort! {
            $object $withs [$($columns)* { $(#[$meta])* $column: $type = $column }] $computed
            $lists $ones $maybes $own { $($ways)* } $fields
        }
    };
    (
        $object:tt $withs:tt [$($columns:tt)*] $computed:tt $lists:tt $ones:tt $maybes:tt $own:tt
        { $(#[$meta:meta])* column $column:ident: $type:ty = $by:ident; $($ways:tt)* } $fields:tt
    ) => {
        $crate::engine::object::sort! {
            $object $withs [$($columns)* { $(#[$meta])* $column: $type = $by }] $computed
            $lists $ones $maybes $own { $($ways)* } $fields
        }
    };
    (
        $object:tt $withs:tt $columns:tt [$($computed:tt)*] $lists:tt $ones:tt $maybes:tt $own:tt
        { computed $field:ident = $how:expr; $($ways:tt)* } $fields:tt
    ) => {
        $crate::engine::object::sort! {
            $object $withs $columns [$($computed)* { $field $how }] $lists $ones $maybes $own { $($ways)* } $fields
        }
    };
    (
        $object:tt [$($withs:tt)*] $columns:tt $computed:tt $lists:tt $ones:tt $maybes:tt $own:tt
        { with $edge:expr => $($made:ident),+; $($ways:tt)* } $fields:tt
    ) => {
        $crate::engine::object::sort! {
            $object [$($withs)* $({ $made => $edge })+] $columns $computed $lists $ones $maybes $own { $($ways)* } $fields
        }
    };
    (
        $object:tt $withs:tt $columns:tt $computed:tt [$($lists:tt)*] $ones:tt $maybes:tt $own:tt
        { $(#[$meta:meta])* list $way:ident: $node:ident => $edge:expr; $($ways:tt)* } $fields:tt
    ) => {
        $crate::engine::object::sort! {
            $object $withs $columns $computed [$($lists)* { $(#[$meta])* $way: $node => $edge }] $ones $maybes $own { $($ways)* } $fields
        }
    };
    (
        $object:tt $withs:tt $columns:tt $computed:tt $lists:tt [$($ones:tt)*] $maybes:tt $own:tt
        { $(#[$meta:meta])* one $way:ident: $node:ident by $column:ident; $($ways:tt)* } $fields:tt
    ) => {
        $crate::engine::object::sort! {
            $object $withs $columns $computed $lists [$($ones)* { $(#[$meta])* $way: $node by $column }] $maybes $own { $($ways)* } $fields
        }
    };
    (
        $object:tt $withs:tt $columns:tt $computed:tt $lists:tt $ones:tt [$($maybes:tt)*] $own:tt
        { $(#[$meta:meta])* maybe $way:ident: $node:ident by $column:ident; $($ways:tt)* } $fields:tt
    ) => {
        $crate::engine::object::sort! {
            $object $withs $columns $computed $lists $ones [$($maybes)* { $(#[$meta])* $way: $node by $column }] $own { $($ways)* } $fields
        }
    };
    (
        $object:tt $withs:tt $columns:tt $computed:tt $lists:tt $ones:tt $maybes:tt [$($own:tt)*] {}
        {
            $(#[$meta:meta])*
            $visible:vis async fn $field:ident(&self) -> $answer:ty { $($body:tt)* }
            $($fields:tt)*
        }
    ) => {
        $crate::engine::object::sort! {
            $object $withs $columns $computed $lists $ones $maybes [$($own)* { $field true { $($body)* } }] {} { $($fields)* }
        }
    };
    (
        $object:tt $withs:tt $columns:tt $computed:tt $lists:tt $ones:tt $maybes:tt [$($own:tt)*] {}
        {
            $(#[$meta:meta])*
            $visible:vis async fn $field:ident(&self, $($argument:tt)*) -> $answer:ty { $($body:tt)* }
            $($fields:tt)*
        }
    ) => {
        $crate::engine::object::sort! {
            $object $withs $columns $computed $lists $ones $maybes [$($own)* { $field false { $($body)* } }] {} { $($fields)* }
        }
    };
    (
        { $(#[$meta:meta])* $name:ident of $module:ident, $filter:ident $fields:tt }
        [$({ $made:ident => $rows:expr })*]
        [$({ $(#[$column_meta:meta])* $column:ident: $type:ty = $by:ident })*]
        [$({ $computed:ident $how:expr })*]
        [$({ $(#[$list_meta:meta])* $list:ident: $listed:ident => $edge:expr })*]
        [$({ $(#[$one_meta:meta])* $one:ident: $needed:ident by $one_column:ident })*]
        [$({ $(#[$maybe_meta:meta])* $maybe:ident: $other:ident by $maybe_column:ident })*]
        [$({ $own:ident $at_hand:ident $body:tt })*] {} {}
    ) => {
        $crate::engine::object::resolvers! {
            $(#[$meta])*
            $name {
                $($(#[$column_meta])* column $column: $type = $by;)*
            } {
                $($(#[$list_meta])* list $list: $listed => $edge;)*
            } {
                $($(#[$one_meta])* one $one: $needed by $one_column;)*
            } {
                $($(#[$maybe_meta])* maybe $maybe: $other by $maybe_column;)*
            } $fields
        }

        impl $crate::engine::Described for $name {
            fn noun() -> &'static $crate::engine::Noun {
                use $crate::engine::{Field, Noun, What};
                static NOUN: Noun = Noun {
                    name: stringify!($name),
                    table: std::sync::LazyLock::new($crate::engine::table::Table::of::<entity::$module::Entity>),
                    fields: &[
                        $(Field { name: stringify!($column), what: What::Column(stringify!($by)) },)*
                        $(Field {
                            name: stringify!($one),
                            what: What::Reference {
                                by: stringify!($one_column),
                                to: <$needed as $crate::engine::Described>::noun,
                                must: true,
                            },
                        },)*
                        $(Field {
                            name: stringify!($maybe),
                            what: What::Reference {
                                by: stringify!($maybe_column),
                                to: <$other as $crate::engine::Described>::noun,
                                must: false,
                            },
                        },)*
                        $(Field {
                            name: stringify!($list),
                            what: What::List {
                                of: <$listed as $crate::engine::Described>::noun,
                                near: || {
                                    type Listed = <$listed as $crate::graphql::connection::Shown>::Entity;
                                    $crate::graphql::edge::Edge::<Listed>::into_near($edge)
                                },
                            },
                        },)*
                        $(Field { name: stringify!($computed), what: What::Computed($how) },)*
                    ],
                    own: &[
                        $($crate::engine::noun::Own {
                            name: stringify!($own),
                            columns: $crate::engine::object::columns_of!([] $body),
                        },)*
                    ],
                    resolve: $crate::engine::own::resolve::<$name>,
                    condition: $crate::engine::noun::condition::<$filter>,
                    groups: <$filter as $crate::graphql::filter::Filter>::groups,
                    order: $crate::engine::noun::order::<entity::$module::Entity>,
                };
                &NOUN
            }
        }

        impl $crate::graphql::together::Together for $name {
            const RESOLVERS: &'static [$crate::graphql::together::Resolver] = {
                use $crate::graphql::together::Resolver;
                &[
                    $(Resolver {
                        name: stringify!($column),
                        at_hand: true,
                        columns: Some(&[stringify!($by)]),
                        follow: None,
                    },)*
                    $(Resolver {
                        name: stringify!($own),
                        at_hand: $at_hand,
                        columns: $crate::engine::object::columns_of!([] $body),
                        follow: None,
                    },)*
                    $(Resolver::reference::<$needed>(stringify!($one), &[stringify!($one_column)]),)*
                    $(Resolver::reference::<$other>(stringify!($maybe), &[stringify!($maybe_column)]),)*
                    $(Resolver { name: stringify!($list), at_hand: false, columns: Some(&[]), follow: None },)*
                ]
            };

            fn read<'a>(
                block: $crate::graphql::together::Block<'a, Self>,
                field: &'a async_graphql::Positioned<async_graphql::parser::types::Field>,
            ) -> Option<futures::future::BoxFuture<'a, $crate::graphql::together::Resolved>> {
                use $crate::graphql::together::is_named;

                let name = field.node.name.node.as_str();
                $(
                    if is_named(name, stringify!($made)) {
                        let keys = block.objects.iter().map(Self::near).collect();
                        return Some(block.with(field, keys, $rows));
                    }
                )*
                $(
                    if is_named(name, stringify!($one)) {
                        let key = |object: &Self| $crate::graphql::loader::Key::of(object.0.$one_column.clone());
                        let keys = block.objects.iter().map(key).collect();
                        return Some(block.link::<$needed>(field, keys, true));
                    }
                )*
                $(
                    if is_named(name, stringify!($maybe)) {
                        let key = |object: &Self| $crate::graphql::loader::Key::of(object.0.$maybe_column.clone());
                        let keys = block.objects.iter().map(key).collect();
                        return Some(block.link::<$other>(field, keys, false));
                    }
                )*
                $(
                    if is_named(name, stringify!($list)) {
                        let keys = block.objects.iter().map(Self::near).collect();
                        return Some(block.list::<$listed>(field, keys, stringify!($name), $edge));
                    }
                )*
                None
            }

            fn made_with(
                _name: &str,
            ) -> Option<(std::sync::Arc<dyn $crate::graphql::ahead::Far>, $crate::db::row::Columns)> {
                $(
                    if $crate::graphql::together::is_named(_name, stringify!($made)) {
                        return $rows.with_objects();
                    }
                )*
                None
            }

            fn list_ahead<'a>(
                _ctx: &'a async_graphql::Context<'a>,
                _near: $crate::graphql::ahead::NearSide,
            ) -> Option<futures::future::BoxFuture<'a, async_graphql::Result<()>>> {
                $(
                    if $crate::graphql::together::is_named(_ctx.item.node.name.node.as_str(), stringify!($list)) {
                        let of = stringify!($name);
                        return Some($crate::graphql::together::list_with_object::<$listed>(_ctx, _near, of, $edge));
                    }
                )*
                None
            }
        }
    };
}
pub(crate) use sort;

/// The columns of its row that a resolver reads, as its body says: nothing but `self.0.column` and `self.near()`, for which the row
/// always has its key. Where it does anything else with `self`, it may read the whole row.
macro_rules! columns_of {
    ([$($column:ident)*]) => { Some(&[$(stringify!($column)),*]) };
    ($columns:tt self . near ( ) $($rest:tt)*) => { $crate::engine::object::columns_of!($columns $($rest)*) };
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
    ($columns:tt $other:tt $($rest:tt)*) => { $crate::engine::object::columns_of!($columns $($rest)*) };
}
pub(crate) use columns_of;

/// The resolvers of an object: its own fields, its references, and its lists, which are found from what `near` returns.
macro_rules! resolvers {
    (
        $(#[$meta:meta])*
        $name:ident {
            $($(#[$column_meta:meta])* column $column:ident: $type:ty = $by:ident;)*
        } {
            $($(#[$list_meta:meta])* list $list:ident: $node:ident => $edge:expr;)*
        } {
            $($(#[$one_meta:meta])* one $one:ident: $needed:ident by $one_column:ident;)*
        } {
            $($(#[$maybe_meta:meta])* maybe $maybe:ident: $other:ident by $maybe_column:ident;)*
        } {
            $($fields:tt)*
        }
    ) => {
        $(#[$meta])*
        #[async_graphql::Object]
        impl $name {
            $($fields)*

            $(
                $(#[$column_meta])*
                async fn $column(&self) -> $type {
                    $crate::engine::shows::Shows::show(&self.0.$by)
                }
            )*

            $(
                $(#[$one_meta])*
                async fn $one(&self, ctx: &async_graphql::Context<'_>) -> async_graphql::Result<$needed> {
                    let key = $crate::graphql::loader::Key::of(self.0.$one_column.clone());
                    $crate::graphql::context::Reading::required(ctx, key).await
                }
            )*

            $(
                $(#[$maybe_meta])*
                async fn $maybe(&self, ctx: &async_graphql::Context<'_>) -> $crate::graphql::context::Nullable<$other> {
                    let key = $crate::graphql::loader::Key::of(self.0.$maybe_column.clone());
                    $crate::graphql::context::Reading::one(ctx, key).await.transpose()
                }
            )*

            $(
                $(#[$list_meta])*
                #[allow(clippy::too_many_arguments, reason = "the arguments of a connection")]
                async fn $list(
                    &self,
                    ctx: &async_graphql::Context<'_>,
                    #[graphql(desc = "How many from the start: 20 where neither this nor `last` is given, at most 100.")]
                    first: Option<i32>,
                    #[graphql(desc = "Only what stands behind this place.")]
                    after: Option<$crate::graphql::scalars::Cursor>,
                    #[graphql(desc = "How many from the end, at most 100; not together with `first`.")]
                    last: Option<i32>,
                    #[graphql(desc = "Only what stands before this place.")]
                    before: Option<$crate::graphql::scalars::Cursor>,
                    #[graphql(desc = "Only what matches.")]
                    filter: Option<<$node as $crate::graphql::connection::Shown>::Filter>,
                    #[graphql(desc = "In which order; ties are broken by id.")]
                    order_by: Option<Vec<$crate::graphql::connection::OrderOf<$node>>>,
                ) -> async_graphql::Result<$crate::graphql::connection::Connection<$node>> {
                    let args = $crate::graphql::page::PageArgs { first, after, last, before };
                    let from = self.near();
                    let of = stringify!($name);
                    $crate::graphql::connection::Connection::read(ctx, of, $edge, from, args, filter, order_by).await
                }
            )*
        }
    };
}
pub(crate) use resolvers;
