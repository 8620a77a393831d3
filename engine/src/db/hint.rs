//! Processes on one PostgreSQL tell each other that something was written. Only a hint, sent after
//! the commit: inside the transaction it would cost more than half of the writes, and whoever
//! misses it looks for himself soon.

use sea_orm::sqlx::postgres::{PgListener, PgPoolOptions};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, RuntimeErr, Statement};

use super::Db;

const CHANNEL: &str = "jejaring_events";

/// What other processes tell.
pub struct Hints(PgListener);

impl Hints {
    /// Waits for the next hint.
    pub async fn next(&mut self) -> Result<(), DbErr> {
        // Without a notification the connection was lost, and made anew: something may have been
        // missed.
        self.0.try_recv().await.map(drop).map_err(failed)
    }
}

impl Db {
    /// Listens to other processes, on a connection of its own; none on SQLite.
    pub async fn hints(&self) -> Result<Option<Hints>, DbErr> {
        if self.backend() != DatabaseBackend::Postgres {
            return Ok(None);
        }
        let options = self.reading.any().get_postgres_connection_pool().connect_options();
        let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with((*options).clone());
        let mut listener = PgListener::connect_with(&pool).await.map_err(failed)?;
        listener.listen(CHANNEL).await.map_err(failed)?;
        Ok(Some(Hints(listener)))
    }

    /// Tells other processes that something was written.
    pub async fn hint(&self) -> Result<(), DbErr> {
        let statement = Statement::from_string(self.backend(), format!("NOTIFY {CHANNEL}"));
        self.writing.execute_raw(statement).await.map(drop)
    }
}

fn failed(error: sea_orm::sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}
