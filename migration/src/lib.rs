//! The only DDL of the register: one migration per area, each in a transaction on both databases. Callers hold a lock
//! (`jejaring::db::migrate`), because sea-orm-migration takes none.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod ddl;
mod m20261122_10_search;
mod m20261122_11_webhooks;
mod m20261122_12_import;
mod m20261122_13_indexes;
mod m20261122_1_network;
mod m20261122_2_delivery;
mod m20261122_3_people;
mod m20261122_4_provenance;
mod m20261122_5_plans;
mod m20261122_6_access;
mod m20261122_7_events;
mod m20261122_8_accounts;
mod m20261122_9_ending;

/// All migrations, in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_1_network::Migration),
            Box::new(m20261122_2_delivery::Migration),
            Box::new(m20261122_3_people::Migration),
            Box::new(m20261122_4_provenance::Migration),
            Box::new(m20261122_5_plans::Migration),
            Box::new(m20261122_6_access::Migration),
            Box::new(m20261122_7_events::Migration),
            Box::new(m20261122_8_accounts::Migration),
            Box::new(m20261122_9_ending::Migration),
            Box::new(m20261122_10_search::Migration),
            Box::new(m20261122_11_webhooks::Migration),
            Box::new(m20261122_12_import::Migration),
            Box::new(m20261122_13_indexes::Migration),
        ]
    }
}
