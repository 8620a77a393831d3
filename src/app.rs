//! A running register: its database brought up to date, its schema, its clock.

use std::sync::Arc;

use async_graphql::{Error, Request, Response, ValidationMode};
use futures::FutureExt;
use futures::future::BoxFuture;
use sea_orm::{DbErr, EntityTrait, PaginatorTrait};

use crate::access::oidc::Oidc;
use crate::access::{Actor, Visible};
use crate::accounts::reminder_mail::MailCounts;
use crate::analysis::search::rebuild_where_empty;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{self, Db};
use crate::engine::noun::Catalogue;
use crate::engine::plan::Plan;
use crate::engine::planner::{Sees, plan};
use crate::eventlog::Tail;
use crate::eventlog::feed::{Feed, FeedError, Item};
use crate::exchange::package::{self, LoadError};
use crate::graphql::error::no_place;
use crate::graphql::error::{ended, fault, lost};
use crate::graphql::language::Languages;
use crate::graphql::library::executing;
use crate::graphql::loader::Reader;
use crate::graphql::page::LARGEST_PAGE;
use crate::graphql::scalars::checks;
use crate::graphql::service_config::ServiceConfig;
use crate::mutation::MutationContext;
use crate::provenance::reconcile_former;
use crate::request::{GraphQlParams, Kind, Prepared, RequestPipeline, Trusted};
use crate::schema::execute::{Executed, carry_out, execute, refuse};
use crate::schema::subscribe::{begin, failure, show};
use crate::schema::{ApiSchema, CODE, ROOTS, schema};
use crate::site::Site;
use crate::webhooks::{Means, WebhookSender};
use crate::website;

/// Fields within fields that the library executes by itself, at most.
const DEPTH: usize = 32;

/// All that a request needs.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Validates requests before they are executed.
    pub pipeline: Arc<RequestPipeline>,
    /// The end of the log, for those who follow it.
    pub tail: Arc<Tail>,
    /// The provider of OpenID Connect whose tokens are taken.
    pub oidc: Option<Arc<Oidc>>,
    service: ServiceConfig,
    /// Where messages to others are sent from.
    pub webhook_sender: Arc<WebhookSender>,
    /// What became of mails that this process has sent.
    pub mails: Arc<MailCounts>,
    /// Where it stands on the web.
    pub site: Site,
    /// The schema as text, as [`sdl`] has it.
    pub sdl: Arc<str>,
    schema: ApiSchema,
    catalogue: Arc<Catalogue>,
}

/// The documents with which the desk asks, of which the program has the manifest.
const DESK_DOCUMENTS: &str = include_str!(concat!(env!("OUT_DIR"), "/desk-documents.json"));

