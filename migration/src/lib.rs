//! The only DDL of the register: one migration per area, each in a transaction on both databases.
//! Callers hold a lock (`jejaring::db::migrate`), because sea-orm-migration takes none.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

use self::ddl::Ddl;

mod ddl;

/// All migrations, in order.
pub struct Migrator;

/// Declares migrations by their modules, each of which makes its changes in `up`, and in a
/// transaction. None goes back: what it would throw away is the register.
macro_rules! migrations {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        #[async_trait::async_trait]
        impl MigratorTrait for Migrator {
            fn migrations() -> Vec<Box<dyn MigrationTrait>> {
                vec![$({
                    struct Migration;

                    impl MigrationName for Migration {
                        fn name(&self) -> &str {
                            stringify!($module)
                        }
                    }

                    #[async_trait::async_trait]
                    impl MigrationTrait for Migration {
                        fn use_transaction(&self) -> Option<bool> {
                            Some(true)
                        }

                        async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                            $module::up(&Ddl::begin(manager).await?).await
                        }
                    }

                    Box::new(Migration)
                }),*]
            }
        }
    };
}

migrations! {
    m20261122_1_network,
    m20261122_2_delivery,
    m20261122_3_people,
    m20261122_4_provenance,
    m20261122_5_plans,
    m20261122_6_access,
    m20261122_7_events,
    m20261122_8_accounts,
    m20261122_9_ending,
    m20261122_10_search,
    m20261122_11_webhooks,
    m20261122_12_import,
    m20261122_13_indexes,
    m20261122_14_search_names,
    m20261123_15_cells,
    m20261129_16_audiences,
    m20261129_17_sparse,
    m20261130_18_voiding,
    m20261201_19_parties,
    m20261201_20_tags,
    m20261202_21_focal_points,
    m20261202_22_merged_venues,
    m20261202_23_certain_findings,
    m20261203_24_orders,
    m20261204_25_years,
    m20261204_26_mail,
}
