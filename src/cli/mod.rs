//! The command line: one file per verb.

mod backup;
mod config;
mod events;
mod export;
mod import;
mod load;
mod migrate;
mod person;
mod schema;
mod serve;
mod token;

pub use self::serve::FIRST_QUERY;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::config::{Config, ConfigError, Layer};
use crate::db::Presence;

/// A register of capacity-building programmes, served over GraphQL.
#[derive(Parser)]
#[command(
    name = "jejaring",
    version,
    after_help = "Example:\n  jejaring\n  jejaring serve --listen 127.0.0.1:0 --database-url \
                  postgres://jejaring@localhost/jejaring\n\n\
                  Every setting is described by `jejaring config --default`."
)]
struct Cli {
    #[command(flatten)]
    settings: Settings,

    #[command(subcommand)]
    verb: Option<Verb>,
}

/// Settings that every verb takes.
#[derive(Args)]
struct Settings {
    /// A file of settings (TOML) [env: JEJARING_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Where to listen; port 0 takes a free one [env: JEJARING_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS")]
    listen: Option<String>,

    /// Where /metrics is served [env: JEJARING_METRICS_LISTEN] [default: nowhere]
    #[arg(long, global = true, value_name = "ADDRESS")]
    metrics_listen: Option<String>,

    /// Which database: sqlite:///path or postgres://… [env: JEJARING_DATABASE_URL] [default: a file
    /// of its own]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,

    /// Load the five reports into an empty database that was configured [env:
    /// JEJARING_WITH_REPORTS]
    #[arg(long, global = true)]
    with_reports: bool,

    /// Which log lines are written: error, warn, info, debug, or a filter [env: JEJARING_LOG]
    /// [default: info]
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve the register (what happens without a verb)
    #[command(after_help = "Example:\n  jejaring serve --listen 127.0.0.1:0")]
    Serve,
    /// Bring the database up to date, or see whether it is
    Migrate(migrate::Migrate),
    /// Load a data package, all of it or nothing
    Load(load::Load),
    /// Read an officer's spreadsheet: what it would change, and then do it, all of it or nothing
    Import(import::Import),
    /// Write the whole register as a data package
    Export(export::Export),
    /// Print the log of what happened, or follow it
    Events(events::Events),
    /// Copy the whole register into a file while it is in use
    Backup(backup::Backup),
    /// Make a register of a copy, in an empty database
    Restore(backup::Restore),
    /// Make, list and revoke tokens; the first administrator gets one here
    Token(token::Token),
    /// Give out or remove what the register knows of a person
    Person(person::Person),
    /// Print the schema (SDL)
    #[command(after_help = "Example:\n  jejaring schema | diff - schema.graphql")]
    Schema,
    /// Print the settings in force, or the defaults with their documentation
    Config(config::ConfigVerb),
}

/// What a verb failed with, in words for whoever typed it.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Says on standard error that a register is about to be made, where there is none. An error says
/// why none can be, or why the one that is there cannot be used; nothing has been opened for
/// writing then.
async fn tell_if_new(config: &Config) -> Result<(), Failure> {
    let presence = Presence::find(&config.db_options()).await?;
    if presence.is_vacant()? {
        eprintln!("jejaring: there is no register at {}; it is made now", presence.place);
    }
    Ok(())
}

/// The command line as clap knows it, for those who go through its verbs.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command line, on a runtime of its own. Exit status 0 only on success.
#[tokio::main]
pub async fn run() -> ExitCode {
    // A wrong flag ends here, with status 2 and a message that names it.
    let cli = Cli::parse();
    match run_verb(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("jejaring: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run_verb(cli: Cli) -> Result<(), Failure> {
    let config = cli.settings.resolve()?;
    match cli.verb.unwrap_or(Verb::Serve) {
        Verb::Serve => serve::run(&config).await,
        Verb::Migrate(verb) => verb.run(&config).await,
        Verb::Load(verb) => verb.run(&config).await,
        Verb::Import(verb) => verb.run(&config).await,
        Verb::Export(verb) => verb.run(&config).await,
        Verb::Events(verb) => verb.run(&config).await,
        Verb::Backup(verb) => verb.run(&config).await,
        Verb::Restore(verb) => verb.run(&config).await,
        Verb::Person(verb) => verb.run(&config).await,
        Verb::Token(verb) => verb.run(&config).await,
        Verb::Schema => schema::run(),
        Verb::Config(verb) => verb.run(&config),
    }
}

impl Settings {
    fn resolve(&self) -> Result<Config, ConfigError> {
        let flags = Layer::default()
            .with("listen", self.listen.clone())
            .with("metrics_listen", self.metrics_listen.clone())
            .with("database_url", self.database_url.clone())
            .with("with_reports", self.with_reports.then_some(true))
            .with("log", self.log.clone());
        let (env, file_of_env) = Layer::from_env(std::env::vars())?;
        let file = self.config.clone().or(file_of_env);
        let file = file.map(|path| Layer::from_file(&path)).transpose()?.unwrap_or_default();
        Config::from_layers([flags, env, file])
    }
}
