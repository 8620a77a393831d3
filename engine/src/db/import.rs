//! What an import keeps of a file, and for how long. Rows of a file that is being read are no
//! change of the register, and no event tells of them: they are kept, and removed, past the door,
//! in transactions that are over soon.

use entity::id::ImportId;
use entity::import;
use entity::import_row::{ActiveModel, Column, Entity};
use entity::vocabulary::ImportState;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PrimaryKeyTrait};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};

use super::put::ROWS_PER_INSERT;
use super::{Db, Write};

/// How many rows are removed with what removes their import: of a file that was sent over the
/// network, all. It takes a second at most.
const FORGOTTEN_AT_ONCE: u64 = 100_000;
/// How many of the others are removed in one transaction.
const CLEARED_AT_ONCE: u64 = 10_000;

/// Keeps rows of a file that is being read; false, and nothing is kept, where the import is not
/// waiting for them any more.
pub async fn stage(db: &Db, import: ImportId, rows: Vec<ActiveModel>) -> Result<bool, DbErr> {
    db.transact(async |transaction| {
        // Shared: whoever throws the import away meanwhile waits, and then finds these rows.
        let found = import::Entity::find_by_id(import).lock_shared().one(transaction).await?;
        if found.is_none_or(|found| found.state != ImportState::Reading) {
            return Ok(false);
        }
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some: Vec<ActiveModel> = rows.by_ref().take(ROWS_PER_INSERT).collect();
            Entity::insert_many(some).exec_without_returning(transaction).await?;
        }
        Ok(true)
    })
    .await
}

/// Removes some rows of an import that is over; whether there may be more.
pub async fn clear_rows(db: &Db, import: ImportId) -> Result<bool, DbErr> {
    db.transact(async |transaction| remove(transaction, import, CLEARED_AT_ONCE).await).await
}

/// Removes the first rows of an import; whether there may be more.
async fn remove(db: &impl ConnectionTrait, import: ImportId, most: u64) -> Result<bool, DbErr> {
    let of_import = || Condition::all().add(Column::ImportId.eq(import));
    let last: Option<i32> = Entity::find()
        .select_only()
        .column(Column::Line)
        .filter(of_import())
        .order_by_asc(Column::Line)
        .offset(most - 1)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    let which = last.map_or_else(of_import, |line| of_import().add(Column::Line.lte(line)));
    Entity::delete_many().filter(which).exec(db).await?;
    Ok(last.is_some())
}

impl Write {
    /// Removes the rows of an import; of a very large one, so many as take no long time.
    pub async fn forget_rows(&mut self, import: ImportId) -> Result<(), DbErr> {
        remove(&self.transaction, import, FORGOTTEN_AT_ONCE).await.map(|_| ())
    }

    /// A row as it stands, locked until the write has ended.
    pub async fn locked<E: EntityTrait>(
        &self,
        id: <E::PrimaryKey as PrimaryKeyTrait>::ValueType,
    ) -> Result<Option<E::Model>, DbErr> {
        E::find_by_id(id).lock_exclusive().one(&self.transaction).await
    }

    /// The same, if nobody else has locked it: nobody waits.
    pub async fn unless_locked<E: EntityTrait>(
        &self,
        id: <E::PrimaryKey as PrimaryKeyTrait>::ValueType,
    ) -> Result<Option<E::Model>, DbErr> {
        let free = E::find_by_id(id).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        free.one(&self.transaction).await
    }

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