/// Why a register could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The database could not be reached or brought up to date.
    Database(DbErr),
    /// A package that the program carries could not be loaded.
    Load(LoadError),
    /// The manifest of trusted documents cannot be read.
    Documents(String),
    /// Sample data were asked for in a register that has data.
    NotEmpty,
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Database(error) => {
                write!(f, "the database cannot be opened: {}", db::told(error))
            }
            Self::Load(error) => write!(f, "the register cannot be prepared: {error}"),
            Self::Documents(error) => f.write_str(error),
            Self::NotEmpty => f.write_str(
                "the reports are loaded into an empty register only, and this one has programmes \
                 of its own; leave out --with-reports, or load data/reports with `jejaring load`",
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
    /// Connects, migrates, and brings the reference data up to date; loads the reports into an
    /// empty register where they are asked for, or where no database was configured.
    pub fn open(config: &Config, clock: Clock) -> BoxFuture<'_, Result<Self, OpenError>> {
        Self::opened(config, clock).boxed()
    }

    async fn opened(config: &Config, clock: Clock) -> Result<Self, OpenError> {
        let trusted = Trusted::open(&config.documents)
            .and_then(|trusted| trusted.with_carried(DESK_DOCUMENTS))
            .and_then(|trusted| trusted.with_carried(&website::documents()))
            .map_err(OpenError::Documents)?;
        let db = Db::connect(&config.db_options()).await?;
        let prepared = db::exclusively(&db, async || {
            prepare(&db, &clock).await?;
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
        let oidc = Oidc::new(&config.oidc, &clock);
        Ok(Self::over(db, clock, config, trusted).trusting(oidc))
    }

    /// A register over a database that is up to date.
    pub fn over(db: Db, clock: Clock, config: &Config, trusted: Trusted) -> Self {
        let (limits, site) = (config.limits.clone(), config.site());
        let service = ServiceConfig::new(limits.clone(), &config.oidc, config.mail.sends());
        let tail = Arc::new(Tail::new(db.clone()));
        let sdl = sdl();
        let pipeline = Arc::new(RequestPipeline::new(&sdl, checks(), limits, trusted));
        let catalogue = Arc::new(Catalogue::new(ROOTS, CODE, pipeline.schema()));
        let schema = executing(schema())
            .data(service.clone())
            .data(site.clone())
            .data(catalogue.clone())
            .finish();
        let webhook_sender = WebhookSender::new(&config.webhooks);
        Self {
            db,
            clock,
            pipeline,
            tail,
            oidc: None,
            service,
            webhook_sender,
            mails: Arc::default(),
            site,
            sdl: sdl.into(),
            schema,
            catalogue,
        }
    }

    /// The same, with messages to others sent from elsewhere.
    pub fn sending(self, webhook_sender: Arc<WebhookSender>) -> Self {
        Self { webhook_sender, ..self }
    }

    /// What deliveries are made with.
    pub fn means(&self) -> Means {
        Means {
            db: self.db.clone(),
            clock: self.clock.clone(),
            tail: self.tail.clone(),
            site: self.site.clone(),
            webhook_sender: self.webhook_sender.clone(),
        }
    }

    /// The same, which also takes the tokens of a provider of OpenID Connect.
    pub fn trusting(self, oidc: Option<Oidc>) -> Self {
        Self { oidc: oidc.map(Arc::new), ..self }
    }

    /// Validates a request of `actor` and answers it, with names in `languages`.
    pub async fn answer(
        &self,
        actor: Actor,
        languages: Languages,
        params: &GraphQlParams,
    ) -> Response {
        match self.pipeline.prepare(params) {
            Ok(prepared) => self.run(actor, languages, &prepared).await.into_response(),
            Err(errors) => refuse(errors),
        }
    }

    /// Executes a request that was found good.
    ///
    /// In a box, as all that follows: a future is compiled where it is driven, and all that the
    /// schema can do hangs from these.
    pub fn run<'a>(
        &'a self,
        actor: Actor,
        languages: Languages,
        prepared: &'a Prepared,
    ) -> BoxFuture<'a, Executed> {
        let mutation_context = self.mutation_context(actor.clone());
        let visible = Visible::to(actor);
        let reader = match prepared.is_heavy() {
            true => Reader::of_heavy(&self.db, visible, self.clock.clone(), LARGEST_PAGE),
            false => self.reader(visible),
        };
        let run = async move {
            let plan = self.plan(prepared, reader.visible());
            let to = (&self.site, &languages);
            if let Some(executed) = carry_out(&self.schema, plan, prepared, &reader, to).await {
                return executed.unless_halted(prepared.on_error);
            }
            let cost = prepared.tell_cost.then_some(prepared.requested_cost);
            let request =
                prepared.request().data(mutation_context).data(self.webhook_sender.clone());
            execute(&self.schema, request, cost, reader, languages)
                .await
                .unless_halted(prepared.on_error)
        };
        run.boxed()
    }

    /// What mutations on somebody's behalf find in their context.
    pub fn mutation_context(&self, actor: Actor) -> MutationContext {
        MutationContext { db: self.db.clone(), clock: self.clock.clone(), actor }
    }

    /// The schema as the library validates and executes it by itself.
    pub fn ordinary_schema(&self) -> ApiSchema {
        let schema = schema().validation_mode(ValidationMode::Strict).limit_depth(DEPTH);
        let schema = schema.data(self.service.clone()).data(self.site.clone());
        schema.data(self.catalogue.clone()).finish()
    }

    /// The plan of a query for those who see alike; none where it asks for what the catalogue does
    /// not have.
    fn plan(&self, prepared: &Prepared, visible: &Visible) -> Arc<Option<Plan>> {
        if prepared.kind != Kind::Query {
            return Arc::new(None);
        }
        prepared.kept(visible.class(), |document| {
            plan(document, &self.catalogue, &Sees { visible, known: false })
        })
    }

    /// Reads a page of a table, of at most `size` rows.
    pub fn page(
        &self,
        actor: Actor,
        languages: Languages,
        page: Request,
        size: u64,
    ) -> BoxFuture<'_, Executed> {
        let reader = Reader::of_heavy(&self.db, Visible::to(actor), self.clock.clone(), size);
        execute(&self.schema, page, None, reader, languages).boxed()
    }

    /// Begins to follow the log as a subscription asks for; behind `resume` where that is given.
    /// What is wrong with its arguments is the answer.
    pub fn follow<'a>(
        &'a self,
        visible: &'a Visible,
        prepared: &'a Prepared,
        resume: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Feed, Response>> {
        let following = async move {
            let mut wanted = begin(&self.schema, prepared, self.reader(visible.clone())).await?;
            if let Some(place) = resume {
                wanted.after = Some(place.parse().map_err(|_| failure(no_place(place)))?);
            }
            let feed = Feed::begin(self.tail.clone(), self.clock.clone(), visible.clone(), wanted);
            self.db.reached(feed).await.map_err(|error| failure(self.failed(error)))
        };
        following.boxed()
    }

    /// Answers a subscription for one item of the log.
    pub fn show<'a>(
        &'a self,
        visible: &Visible,
        languages: Languages,
        prepared: &'a Prepared,
        item: Item,
    ) -> BoxFuture<'a, Executed> {
        show(&self.schema, prepared, item, self.reader(visible.clone()), languages).boxed()
    }

    /// What a client may know of why its feed ended.
    pub fn failed(&self, error: FeedError) -> Error {
        match error {
            FeedError::Lost(end) => lost(end),
            FeedError::Refused(why, place) => ended(why, place),
            FeedError::Database(error) => fault(error, self.clock.id()),
        }
    }

    fn reader(&self, visible: Visible) -> Arc<Reader> {
        Reader::new(&self.db, visible, self.clock.clone())
    }
}

