//! Connections that only read, each statement of which ends with the request that sent it.
//!
//! The drivers do not stop a statement when its future is dropped: the thread of a SQLite
//! connection and the server of PostgreSQL go on with it to its end, and the connection is not free
//! before. So each connection is a [`Lane`] of its own that can be interrupted. A lane whose
//! statement was abandoned is interrupted at once, and handed out again only when the statement has
//! ended.

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures::future::join_all;
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::sqlx::{self, PgConnection, SqliteConnection};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection,
    DatabaseTransaction, DbErr, ExecResult, QueryResult, Statement, TransactionOptions,
    TransactionTrait,
};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use super::connect::connections;
use super::pool::Pools;
use super::quick::Quick;
use super::row::Row;

/// How long a statement waits for a free lane, and a lane for its connection.
pub(super) const LANE_WITHIN: Duration = Duration::from_secs(5);
/// After how long a statement that has to end is interrupted again.
const AGAIN_AFTER: Duration = Duration::from_millis(250);
/// Behind a statement of this length in the task that asks, other tasks have their turn.
const LONG_TURN: Duration = Duration::from_micros(250);
/// After how many steps of its virtual machine SQLite asks whether to go on: some ten microseconds'
/// worth.
const STEPS: i32 = 1_000;

/// A set of lanes.
#[derive(Clone)]
pub struct Readers(Arc<Lanes>);

struct Lanes {
    backend: DatabaseBackend,
    all: Vec<Arc<Lane>>,
    /// As many as `free` has permits.
    idle: Mutex<VecDeque<Arc<Lane>>>,
    free: Arc<Semaphore>,
    /// Where statements on SQLite are answered that do not take long.
    quick: Option<Quick>,
}

/// One connection: a pool of one, which replaces it when it breaks.
struct Lane {
    connection: DatabaseConnection,
    interrupt: Interrupt,
}

/// How the statement of a lane is interrupted.
#[derive(Clone)]
pub(super) enum Interrupt {
    /// The connection looks at this every [`STEPS`] steps.
    Sqlite(Arc<AtomicBool>),
    /// The process of the server that has the connection (0 before there is one), and the
    /// connection through which it is told.
    Postgres(Arc<AtomicI32>, DatabaseConnection),
}

impl Interrupt {
    /// Has a new connection to SQLite listen to it.
    pub(super) async fn attach_to_sqlite(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<(), sqlx::Error> {
        if let Self::Sqlite(raised) = self {
            let raised = raised.clone();
            let goes_on = move || !raised.load(Ordering::Relaxed);
            connection.lock_handle().await?.set_progress_handler(STEPS, goes_on);
        }
        Ok(())
    }

    /// Learns which process of PostgreSQL has a new connection.
    pub(super) async fn attach_to_postgres(
        &self,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        if let Self::Postgres(process, _) = self {
            let id = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(connection).await?;
            process.store(id, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Interrupts the statement of a lane that nobody else can have meanwhile.
    async fn send(&self) {
        match self {
            Self::Sqlite(raised) => raised.store(true, Ordering::Relaxed),
            Self::Postgres(process, control) => {
                let id = process.load(Ordering::Relaxed);
                if id == 0 {
                    return;
                }
                let cancel = Statement::from_sql_and_values(
                    DatabaseBackend::Postgres,
                    "SELECT pg_cancel_backend($1)",
                    [id.into()],
                );
                // What is not told now ends with `statement_timeout`, or with its server.
                match timeout(LANE_WITHIN, control.query_one_raw(cancel)).await {
                    Ok(Ok(_)) => {}
                    Ok(Err(error)) => tracing::warn!(%error, "a statement could not be cancelled"),
                    Err(_) => tracing::warn!("a statement could not be cancelled in time"),
                }
            }
        }
    }
}

impl Lane {
    /// Whether its connection can be used without waiting for it.
    fn is_ready(&self) -> bool {
        self.connections().1 > 0
    }

    /// How many connections it has, and how many of them are idle.
    fn connections(&self) -> (u32, u32) {
        connections(&self.connection)
    }

    /// Interrupts its statement, and closes its connection.
    async fn close(&self) -> Result<(), DbErr> {
        let interrupt = async {
            // What is sent before a statement has begun interrupts nothing.
            while self.connections() != (0, 0) {
                if !self.is_ready() {
                    self.interrupt.send().await;
                }
                sleep(AGAIN_AFTER).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            closed = self.connection.close_by_ref() => closed,
            () = interrupt => Ok(()),
        }
    }

    /// Waits until the statement that was interrupted has ended.
    async fn recover(&self) {
        loop {
            self.interrupt.send().await;
            // The pool gives its connection away when the statement has ended, and another one
            // where it broke. What is sent through it now comes behind the interrupt, which can so
            // not reach a later statement.
            match self.connection.ping().await {
                Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) => {}
                _ => break,
            }
        }
        if let Interrupt::Sqlite(raised) = &self.interrupt {
            raised.store(false, Ordering::Relaxed);
        }
    }
}

/// A lane that is in use.
struct Held {
    lanes: Arc<Lanes>,
    lane: Arc<Lane>,
    permit: Option<OwnedSemaphorePermit>,
    /// Whether its statement has ended. Otherwise it is interrupted.
    ended: bool,
}

impl Held {
    fn connection(&self) -> &DatabaseConnection {
        &self.lane.connection
    }

    fn end(mut self) {
        self.ended = true;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let (lanes, lane, permit) = (self.lanes.clone(), self.lane.clone(), self.permit.take());
        if self.ended {
            lanes.idle().push_back(lane);
            return drop(permit);
        }
        // At once, whatever else the runtime has to do.
        if let Interrupt::Sqlite(raised) = &lane.interrupt {
            raised.store(true, Ordering::Relaxed);
        }
        // Without a runtime the process ends.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                lane.recover().await;
                lanes.idle().push_back(lane);
                drop(permit);
            });
        }
    }
}

impl Lanes {
    fn idle(&self) -> MutexGuard<'_, VecDeque<Arc<Lane>>> {
        self.idle.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Readers {
    /// `count` lanes (at least one); the connection of each is given to `prepared` before it is
    /// used. PostgreSQL is told of interrupts through `control`.
    pub(super) async fn connect(
        count: u32,
        pools: &Pools<'_>,
        control: Option<&DatabaseConnection>,
        prepared: impl Fn(&mut DatabaseConnection),
        quick: Option<Quick>,
    ) -> Result<Self, DbErr> {
        let mut all = Vec::new();
        for place in 0..count.max(1) {
            let interrupt = match control {
                Some(control) => Interrupt::Postgres(Arc::default(), control.clone()),
                None => Interrupt::Sqlite(Arc::default()),
            };
            let mut pool = pools.reading(Some(&interrupt))?;
            // The first tells whether there is such a database; the others come when they are
            // needed.
            pool.connect_lazy(place > 0);
            let mut connection = Database::connect(pool).await?;
            prepared(&mut connection);
            all.push(Arc::new(Lane { connection, interrupt }));
        }
        let backend = all[0].connection.get_database_backend();
        let free = Arc::new(Semaphore::new(all.len()));
        Ok(Self(Arc::new(Lanes {
            backend,
            idle: Mutex::new(all.iter().cloned().collect()),
            free,
            all,
            quick,
        })))
    }

    async fn hold(&self) -> Result<Held, DbErr> {
        let closed = || DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed);
        let free = timeout(LANE_WITHIN, self.0.free.clone().acquire_owned()).await;
        let permit = free
            .map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?
            .map_err(|_| closed())?;
        let mut idle = self.0.idle();
        // The connection that was used last goes back to its pool by itself, and may be on its way.
        let ready = idle.iter().rposition(|lane| lane.is_ready()).unwrap_or(0);
        let lane = idle.remove(ready).ok_or_else(closed)?;
        drop(idle);
        Ok(Held { lanes: self.0.clone(), lane, permit: Some(permit), ended: false })
    }

