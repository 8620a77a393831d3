//! A register for one test.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use jejaring::access::Actor;
use jejaring::app::App;
use jejaring::clock::Clock;
use jejaring::commit::BEFORE_COMMIT;
use jejaring::config::{Config, Layer};
use jejaring::db::{Db, DbOptions, Observer};
use jejaring::graphql::language::Languages;
use jejaring::http::HttpState;
use jejaring::request::{DocumentsConfig, GraphQlParams, Trusted};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::answer::Answer;
use super::postgres::{Cluster, cluster};

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file of its own.
    Sqlite,
    /// A database of its own in the cluster of the run.
    Postgres,
}

/// Whether a test that would take minutes on PostgreSQL tries all there is: on SQLite always, on
/// PostgreSQL where `EVERYTHING` is set.
pub fn all_of_it(backend: Backend) -> bool {
    backend == Backend::Sqlite || std::env::var_os("EVERYTHING").is_some()
}

/// A register with the reports in it, and a clock that stands at 2026-06-01T00:00:00Z.
pub struct TestApp {
    /// What is tested.
    pub app: App,
    /// Where it keeps its data.
    pub backend: Backend,
    /// How to connect to the same data again.
    pub url: String,
    /// The statements that were sent, the last one last.
    pub sent: Arc<Mutex<Vec<Statement>>>,
    _folder: TempDir,
}

/// A register that refuses no question for its size.
pub fn roomy(mut app: TestApp) -> TestApp {
    let config = settings(
        "[limits]\nmax_cost = 100000000\nmax_depth = 100\nmax_selections = 100000\n\
         max_aliases = 10000\nmax_tokens = 100000\n\
         max_body_bytes = 10000000\nmax_nesting = 200\n[webhooks]\n\
         allowed_networks = [\"127.0.0.0/8\"]",
    );
    let (db, clock) = (app.app.db.clone(), app.app.clock.clone());
    app.app = App::over(db, clock, &config, no_trusted());
    app
}

/// The moment at which the questions of the reports are asked.
pub fn test_clock() -> Clock {
    Clock::fixed("2026-06-01T00:00:00Z".parse().expect("a moment"))
}

/// Runs a test on a register of its own.
pub async fn run(backend: Backend, test: impl AsyncFnOnce(TestApp)) {
    run_on(backend, Contents::Reports, test).await;
}

/// Runs a test on a database of its own that begins with `contents`.
pub async fn run_on(backend: Backend, contents: Contents, test: impl AsyncFnOnce(TestApp)) {
    if let Some(app) = TestApp::new(backend, contents).await {
        test(app).await;
    }
}

/// What a register begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// No table.
    Nothing,
    /// Reference data and the reports.
    Reports,
}

impl TestApp {
    /// A register on `backend`; none where the machine has no such database.
    pub async fn new(backend: Backend, contents: Contents) -> Option<Self> {
        let folder = TempDir::new().expect("a folder for the test");
        let url = match backend {
            Backend::Sqlite => {
                let file = folder.path().join("register.sqlite");
                if contents == Contents::Reports {
                    std::fs::copy(sqlite_template().await, &file).expect("a copy of the template");
                }
                format!("sqlite://{}", file.display())
            }
            Backend::Postgres => {
                cluster()?;
                let template = match contents {
                    Contents::Nothing => "template0",
                    Contents::Reports => postgres_template().await,
                };
                postgres_database(template).await
            }
        };
        Some(Self::over(backend, url, folder).await)
    }

    /// A database that is a copy of a file: of a SQLite file, or of what pg_dump wrote in its
    /// custom format. Nothing is brought up to date.
    pub async fn of_copy(backend: Backend, copy: &Path) -> Option<Self> {
        if backend == Backend::Sqlite {
            let folder = TempDir::new().expect("a folder for the test");
            let file = folder.path().join("register.sqlite");
            std::fs::copy(copy, &file).expect("a copy of the file");
            return Some(Self::over(backend, format!("sqlite://{}", file.display()), folder).await);
        }
        let app = Self::new(backend, Contents::Nothing).await?;
        let mut restore = cluster()?.program("pg_restore");
        restore.args(["--no-owner", "--exit-on-error", "--dbname", &app.url]).arg(copy);
        let restored = restore.output().expect("pg_restore runs");
        assert!(
            restored.status.success(),
            "pg_restore failed: {}",
            String::from_utf8_lossy(&restored.stderr)
        );
        Some(app)
    }

