//! The command line: one file per verb.

mod backup;
mod config;
mod doctor;
mod events;
mod export;
mod import;
mod load;
mod manual;
mod migrate;
mod person;
mod ready;
mod schema;
mod serve;
mod token;

pub use self::serve::FIRST_QUERY;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use rustix::fs::Mode;
use rustix::process::umask;
use sea_orm::DbErr;

use crate::config::{Config, ConfigError, Layer};
use crate::db::{Presence, told};

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

    #[command(flatten)]
    serving: Serving,

    #[command(subcommand)]
    verb: Option<Verb>,
}

/// Settings of whatever opens a register.
#[derive(Args)]
struct Settings {
    /// A file of settings (TOML) [env: JEJARING_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Which database: sqlite:///path or postgres://… [env: JEJARING_DATABASE_URL] [default: a file
    /// of its own]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,

    /// Which log lines are written: error, warn, info, debug, or a filter [env: JEJARING_LOG]
    /// [default: info]
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
}

/// Settings of a server.
#[derive(Args, Default)]
struct Serving {
    /// Where to listen, a host and a port; port 0 takes a free one [env: JEJARING_LISTEN] [default:
    /// 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,

    /// Where /metrics is served [env: JEJARING_METRICS_LISTEN] [default: nowhere]
    #[arg(long, value_name = "ADDRESS")]
    metrics_listen: Option<String>,

    /// Load the five reports into an empty database that was configured [env:
    /// JEJARING_WITH_REPORTS]
    #[arg(long)]
    with_reports: bool,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve the register (what happens without a verb)
    #[command(after_help = "Example:\n  jejaring serve --listen 127.0.0.1:0")]
    Serve(Serving),
    /// See whether the server that runs here is ready; the exit status tells
    Ready(ready::Ready),
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
    /// See whether the register is well: settings, database, derived values, what it reaches
    Doctor(doctor::Doctor),
    /// Make, list and revoke tokens; the first administrator gets one here
    Token(token::Token),
    /// Give out or remove what the register knows of a person
    Person(person::Person),
    /// Print the schema (SDL)
    #[command(after_help = "Example:\n  jejaring schema | diff - schema.graphql")]
    Schema,
    /// Print a script that completes commands in a shell
    Completions(manual::Completions),
    /// Write the manual pages
    Man(manual::Man),
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

/// The verbs, as the help shows them.
const GROUPS: [(&str, &[&str]); 4] = [
    ("Server", &["serve", "ready", "config", "schema", "completions", "man"]),
    ("Database", &["migrate", "backup", "restore", "doctor"]),
    ("Data", &["import", "load", "export", "events"]),
    ("Accounts and people", &["token", "person"]),
];

/// The command line as clap knows it, with its verbs in groups.
pub fn command() -> clap::Command {
    let command = Cli::command();
    let mut groups = String::new();
    for (group, verbs) in GROUPS {
        groups += &format!("{group}:\n");
        for name in verbs {
            let about = command.find_subcommand(name).and_then(clap::Command::get_about);
            groups +=
                &format!("  {name:12} {}\n", about.map(ToString::to_string).unwrap_or_default());
        }
        groups.push('\n');
    }
    command.help_template(format!(
        "{{about}}\n\n{{usage-heading}} {{usage}}\n\n{groups}Options:\n{{options}}{{after-help}}"
    ))
}

/// Runs the command line, on a runtime of its own. Exit status 0 only on success.
#[tokio::main]
pub async fn run() -> ExitCode {
    // Registers, backups and packages have personal data: they are not for everybody on the
    // machine, whatever the shell would give them.
    let usual = umask(Mode::RWXO);
    umask(usual | Mode::WGRP | Mode::RWXO);
    // A wrong flag ends here, with status 2 and a message that names it.
    let cli = Cli::from_arg_matches(&command().get_matches()).unwrap_or_else(|error| error.exit());
    if let Err(error) = cli.means_something() {
        error.exit();
    }
    match run_verb(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let of_database = failure.downcast_ref::<DbErr>().map(told);
            eprintln!("jejaring: {}", of_database.unwrap_or_else(|| failure.to_string()));
            ExitCode::FAILURE
        }
    }
}