    /// The rows of a statement.
    pub async fn rows(&self, statement: Statement) -> Result<Vec<Row>, DbErr> {
        if let Some((table, elapsed)) =
            self.0.quick.as_ref().and_then(|quick| quick.rows(&statement))
        {
            // There is nothing to wait for, so others have their turn here.
            if elapsed > LONG_TURN {
                tokio::task::yield_now().await;
            } else {
                tokio::task::consume_budget().await;
            }
            return Ok((0..table.rows()).map(|number| Row::Quick(table.clone(), number)).collect());
        }
        let rows = self.query_all_raw(statement).await?;
        Ok(rows.into_iter().map(Row::Driver).collect())
    }

    /// All that is read until it ends, as it stands at one moment, on a lane of its own.
    pub async fn begin(&self, options: TransactionOptions) -> Result<Snapshot, DbErr> {
        let held = self.hold().await?;
        match held.connection().begin_with_options(options).await {
            Ok(transaction) => Ok(Snapshot { transaction, held }),
            Err(error) => {
                held.end();
                Err(error)
            }
        }
    }

    /// How many connections there are, and how many of them are idle.
    pub(super) fn connections(&self) -> (u32, u32) {
        let lanes = self.0.all.iter().map(|lane| lane.connections());
        lanes.fold((0, 0), |sum, lane| (sum.0 + lane.0, sum.1 + lane.1))
    }

    /// The pools of all lanes.
    pub(super) fn pools(&self) -> impl Iterator<Item = &DatabaseConnection> {
        self.0.all.iter().map(|lane| &lane.connection)
    }

    /// One of its pools.
    pub(super) fn any(&self) -> &DatabaseConnection {
        &self.0.all[0].connection
    }

    /// Interrupts what is under way, and closes all connections. Nothing is read any more.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        self.0.free.close();
        if let Some(quick) = &self.0.quick {
            quick.close();
        }
        join_all(self.0.all.iter().map(|lane| lane.close())).await.into_iter().collect()
    }
}

#[async_trait]
impl ConnectionTrait for Readers {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.0.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let held = self.hold().await?;
        let executed = held.connection().execute_raw(statement).await;
        held.end();
        executed
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let held = self.hold().await?;
        let executed = held.connection().execute_unprepared(sql).await;
        held.end();
        executed
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let held = self.hold().await?;
        let row = held.connection().query_one_raw(statement).await;
        held.end();
        row
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let held = self.hold().await?;
        let rows = held.connection().query_all_raw(statement).await;
        held.end();
        rows
    }
}

/// What a register has at one moment.
pub struct Snapshot {
    transaction: DatabaseTransaction,
    held: Held,
}

impl Snapshot {
    /// Ends it.
    pub async fn end(self) -> Result<(), DbErr> {
        let Self { transaction, held } = self;
        let ended = transaction.commit().await;
        held.end();
        ended
    }
}

impl Deref for Snapshot {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &Self::Target {
        &self.transaction
    }
}
