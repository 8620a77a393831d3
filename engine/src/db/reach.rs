//! Whether the database can be reached: PostgreSQL is asked again and again on a connection of its
//! own. So it is known within seconds that it is away, nobody waits for a connection that cannot be
//! had, and what hangs on a dead connection is given up.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnection, PgPool};
use sea_orm::sqlx::{self, Connection};
use sea_orm::{DatabaseBackend, DbErr, RuntimeErr, SqlxError};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::Db;
use crate::error::{Classified, Failure, Unavailable};

/// How often it is asked while it answers, and while it does not.
const WHILE_REACHED: Duration = Duration::from_secs(1);
const WHILE_AWAY: Duration = Duration::from_millis(250);
/// How long an answer may take, and how long to connect anew.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a connection of which nothing is known may take to answer before it is thrown away,
/// while the database is away.
const RELEASED_WITHIN: Duration = Duration::from_secs(1);

/// What is known of the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// It answers, as far as is known.
    #[default]
    Reached,
    /// It answers, and takes no writes.
    ReadOnly,
    /// It does not answer.
    Away(Unavailable),
}

impl Db {
    /// What is known of the database.
    pub fn reach(&self) -> Reach {
        *self.reach.borrow()
    }

    /// Resolves when it is known that the database cannot be reached.
    pub async fn away(&self) -> Unavailable {
        let mut reach = self.reach.subscribe();
        loop {
            if let Reach::Away(why) = *reach.borrow_and_update() {
                return why;
            }
            if reach.changed().await.is_err() {
                // The sender lives as long as this does.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Does what needs the database, and gives it up where that cannot be reached.
    pub async fn reached<T, E: From<DbErr>>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        tokio::select! {
            biased;
            why = self.away() => {
                let error =
                    SqlxError::Io(io::Error::new(io::ErrorKind::NotConnected, why.to_string()));
                Err(DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))).into())
            }
            done = work => done,
        }
    }

    /// Asks whether the database can be reached, for as long as this is polled. On SQLite there is
    /// nothing to ask.
    pub async fn watch_reach(&self) {
        if self.backend() != DatabaseBackend::Postgres {
            return;
        }
        let mut probe = None;
        loop {
            let found = self.probe(&mut probe).await;
            let before = self.reach.send_replace(found);
            match (before, found) {
                (Reach::Away(_), Reach::Away(_)) => {}
                (_, Reach::Away(why)) => tracing::warn!(%why, "the database is away"),
                (Reach::Away(_), _) => {
                    tracing::info!("the database is back");
                    self.renew_connections();
                }
                _ => {}
            }
            sleep(if matches!(found, Reach::Away(_)) { WHILE_AWAY } else { WHILE_REACHED }).await;
        }
    }

    /// Asks on the connection that is there, and, where that broke, on another one.
    async fn probe(&self, probe: &mut Option<PgConnection>) -> Reach {
        if let Some(mut connection) = probe.take()
            && let Ok(Ok(reach)) = timeout(PATIENCE, ask(&mut connection)).await
        {
            *probe = Some(connection);
            return reach;
        }
        let options = self.writing.get_postgres_connection_pool().connect_options();
        let asked = timeout(PATIENCE, async {
            let mut connection = PgConnection::connect_with(&options).await?;
            let reach = ask(&mut connection).await?;
            Ok::<_, SqlxError>((connection, reach))
        });
        match asked.await {
            Ok(Ok((connection, reach))) => {
                *probe = Some(connection);
                reach
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "the database does not answer");
                match DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))).failure() {
                    // It is there, and the connections of the pools are.
                    Failure::Unavailable(Unavailable::Exhausted) => Reach::Reached,
                    Failure::Unavailable(why) => Reach::Away(why),
                    _ => Reach::Away(Unavailable::Away),
                }
            }
            Err(_) => Reach::Away(Unavailable::Away),
        }
    }

    /// Throws away the connections that nobody uses: they are from before the database went away.
    fn renew_connections(&self) {
        for pool in self
            .reading
            .pools()
            .chain(self.heavy.pools())
            .chain([&self.writing])
            .chain(&self.control)
        {
            let pool: &PgPool = pool.get_postgres_connection_pool();
            for _ in 0..pool.num_idle() {
                let Some(connection) = pool.try_acquire() else { break };
                drop(connection.detach());
            }
        }
    }
}

/// Whether it takes writes, asked in a session that would.
async fn ask(connection: &mut PgConnection) -> Result<Reach, SqlxError> {
    let read_only: String =
        sqlx::query_scalar("SHOW transaction_read_only").fetch_one(connection).await?;
    Ok(if read_only == "on" { Reach::ReadOnly } else { Reach::Reached })
}

/// Whether a connection that comes back to its pool is to stay there. The pool asks each whether it
/// answers and waits for that as long as it takes; while the database is away, it may take until
/// the system gives the connection up.
pub(super) async fn is_alive(
    connection: &mut PgConnection,
    reach: &watch::Sender<Reach>,
) -> Result<bool, SqlxError> {
    if !matches!(*reach.borrow(), Reach::Away(_)) {
        return Ok(true);
    }
    match timeout(RELEASED_WITHIN, connection.ping()).await {
        Ok(answered) => answered.map(|()| true),
        Err(_) => Err(SqlxError::Io(io::ErrorKind::TimedOut.into())),
    }
}