    async fn over(backend: Backend, url: String, folder: TempDir) -> Self {
        let (db, sent) = connect(&url).await;
        let app = App::over(db, test_clock(), &settings(""), no_trusted());
        Self { app, backend, url, sent, _folder: folder }
    }

    /// A register with the reports on a cluster of the test's own, and no other database there.
    pub async fn on(cluster: &Cluster) -> Self {
        let server = Database::connect(cluster.url("postgres")).await.expect("the cluster answers");
        server.execute_unprepared("CREATE DATABASE test_own").await.expect("a database");
        server.close().await.expect("the connection closes");
        let url = cluster.url("test_own");
        prepare(&url).await;
        let (db, sent) = connect(&url).await;
        let app = App::over(db, test_clock(), &settings(""), no_trusted());
        let folder = TempDir::new().expect("a folder for the test");
        Self { app, backend: Backend::Postgres, url, sent, _folder: folder }
    }

    /// Its door on the network, with the usual settings.
    pub fn state(&self) -> HttpState {
        self.state_with("")
    }

    /// Its door, with some settings (TOML) of its own.
    pub fn state_with(&self, settings: &str) -> HttpState {
        let config = self::settings(settings);
        let trusted = Trusted::open(&config.documents).expect("the manifest is read");
        let app = App::over(self.app.db.clone(), self.app.clock.clone(), &config, trusted);
        HttpState::new(app, &config)
    }

    /// Asks as anybody would.
    pub async fn ask(&self, query: &str) -> Answer {
        self.ask_in(&[], query).await
    }

    /// Asks as somebody who reads these languages.
    pub async fn ask_in(&self, languages: &[&str], query: &str) -> Answer {
        let languages = Languages::preferring(languages.iter().copied());
        self.send(&Actor::Anonymous, languages, GraphQlParams::new(query)).await
    }

    /// Asks, or writes, as `actor`.
    pub async fn ask_as(&self, actor: &Actor, query: &str) -> Answer {
        self.send(actor, Languages::default(), GraphQlParams::new(query)).await
    }

    /// The same, with variables.
    pub async fn ask_with(
        &self,
        actor: &Actor,
        query: &str,
        variables: serde_json::Value,
    ) -> Answer {
        let variables = variables.as_object().cloned().unwrap_or_default();
        self.send(
            actor,
            Languages::default(),
            GraphQlParams { variables, ..GraphQlParams::new(query) },
        )
        .await
    }

    /// Closes its database, to begin others with what it holds.
    pub async fn into_template(self) -> Template {
        self.app.db.clone().close().await.expect("the database is closed");
        Template(self)
    }

