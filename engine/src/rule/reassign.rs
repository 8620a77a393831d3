//! Merging: two records turn out to be about one thing, and what referred to the one refers to the
//! other.

use futures::future::BoxFuture;
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait, QueryFilter};

use crate::db::{Put, Write};
use crate::error::WriteError;

/// The rule by which rows of a table are entered.
pub type Enter<E> = for<'a> fn(
    &'a mut Write,
    Option<&'a <E as EntityTrait>::Model>,
    <E as EntityTrait>::ActiveModel,
)
    -> BoxFuture<'a, Result<Put<<E as EntityTrait>::Model>, WriteError>>;

/// Changes the rows of a table that refer to the one so that they refer to the other, by the rules
/// of the table.
pub async fn reassign<E: EntityTrait>(
    w: &mut Write,
    which: Expr,
    draft: impl Fn() -> E::ActiveModel,
    enter: Enter<E>,
) -> Result<(), WriteError> {
    for row in E::find().filter(which).all(w.read()).await? {
        enter(w, Some(&row), draft()).await?;
    }
    Ok(())
}

/// The same for several tables: `column / field = value => rules, how it is told where the rule
/// does not tell it`.
#[macro_export]
macro_rules! reassign_references {
    (
        $w:ident, $from:ident, $to:ident:
        $($module:ident.$column:ident/$field:ident = $value:expr => $rules:path, $emit:expr;)+
    ) => {$(
        $crate::rule::reassign::reassign::<$module::Entity>(
            $w,
            $module::Column::$column.eq($from),
            || $module::ActiveModel {
                $field: sea_orm::ActiveValue::Set($value),
                ..$crate::rule::unset()
            },
            |w, existing, draft| {
                Box::pin(async move {
                    use $rules as rules;
                    let put = rules::enter(w, existing, draft).await?;
                    let emit: fn(&mut $crate::db::Write, &$crate::db::Put<$module::Model>) = $emit;
                    emit(w, &put);
                    Ok(put)
                })
            },
        )
        .await?;
    )+};
}
pub use reassign_references;
