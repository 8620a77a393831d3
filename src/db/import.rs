//! What an import keeps of a file, and for how long.

use entity::id::ImportId;
use entity::import_row::{Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};

use super::Write;

impl Write {
    /// Removes what stood in the rows of an import: what became of each is kept.
    pub async fn forget_cells(&mut self, import: ImportId) -> Result<(), DbErr> {
        Entity::update_many()
            .col_expr(Column::Cells, Expr::value(serde_json::json!([])))
            .filter(Column::ImportId.eq(import))
            .exec(&self.transaction)
            .await
            .map(|_| ())
    }
}