async fn run_verb(cli: Cli) -> Result<(), Failure> {
    let verb = cli.verb.unwrap_or(Verb::Serve(Serving::default()));
    let serving = match &verb {
        Verb::Serve(serving) => Some(serving),
        Verb::Config(verb) => Some(&verb.serving),
        Verb::Ready(verb) => Some(&verb.serving),
        _ => None,
    };
    let config = cli.settings.resolve(serving.into_iter().chain([&cli.serving]))?;
    match verb {
        Verb::Serve(_) => serve::run(&config).await,
        Verb::Migrate(verb) => verb.run(&config).await,
        Verb::Load(verb) => verb.run(&config).await,
        Verb::Import(verb) => verb.run(&config).await,
        Verb::Export(verb) => verb.run(&config).await,
        Verb::Events(verb) => verb.run(&config).await,
        Verb::Backup(verb) => verb.run(&config).await,
        Verb::Restore(verb) => verb.run(&config).await,
        Verb::Doctor(verb) => verb.run(&config).await,
        Verb::Person(verb) => verb.run(&config).await,
        Verb::Token(verb) => verb.run(&config).await,
        Verb::Schema => schema::run(),
        Verb::Completions(verb) => verb.run(),
        Verb::Man(verb) => verb.run(),
        Verb::Ready(verb) => verb.run(&config).await,
        Verb::Config(verb) => verb.run(&config),
    }
}

impl Cli {
    /// Refuses options that have no effect on the verb: whoever gives one expects an effect.
    fn means_something(&self) -> Result<(), clap::Error> {
        let of_server = [
            ("--listen", self.serving.listen.is_some()),
            ("--metrics-listen", self.serving.metrics_listen.is_some()),
            ("--with-reports", self.serving.with_reports),
        ];
        let of_all = [
            ("--config", self.settings.config.is_some()),
            ("--database-url", self.settings.database_url.is_some()),
            ("--log", self.settings.log.is_some()),
        ];
        let (given, verb) = match self.verb {
            None | Some(Verb::Serve(_) | Verb::Config(_) | Verb::Ready(_)) => return Ok(()),
            Some(Verb::Schema | Verb::Completions(_) | Verb::Man(_)) => {
                ([of_server, of_all].concat(), "this command, which opens no register")
            }
            Some(_) => (of_server.to_vec(), "this command, which serves nothing"),
        };
        match given.into_iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((option, _)) => {
                let message = format!("{option} has no effect on {verb}");
                Err(command().error(ErrorKind::ArgumentConflict, message))
            }
        }
    }
}

impl Settings {
    /// The settings in force; of those of a server the first that are given.
    fn resolve<'a>(
        &self,
        serving: impl Iterator<Item = &'a Serving>,
    ) -> Result<Config, ConfigError> {
        let flags = Layer::default()
            .with("database_url", self.database_url.clone())
            .with("log", self.log.clone());
        let serving = serving.map(|serving| {
            Layer::default()
                .with("listen", serving.listen.clone())
                .with("metrics_listen", serving.metrics_listen.clone())
                .with("with_reports", serving.with_reports.then_some(true))
        });
        let (env, file_of_env) = Layer::from_env(std::env::vars())?;
        let file = self.config.clone().or(file_of_env);
        let file = file.map(|path| Layer::from_file(&path)).transpose()?.unwrap_or_default();
        Config::from_layers([flags].into_iter().chain(serving).chain([env, file]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_is_in_one_group_of_the_help() {
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, verbs)| *verbs).copied().collect();
        let command = Cli::command();
        let mut verbs: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        grouped.sort_unstable();
        verbs.sort_unstable();
        assert_eq!(grouped, verbs);
    }
}
