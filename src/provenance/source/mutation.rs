//! What is done to sources.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::{Refusal, RefusalCode, WriteError};
use async_graphql::MaybeUndefined;
use entity::vocabulary::{DatePrecision, SourceKind, SourceRelationKind};
use entity::{institution, source, source_relation};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Value};
use uuid::Uuid;

use super::{Source, relation, rules};
use crate::access::policy::Relation;
use crate::db::{Change, Put};
use crate::graphql::input::input;
use crate::graphql::scalars::{Date, Url};
use crate::mutation::{IdOf, changed, given, mutations, reference};
use crate::phrase::say;
use crate::rule::{self, Stem, check, key_or, unset};
use crate::text::{fold, tidy};

mutations! {
    /// Mutations of sources.
    SOURCE_MUTATIONS {
        /// Enters a document that states facts. What an institution states of its own records needs
        /// none: it is entered as such. A document of which the register has all of this already,
        /// is refused unless it gets a key of its own.
        add_source(AddSourceInput) -> AddSourcePayload { source: Source }, a EnterCommon {
            /// The key; unless given, made of what tells the record apart.
            key: Option<String>,
            /// What kind of document it is; not `OWNER_STATEMENT` or `COUNTRY_STATEMENT`.
            kind: SourceKind,
            /// The title, as printed.
            title: String,
            /// The language of the document (BCP 47 tag).
            language: String,
            /// Who published it.
            publisher_id: Option<IdOf<institution::Entity>>,
            /// Where it is on the web.
            url: Option<Url>,
            /// On which day it was published.
            published_on: Option<Date>,
            /// How exactly that day is known.
            precision: DatePrecision = DatePrecision::Day,
            /// Its own number or code.
            reference: Option<String>,
            /// The SHA-256 of an archived copy, hexadecimal.
            archive_sha256: Option<String>,
        }

        /// Corrects what is recorded of a document. For curators. What is left out stays as it is.
        correct_source(CorrectSourceInput)
            -> CorrectSourcePayload { source: Source }, a KeepCommon {
            /// The source.
            source_id: IdOf<source::Entity>,
            /// The title, as printed.
            title: Option<String>,
            /// The language of the document (BCP 47 tag).
            language: Option<String>,
            /// Who published it; null where not known.
            publisher_id: MaybeUndefined<IdOf<institution::Entity>>,
            /// Where it is on the web; null where it is not.
            url: MaybeUndefined<Url>,
            /// On which day it was published; null where not known.
            published_on: MaybeUndefined<Date>,
            /// How exactly that day is known.
            precision: Option<DatePrecision>,
            /// Its own number or code; null where it has none.
            reference: MaybeUndefined<String>,
        }

        /// Says on what other documents a document rests, instead of what was said before. For
        /// curators.
        relate_source(RelateSourceInput) -> RelateSourcePayload { source: Source }, a KeepCommon {
            /// The source.
            source_id: IdOf<source::Entity>,
            /// What it reprints, or takes its facts from; at most 100.
            relations: Vec<SourceRelationInput>,
        }
    }
}

async fn add_source(
    w: &mut Write,
    by: &Authorizer,
    input: &AddSourceInput,
) -> Result<Uuid, WriteError> {
    let new = NewSourceInput {
        kind: input.kind,
        title: input.title.clone(),
        language: input.language.clone(),
        publisher_id: input.publisher_id,
        url: input.url.clone(),
        published_on: input.published_on.clone(),
        precision: input.precision,
        reference: input.reference.clone(),
        archive_sha256: input.archive_sha256.clone(),
    };
    if let (None, Some(known)) = (&input.key, same_document(w, by, &new).await?) {
        let message = say!(
            "the register has this document already, as \"{key}\": give its own reference, address \
             or day where it is another one, or a key",
            key = &known.key
        );
        return Err(Refusal::new(RefusalCode::Duplicate, "title", message).into());
    }
    Ok(enter_source(w, by, input.key.as_ref(), &new).await?.id.0)
}

