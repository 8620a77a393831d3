//! What is over: roles and engagements that were held until then.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.add("partnership", ColumnDef::new("ended_at").timestamp_with_time_zone()).await?;
    ddl.add("engagement", ColumnDef::new("ended_at").timestamp_with_time_zone()).await
}
