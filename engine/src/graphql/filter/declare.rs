//! The declaration of a filter of a table.

/// Declares a filter of a table: its operators on columns and its conditions on related rows.
///
/// * `field: Operator => column(C)` tests a column;
/// * `field: Filter => one(C in module)` tests the row that column `C` refers to;
/// * `field: ListFilter => many(module.C)` tests the rows of `module` whose column `C` refers here;
/// * `field: ListFilter => through(link.Here/There to module)` tests the rows that a link table
///   leads to;
/// * `field: IntFilter => year(C)` tests the year of the date in column `C`, in which an unknown
///   one is the last of all days;
/// * `field: Type => by(function)` calls `function(value, scope) -> Result<Condition>`.
#[macro_export]
macro_rules! filter {
    (
        $(#[doc = $doc:literal])*
        $name:ident / $list:ident of $module:ident {
            $($(#[doc = $field_doc:literal])* $field:ident: $type:ty => $kind:ident($($how:tt)+);)+
        }
    ) => {
        $crate::graphql::input::input! {
            $(#[doc = $doc])*
            #[derive(Default)]
            pub struct $name {
                $($(#[doc = $field_doc])* $field: Option<Box<$type>>,)+
                /// All of these hold as well.
                and: Option<Vec<$name>>,
                /// At least one of these holds as well; of none, none holds.
                or: Option<Vec<$name>>,
                /// This does not hold; what is unknown does not hold either. A filter without
                /// conditions holds for all, so that its opposite holds for nothing.
                not: Option<Box<$name>>,
            }
        }

        impl $crate::graphql::filter::Filter for $name {
            fn condition(
                self,
                scope: &$crate::graphql::filter::Scope<'_>,
            ) -> async_graphql::Result<sea_orm::Condition> {
                let scope = &scope.within()?;
                let mut all = sea_orm::Condition::all();
                $(if let Some(value) = self.$field {
                    all = all.add($crate::graphql::filter::filter_on!(
                        $module, *value, scope, $kind($($how)+)
                    ));
                })+
                for each in self.and.into_iter().flatten() {
                    all = all.add($crate::graphql::filter::Filter::condition(each, scope)?);
                }
                if let Some(or) = self.or {
                    let mut any = sea_orm::Condition::any();
                    for each in or {
                        any = any.add($crate::graphql::filter::Filter::condition(each, scope)?);
                    }
                    all = all.add(any);
                }
                if let Some(not) = self.not {
                    let condition = $crate::graphql::filter::Filter::condition(*not, scope)?;
                    all = all.add($crate::graphql::filter::opposite(condition));
                }
                Ok(all)
            }

            #[allow(unused_variables, reason = "not every kind of record refers to others")]
            fn groups(visible: &$crate::access::Visible) -> Vec<$crate::graphql::filter::Group> {
                [$($crate::graphql::filter::group_by!(
                    $module, stringify!($field), $type, visible, $kind($($how)+)
                )),+]
                    .into_iter()
                    .flatten()
                    .collect()
            }
        }

        $crate::graphql::input::input! {
            /// Conditions on the related records.
            #[derive(Default)]
            pub struct $list {
                /// At least one of them fulfils this.
                some: Option<Box<$name>>,
                /// None of them fulfils this.
                none: Option<Box<$name>>,
            }
        }

        impl $crate::graphql::filter::ListFilter for $list {
            type Filter = $name;
        }

        impl $list {
            /// Turns the conditions into one on the referring row, given how a set of related rows
            /// is found from here.
            #[allow(dead_code, reason = "not every kind of record is a list somewhere")]
            pub fn related(
                self,
                scope: &$crate::graphql::filter::Scope<'_>,
                here: impl Fn(sea_orm::Condition) -> sea_orm::sea_query::SelectStatement,
                id: impl sea_orm::ColumnTrait,
            ) -> async_graphql::Result<sea_orm::Condition> {
                let mut all = sea_orm::Condition::all();
                if let Some(some) = self.some {
                    let some = $crate::graphql::filter::Filter::condition(*some, scope)?;
                    all = all.add(id.in_subquery(here(some)));
                }
                if let Some(none) = self.none {
                    let none = $crate::graphql::filter::Filter::condition(*none, scope)?;
                    all = all.add(id.not_in_subquery(here(none)));
                }
                Ok(all)
            }
        }
    };
}
pub use filter;

/// The condition of one field of [`filter!`].
#[macro_export]
macro_rules! filter_on {
    ($module:ident, $value:expr, $scope:expr, column($column:ident)) => {
        $crate::graphql::filter::Operator::test(
            $value,
            sea_orm::sea_query::Expr::col((
                entity::$module::Entity,
                entity::$module::Column::$column,
            ))
            .into(),
            $scope,
        )?
    };
    ($module:ident, $value:expr, $scope:expr, one($column:ident in $other:ident)) => {
        sea_orm::ColumnTrait::in_subquery(
            &entity::$module::Column::$column,
            $crate::graphql::filter::matching::<entity::$other::Entity>(
                $crate::graphql::filter::id_column::<entity::$other::Entity>(),
                $crate::graphql::filter::Filter::condition($value, $scope)?,
                $scope,
            ),
        )
    };
    ($module:ident, $value:expr, $scope:expr, many($other:ident.$column:ident)) => {
        $value.related(
            $scope,
            |condition| {
                $crate::graphql::filter::matching::<entity::$other::Entity>(
                    entity::$other::Column::$column,
                    condition,
                    $scope,
                )
            },
            $crate::graphql::filter::id_column::<entity::$module::Entity>(),
        )?
    };
    ($module:ident, $value:expr, $scope:expr, year($column:ident)) => {
        $crate::graphql::filter::in_years(
            $value,
            sea_orm::sea_query::Expr::col((
                entity::$module::Entity,
                entity::$module::Column::$column,
            )),
            $scope,
        )?
    };
    (
        $module:ident, $value:expr, $scope:expr,
        through($link:ident.$here:ident/$there:ident to $other:ident)
    ) => {
        $value.related(
            $scope,
            |condition| {
                $crate::graphql::filter::matching::<entity::$link::Entity>(
                    entity::$link::Column::$here,
                    sea_orm::ColumnTrait::in_subquery(
                        &entity::$link::Column::$there,
                        $crate::graphql::filter::matching::<entity::$other::Entity>(
                            $crate::graphql::filter::id_column::<entity::$other::Entity>(),
                            condition,
                            $scope,
                        ),
                    )
                    .into(),
                    $scope,
                )
            },
            $crate::graphql::filter::id_column::<entity::$module::Entity>(),
        )?
    };
    ($module:ident, $value:expr, $scope:expr, by($function:path)) => {
        $function($value, $scope)?
    };
}
pub use filter_on;

/// By what one field of [`filter!`] lets rows be grouped.
#[macro_export]
macro_rules! group_by {
    ($module:ident, $field:expr, $type:ty, $visible:expr, column($column:ident)) => {
        $crate::graphql::filter::Group::column(
            $field,
            entity::$module::Column::$column,
            <$type as $crate::graphql::filter::Operator>::VALUES,
        )
    };
    ($module:ident, $field:expr, $type:ty, $visible:expr, year($column:ident)) => {
        Some($crate::graphql::filter::Group::year($field, entity::$module::Column::$column))
    };
    ($module:ident, $field:expr, $type:ty, $visible:expr, one($column:ident in $other:ident)) => {
        Some($crate::graphql::filter::Group::reference::<$type, entity::$other::Entity>(
            $field,
            entity::$module::Column::$column,
            $visible,
        ))
    };
    (
        $module:ident, $field:expr, $type:ty, $visible:expr,
        through($link:ident.$here:ident/$there:ident to $other:ident)
    ) => {
        Some($crate::graphql::filter::Group::linked::<
            <$type as $crate::graphql::filter::ListFilter>::Filter,
            entity::$link::Entity,
            entity::$other::Entity,
        >($field, (entity::$link::Column::$here, entity::$link::Column::$there), $visible))
    };
    ($module:ident, $field:expr, $type:ty, $visible:expr, $kind:ident($($how:tt)+)) => {
        None
    };
}
pub use group_by;