input! {
    /// A document that states facts, and that the register does not have yet.
    pub struct NewSourceInput {
        /// What kind of document it is; not `OWNER_STATEMENT` or `COUNTRY_STATEMENT`.
        kind: SourceKind,
        /// The title, as printed.
        title: String,
        /// The language of the document (BCP 47 tag).
        language: String,
        /// Who published it.
        publisher_id: Option<IdOf<institution::Entity>>,
        /// Where it is on the web.
        url: Option<Url>,
        /// On which day it was published.
        published_on: Option<Date>,
        /// How exactly that day is known.
        precision: DatePrecision = DatePrecision::Day,
        /// Its own number or code.
        reference: Option<String>,
        /// The SHA-256 of an archived copy, hexadecimal.
        archive_sha256: Option<String>,
    }
}

/// The document that is described: the one of which the register has all of this, else a new one.
pub(crate) async fn document(
    w: &mut Write,
    by: &Authorizer,
    input: &NewSourceInput,
) -> Result<source::Model, WriteError> {
    match same_document(w, by, input).await? {
        Some(known) => Ok(known),
        None => enter_source(w, by, None, input).await,
    }
}

/// The document of which the register has all that is given here, and nothing else; for whoever
/// may enter one.
async fn same_document(
    w: &Write,
    by: &Authorizer,
    input: &NewSourceInput,
) -> Result<Option<source::Model>, WriteError> {
    use source::Column::{
        ArchiveSha256, Kind, Language, Precision, PublishedOn, PublisherId, Reference, SortTitle,
        Url,
    };
    is_document(by, input.kind)?;
    let reference = input.reference.as_deref().map(tidy).filter(|text| !text.is_empty());
    let alike = source::Entity::find()
        .filter(SortTitle.eq(fold(&input.title)))
        .filter(Kind.eq(input.kind))
        .filter(Language.eq(input.language.trim()))
        .filter(optional(PublisherId, input.publisher_id.map(|id| id.0)))
        .filter(optional(Url, input.url.as_ref().map(|url| url.0.clone())))
        .filter(optional(PublishedOn, input.published_on.as_ref().map(|day| day.0)))
        .filter(optional(Reference, reference))
        .filter(optional(ArchiveSha256, input.archive_sha256.clone()))
        .filter(Precision.eq(input.precision));
    Ok(alike.order_by_asc(source::Column::Id).one(w.read()).await?)
}

/// The condition that a column has a value, or none.
fn optional(column: source::Column, value: Option<impl Into<Value>>) -> SimpleExpr {
    value.map_or_else(|| column.is_null(), |value| column.eq(value))
}

/// Refuses whoever may not enter documents, and what is no document: what institutions and
/// countries state themselves is entered in other ways, and by nobody else.
fn is_document(by: &Authorizer, kind: SourceKind) -> Result<(), WriteError> {
    by.require(Relation::Stranger)?;
    let message = match kind {
        SourceKind::OwnerStatement => {
            say!("OWNER_STATEMENT is what institutions state of their own records by entering it")
        }
        SourceKind::CountryStatement => say!(
            "COUNTRY_STATEMENT is what a country states of its delegations: acknowledgeDelegation \
             and contestDelegation state it"
        ),
        _ => return Ok(()),
    };
    Err(check::invalid("kind", message).into())
}

/// Enters a document, under a key of its own or one that is made.
async fn enter_source(
    w: &mut Write,
    by: &Authorizer,
    key: Option<&String>,
    input: &NewSourceInput,
) -> Result<source::Model, WriteError> {
    is_document(by, input.kind)?;
    let publisher = input.publisher_id.map(|id| id.0);
    let publisher = by.find_optional::<institution::Entity>(w, "publisher_id", publisher).await?;
    let draft = source::ActiveModel {
        key: key_or(w, key, Stem::<source::Entity>::named(&input.title)).await?,
        kind: Set(input.kind),
        title: Set(input.title.clone()),
        language: Set(input.language.clone()),
        publisher_id: Set(publisher.map(|row| row.id)),
        url: Set(input.url.as_ref().map(|url| url.0.clone())),
        published_on: Set(input.published_on.as_ref().map(|day| day.0)),
        precision: Set(input.precision),
        reference: Set(input.reference.clone()),
        archive_sha256: Set(input.archive_sha256.clone()),
        ..unset()
    };
    Ok(rules::enter(w, None, draft).await?.row)
}