    /// Closes its database, and removes it.
    pub async fn discard(self) {
        self.app.db.close().await.expect("the database is closed");
        if self.backend == Backend::Postgres {
            let name = postgres_name(&self.url);
            on_server(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }

    async fn send(&self, actor: &Actor, languages: Languages, params: GraphQlParams) -> Answer {
        let before = self.app.db.statements().count();
        let response = self.app.answer(actor.clone(), languages, &params).await;
        Answer::new(&response, self.app.db.statements().count() - before)
    }

    /// The position of the newest event.
    pub async fn position(&self) -> i64 {
        use sea_orm::EntityTrait;
        let head = entity::event_head::Entity::find().one(self.app.db.reading()).await;
        head.expect("the head is read").expect("the log has a head").position
    }
}

/// A register that is closed, and of which there may be any number of copies.
pub struct Template(TestApp);

impl Template {
    /// A register that begins as this one ended.
    pub async fn copy(&self) -> TestApp {
        let Self(TestApp { app, backend, url, .. }) = self;
        let folder = TempDir::new().expect("a folder for the copy");
        let url = match backend {
            Backend::Sqlite => {
                let file = folder.path().join("register.sqlite");
                std::fs::copy(url.trim_start_matches("sqlite://"), &file)
                    .expect("a copy of the file");
                format!("sqlite://{}", file.display())
            }
            Backend::Postgres => postgres_database(postgres_name(url)).await,
        };
        let (db, sent) = connect(&url).await;
        // All else of it knows nothing of the database, and takes its time to make.
        let mut app = app.clone();
        app.db = db;
        TestApp { app, backend: *backend, url, sent, _folder: folder }
    }
}

/// How to connect to a database, with so many connections that read.
pub fn db_options(url: &str, readers: u32, heavy_readers: u32) -> DbOptions {
    let url = url.to_owned();
    DbOptions { url, readers, heavy_readers, observer: None, before_commit: BEFORE_COMMIT }
}

/// Connects to a database whose statements are noted.
async fn connect(url: &str) -> (Db, Arc<Mutex<Vec<Statement>>>) {
    let sent: Arc<Mutex<Vec<Statement>>> = Arc::default();
    let log = sent.clone();
    let observer: Observer =
        Arc::new(move |statement| log.lock().expect("the log").push(statement.clone()));
    let options = DbOptions { observer: Some(observer), ..db_options(url, 4, 2) };
    (Db::connect(&options).await.expect("the database opens"), sent)
}

/// No trusted documents.
pub fn no_trusted() -> Trusted {
    Trusted::open(&DocumentsConfig::default()).expect("nothing to read")
}

/// The usual settings, with a mail server that nobody has begun, and with some (TOML) in their
/// place.
pub fn settings(some: &str) -> Config {
    let usual = "[mail]\nhost = \"127.0.0.1\"\ntls = \"none\"\nfrom = \"register@example.org\"";
    let layers = [some, usual].map(|text| Layer::from_toml(text).expect("settings"));
    Config::from_layers(layers).expect("the settings are right")
}

/// The settings of a register at `url` with the reports in it.
pub fn config(url: &str) -> Config {
    let layer = Layer::default().with("database_url", Some(url)).with("with_reports", Some(true));
    Config::from_layers([layer]).expect("the settings are right")
}

async fn prepare(url: &str) {
    let app = App::open(&config(url), test_clock()).await.expect("the reports are loaded");
    app.db.close().await.expect("the template is closed");
}

/// A file with the reports, made once per run.
async fn sqlite_template() -> &'static PathBuf {
    static TEMPLATE: OnceCell<PathBuf> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let file = std::env::temp_dir()
                .join(format!("jejaring-template-{}.sqlite", std::process::id()));
            let _ = std::fs::remove_file(&file);
            prepare(&format!("sqlite://{}", file.display())).await;
            file
        })
        .await
}

/// A database with the reports, made once per run.
async fn postgres_template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let url = postgres_database("template0").await;
            prepare(&url).await;
            postgres_name(&url).to_owned()
        })
        .await
}

/// The name of the database of which this is the URL.
fn postgres_name(url: &str) -> &str {
    let name = url
        .rsplit('/')
        .find_map(|part| part.split('?').next().filter(|name| name.starts_with("test_")));
    name.expect("the name of a database of the tests")
}

/// Does something on the server itself.
async fn on_server(statement: &str) {
    // Copies of one template wait for each other in the server; this keeps them from failing
    // instead.
    static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let cluster = cluster().expect("the cluster was there a moment ago");
    let _turn = ONE_AT_A_TIME.lock().await;
    let server = Database::connect(cluster.url("postgres")).await.expect("the cluster answers");
    server.execute_unprepared(statement).await.expect("the server does it");
    server.close().await.expect("the connection closes");
}

/// A new database, as a copy of `template`; its URL.
async fn postgres_database(template: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    on_server(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    let cluster = cluster().expect("the cluster was there a moment ago");
    cluster.url(&name)
}

/// A connection that writes past the rules: for tests of what must hold whatever the rows say.
pub async fn writable(app: &TestApp) -> DatabaseConnection {
    Database::connect(&app.url).await.expect("a connection")
}
