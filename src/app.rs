//! A running register: its database brought up to date, its schema, its clock.

use async_graphql::{Request, Response};
use sea_orm::{DbErr, EntityTrait, PaginatorTrait};

use crate::access::{Actor, Visible};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{self, Db};
use crate::exchange::package::{self, LoadError};
use crate::graphql::execute::execute;
use crate::graphql::language::Languages;
use crate::graphql::loader::Reader;
use crate::graphql::mutation::Desk;
use crate::graphql::roots::{Register, schema};

/// All that a request needs.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    schema: Register,
}

/// Why a register could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The database could not be reached or brought up to date.
    Database(DbErr),
    /// A package that the program carries could not be loaded.
    Load(LoadError),
    /// Sample data were asked for in a register that has data.
    NotEmpty,
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Database(error) => write!(f, "the database cannot be opened: {error}"),
            Self::Load(error) => write!(f, "the register cannot be prepared: {error}"),
            Self::NotEmpty => f.write_str(
                "the reports are loaded into an empty register only, and this one has programmes of its own; \
                 leave out --with-reports, or load data/reports with `jejaring load`",
            ),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<DbErr> for OpenError {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl From<LoadError> for OpenError {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

impl App {
    /// Connects, migrates, and brings the reference data up to date; loads the reports into an empty register where they
    /// are asked for, or where no database was configured.
    pub async fn open(config: &Config, clock: Clock) -> Result<Self, OpenError> {
        let db = Db::connect(&config.db_options()).await?;
        let prepared = db::exclusively(&db, async || {
            db::migrate(&db).await?;
            package::load(&db, &clock, Actor::Operator, &package::reference()).await?;
            if config.database_url.is_none() || config.with_reports {
                let empty = entity::programme::Entity::find().count(db.reading()).await? == 0;
                if empty {
                    package::load(&db, &clock, Actor::Operator, &package::reports()).await?;
                } else if config.with_reports && !reports_are_loaded(&db).await? {
                    return Err(OpenError::NotEmpty);
                }
            }
            Ok(())
        });
        prepared.await?;
        Ok(Self::over(db, clock))
    }

    /// A register over a database that is up to date.
    pub fn over(db: Db, clock: Clock) -> Self {
        Self { db, clock, schema: schema().finish() }
    }

    /// Executes one request of `actor`, with names in `languages`.
    pub async fn execute(&self, actor: Actor, languages: Languages, request: Request) -> Response {
        let desk = Desk { db: self.db.clone(), clock: self.clock.clone(), actor: actor.clone() };
        let request = request.data(desk);
        let reader = Reader::new(self.db.reading().clone(), Visible::to(actor), self.clock.clone());
        execute(&self.schema, request, reader, languages).await
    }
}

/// Whether the register's data are the reports, so that a second start with the same settings is no error.
async fn reports_are_loaded(db: &Db) -> Result<bool, DbErr> {
    use sea_orm::{ColumnTrait, QueryFilter};
    let first = entity::batch::Entity::find().filter(entity::batch::Column::Key.eq("jewellery-2023"));
    Ok(first.count(db.reading()).await? == 1)
}

/// The schema as SDL, sorted: the file `schema.graphql`.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    let options = options.include_specified_by().use_space_ident().indent_width(2);
    let sdl = schema().finish().sdl_with_options(options);
    // The library leaves blanks at the ends of lines.
    let mut text: String = sdl.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
