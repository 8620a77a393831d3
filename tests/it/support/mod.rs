//! What the tests share: a register of their own on either database, and answers that can be
//! compared.

mod account;
mod answer;
mod dice;
mod documents;
mod graph;
mod mail;
pub mod plain;
mod postgres;
mod program;
mod proxy;
mod receiver;
mod register;

pub use account::{Role, token_of};
pub use answer::Answer;
pub use dice::Dice;
pub use documents::Documents;
pub use graph::{Graph, Way};
pub use mail::{Letter, MailServer, Manner};
pub use postgres::{Cluster, End};
pub use program::Program;
pub use proxy::Proxy;
pub use receiver::{Behaviour, Got, Receiver};
pub use register::{
    Backend, Contents, Template, TestApp, all_of_it, config, db_options, no_trusted, roomy, run,
    run_on, settings, test_clock, writable,
};

/// Makes each named test run as `name::sqlite` and `name::postgres`, on a register with the reports
/// in it, at 2026-06-01T00:00:00Z.
macro_rules! both_dbs {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            use crate::support::{Backend, run};

            #[tokio::test]
            async fn sqlite() {
                run(Backend::Sqlite, super::$test).await;
            }

            #[tokio::test]
            async fn postgres() {
                run(Backend::Postgres, super::$test).await;
            }
        }
    )+};
}

/// The same on a database without a table.
macro_rules! both_dbs_empty {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            use crate::support::{Backend, Contents, run_on};

            #[tokio::test]
            async fn sqlite() {
                run_on(Backend::Sqlite, Contents::Nothing, super::$test).await;
            }

            #[tokio::test]
            async fn postgres() {
                run_on(Backend::Postgres, Contents::Nothing, super::$test).await;
            }
        }
    )+};
}
