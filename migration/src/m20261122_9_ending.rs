//! What is over: roles and engagements that were held until then.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let ddl = Ddl::new(manager);
        ddl.add("partnership", ColumnDef::new("ended_at").timestamp_with_time_zone()).await?;
        ddl.add("engagement", ColumnDef::new("ended_at").timestamp_with_time_zone()).await
    }
}