/// Brings a database up to date, with the values that are accepted, and with the countries, groups
/// and topics that the program carries; to be called [`exclusively`](db::exclusively) by whatever
/// writes into a register that may be new.
pub async fn prepare(db: &Db, clock: &Clock) -> Result<(), OpenError> {
    db::migrate(db).await?;
    rebuild_where_empty(db, clock).await.map_err(LoadError::Write)?;
    reconcile_former(db, clock).await.map_err(LoadError::Write)?;
    package::load(db, clock, Actor::Operator, &package::reference()).await?;
    Ok(())
}

/// Whether the register's data are the reports, so that a second start with the same settings is no
/// error.
async fn reports_are_loaded(db: &Db) -> Result<bool, DbErr> {
    use sea_orm::{ColumnTrait, QueryFilter};
    let first =
        entity::batch::Entity::find().filter(entity::batch::Column::Key.eq("jewellery-2023"));
    Ok(first.count(db.reading()).await? == 1)
}

/// The schema as SDL, sorted: the file `schema.graphql`.
pub fn sdl() -> String {
    let schema = schema().finish();
    let options = async_graphql::SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items();
    let options = options.include_specified_by().use_space_ident().indent_width(2);
    let sdl = schema.sdl_with_options(options);
    // The library leaves blanks at the ends of lines.
    let mut text: String = sdl.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