async fn correct_source(
    w: &mut Write,
    by: &Authorizer,
    input: &CorrectSourceInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let row = by.target::<source::Entity>(w, "source_id", input.source_id.0).await?;
    if row.kind == SourceKind::OwnerStatement {
        let key = &row.key;
        let message =
            say!("\"{key}\" stands for what an institution states, and is not corrected", key);
        return Err(check::invalid("source_id", message).into());
    }
    if row.kind == SourceKind::CountryStatement {
        let key = &row.key;
        let message = say!("\"{key}\" stands for what a country states, and is not corrected", key);
        return Err(check::invalid("source_id", message).into());
    }
    let publisher =
        reference::<institution::Entity>(by, w, "publisher_id", input.publisher_id).await?;
    let draft = source::ActiveModel {
        title: given(input.title.clone()),
        language: given(input.language.clone()),
        publisher_id: changed(publisher, |publisher| publisher.id),
        url: changed(input.url.clone(), |url| url.0),
        published_on: changed(input.published_on.clone(), |day| day.0),
        precision: given(input.precision),
        reference: changed(input.reference.clone(), |reference| reference),
        ..unset()
    };
    let put = rules::enter(w, Some(&row), draft).await?;
    rule::emit::<source::Entity>(w, &put);
    Ok(put.row.id.0)
}

async fn relate_source(
    w: &mut Write,
    by: &Authorizer,
    input: &RelateSourceInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    check::at_most("relations", input.relations.len(), MOST_RELATIONS)?;
    let row = by.target::<source::Entity>(w, "source_id", input.source_id.0).await?;
    let former =
        source_relation::Entity::find().filter(source_relation::Column::SourceId.eq(row.id));
    let former = former
        .all(w.read())
        .await?
        .iter()
        .map(|relation| relation.related_id.to_string())
        .collect();
    let mut relations = Vec::new();
    for (place, input) in input.relations.iter().enumerate() {
        let related = by.find::<source::Entity>(w, "related_id", input.related_id.0).await;
        let related = related.map_err(|error| error.within(place).within("relations"))?;
        let draft = source_relation::ActiveModel {
            kind: Set(input.kind),
            related_id: Set(related.id),
            ..unset()
        };
        relations.push(draft);
    }
    let now = input.relations.iter().map(|relation| relation.related_id.0.to_string()).collect();
    let put = Put { row, change: Change::Unchanged };
    let replaced = relation::enter(w, &put, relations).await;
    if replaced.map_err(|error| error.within("relations"))?.changed() {
        let change = Change::Updated(rule::set_change("rests_on", former, now));
        rule::emit::<source::Entity>(w, &Put { row: put.row.clone(), change });
    }
    Ok(put.row.id.0)
}

/// Documents on which one may rest.
const MOST_RELATIONS: usize = 100;

input! {
    /// How one document rests on another.
    pub struct SourceRelationInput {
        /// In which way.
        kind: SourceRelationKind,
        /// The other document.
        related_id: IdOf<source::Entity>,
    }
}

/// The source of claims that somebody files. A statement of an institution is its own word: nobody
/// else files a claim in its name.
pub(crate) async fn source_for_claims(
    w: &Write,
    by: &Authorizer,
    id: IdOf<source::Entity>,
) -> Result<source::Model, WriteError> {
    let row = by.find::<source::Entity>(w, "source_id", id.0).await?;
    let own = row.publisher_id.is_some_and(|publisher| by.is_ours(publisher));
    if row.kind == SourceKind::OwnerStatement && !own {
        let message =
            say!("\"{key}\" is the word of an institution that is not yours", key = &row.key);
        return Err(check::invalid("source_id", message).into());
    }
    if row.kind == SourceKind::CountryStatement {
        let message = say!(
            "\"{key}\" is the word of a country: acknowledgeDelegation and contestDelegation state \
             it",
            key = &row.key
        );
        return Err(check::invalid("source_id", message).into());
    }
    Ok(row)
}
