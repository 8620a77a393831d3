//! What is done to institutions.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use async_graphql::MaybeUndefined;
use entity::vocabulary::{DatePrecision, InstitutionKind, NameKind};
use entity::{institution, institution_identifier, institution_name};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
};
use uuid::Uuid;

use super::{Institution, merge, rules};
use crate::access::policy::Relation;
use crate::db::{Change, Put};
use crate::error::{Refusal, RefusalCode};
use crate::graphql::input::input;
use crate::graphql::scalars::{CountryCode, Date, Url};
use crate::mutation::{IdOf, changed, given, mutations, reference};
use crate::phrase::say;
use crate::rule::country::known;
use crate::rule::{check, key_or, unset};

mutations! {
    /// Mutations of institutions.
    INSTITUTION_MUTATIONS {
        /// Enters a body with its name.
        create_institution(CreateInstitutionInput)
            -> CreateInstitutionPayload { institution: Institution }, a EnterCommon {
            /// The key; unless given, made of what tells the record apart.
            key: Option<String>,
            /// What kind of body it is.
            kind: InstitutionKind,
            /// Its names, in every language in which there is one.
            names: Vec<InstitutionNameInput>,
            /// The country in which it is established.
            country: Option<CountryCode>,
            /// The city of its seat.
            city: Option<String>,
            /// The body of which it is a part.
            parent_id: Option<IdOf<institution::Entity>>,
            /// Its own site on the web.
            website: Option<Url>,
        }

        /// Changes what is recorded of a body besides its names. For its officers, and for
        /// curators. What is left out stays as it is.
        update_institution(UpdateInstitutionInput)
            -> UpdateInstitutionPayload { institution: Institution }, a KeepInstitution {
            /// The institution.
            institution_id: IdOf<institution::Entity>,
            /// What kind of body it is.
            kind: Option<InstitutionKind>,
            /// The city of its seat; null where not known.
            city: MaybeUndefined<String>,
            /// The body of which it is a part; null where it is part of none.
            parent_id: MaybeUndefined<IdOf<institution::Entity>>,
            /// Its own site on the web; null where there is none.
            website: MaybeUndefined<Url>,
        }

        /// Gives a body another name from a day on. The name of the same language and kind that is
        /// in force ends on the day before, and is kept. For its officers, and for curators.
        rename_institution(RenameInstitutionInput)
            -> RenameInstitutionPayload { institution: Institution }, a KeepInstitution {
            /// The institution.
            institution_id: IdOf<institution::Entity>,
            /// The new name.
            name: InstitutionNameInput,
        }

        /// Says by which numbers and codes others know a body, instead of what was said before. An
        /// identifier belongs to one body. For its officers, and for curators.
        identify_institution(IdentifyInstitutionInput)
            -> IdentifyInstitutionPayload { institution: Institution }, a KeepInstitution {
            /// The institution.
            institution_id: IdOf<institution::Entity>,
            /// All its identifiers, at most 100.
            identifiers: Vec<IdentifierInput>,
        }

        /// Merges a body into another, the two being one. What referred to the one refers to the
        /// other; the id and key of the one keep resolving. For curators.
        merge_institutions(MergeInstitutionsInput)
            -> MergeInstitutionsPayload { institution: Institution }, a Curate {
            /// The record that is to be merged.
            institution_id: IdOf<institution::Entity>,
            /// The record that stays.
            into_id: IdOf<institution::Entity>,
        }
    }
}

async fn create_institution(
    w: &mut Write,
    by: &Authorizer,
    input: &CreateInstitutionInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    check::at_most("names", input.names.len(), MOST_NAMES)?;
    let parent = by
        .find_optional::<institution::Entity>(w, "parent_id", input.parent_id.map(|id| id.0))
        .await?;
    let names: Vec<_> = input.names.iter().map(InstitutionNameInput::draft).collect();
    // Before a key is chosen, so that nobody else chooses it.
    w.lock_register().await?;
    let draft = institution::ActiveModel {
        key: key_or(w, input.key.as_ref(), rules::key_stem(&names)).await?,
        kind: Set(input.kind),
        country_code: Set(known(w, input.country.as_ref().map(|code| &code.0)).await?),
        city: Set(input.city.clone()),
        parent_id: Set(parent.map(|row| row.id)),
        website: Set(input.website.as_ref().map(|url| url.0.clone())),
        ..unset()
    };
    let put = rules::enter(w, None, draft).await?;
    rules::enter_names(w, &put, names).await.map_err(|error| error.within("names"))?;
    Ok(put.row.id.0)
}

async fn update_institution(
    w: &mut Write,
    by: &Authorizer,
    input: &UpdateInstitutionInput,
) -> Result<Uuid, WriteError> {
    let row = by.target::<institution::Entity>(w, "institution_id", input.institution_id.0).await?;
    by.require_of(row.id)?;
    let parent_id = reference::<institution::Entity>(by, w, "parent_id", input.parent_id).await?;
    let draft = institution::ActiveModel {
        kind: given(input.kind),
        city: changed(input.city.clone(), |city| city),
        parent_id: changed(parent_id, |parent| parent.id),
        website: changed(input.website.clone(), |url| url.0),
        ..unset()
    };
    Ok(rules::enter(w, Some(&row), draft).await?.row.id.0)
}

async fn rename_institution(
    w: &mut Write,
    by: &Authorizer,
    input: &RenameInstitutionInput,
) -> Result<Uuid, WriteError> {
    let row = by.target::<institution::Entity>(w, "institution_id", input.institution_id.0).await?;
    by.require_of(row.id)?;
    let names =
        institution_name::Entity::find().filter(institution_name::Column::InstitutionId.eq(row.id));
    let names = names.all(w.read()).await?;
    let before = input.name.valid_from.as_ref().and_then(|day| day.0.pred_opt());
    let same = |name: &institution_name::Model| {
        name.valid_to.is_none()
            && name.language == input.name.language
            && name.kind == input.name.kind
    };
    let mut drafts = Vec::with_capacity(names.len() + 1);
    for name in names {
        let ends = before.filter(|_| same(&name));
        if let (Some(ends), Some(begins)) = (ends, name.valid_from)
            && ends < begins
        {
            let message = say!(
                "\"{name}\" is in force from {begins}, the new name before that",
                name = &name.name,
                begins
            );
            let refusal = Refusal::new(RefusalCode::OutOfRange, "valid_from", message);
            return Err(refusal.within("name").into());
        }
        let mut draft = name.into_active_model().reset_all();
        if ends.is_some() {
            draft.valid_to = Set(ends);
        }
        draft.id = sea_orm::ActiveValue::NotSet;
        drafts.push(draft);
    }
    drafts.push(input.name.draft());
    check::at_most("name", drafts.len(), MOST_NAMES)?;
    let put = Put { row, change: Change::Unchanged };
    // The names that it has are right: what is refused is the new one, the last of all.
    let of_name = |refusal: Refusal| Refusal { within: vec!["name".to_owned()], ..refusal };
    rules::enter_names(w, &put, drafts).await.map_err(|error| error.retold(of_name))?;
    Ok(put.row.id.0)
}

async fn identify_institution(
    w: &mut Write,
    by: &Authorizer,
    input: &IdentifyInstitutionInput,
) -> Result<Uuid, WriteError> {
    check::at_most("identifiers", input.identifiers.len(), MOST_IDENTIFIERS)?;
    let row = by.target::<institution::Entity>(w, "institution_id", input.institution_id.0).await?;
    by.require_of(row.id)?;
    let put = Put { row, change: Change::Unchanged };
    let identifiers = input.identifiers.iter().map(IdentifierInput::draft).collect();
    let replaced = rules::enter_identifiers(w, &put, identifiers).await;
    replaced.map_err(|error| error.within("identifiers"))?;
    Ok(put.row.id.0)
}

async fn merge_institutions(
    w: &mut Write,
    by: &Authorizer,
    input: &MergeInstitutionsInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    w.lock_register().await?;
    let row = by.target::<institution::Entity>(w, "institution_id", input.institution_id.0).await?;
    let into = by.find::<institution::Entity>(w, "into_id", input.into_id.0).await?;
    Ok(merge::merge(w, &row, &into).await?.row.id.0)
}

/// Names that one body may have.
const MOST_NAMES: usize = 100;

/// Identifiers that one body may have.
const MOST_IDENTIFIERS: usize = 100;

input! {
    /// A number or code of a body in somebody's scheme.
    pub struct IdentifierInput {
        /// Whose scheme: `ROR`, `Wikidata`, `IATI` …
        scheme: String,
        /// The number or code in the scheme.
        value: String,
    }
}

impl IdentifierInput {
    fn draft(&self) -> institution_identifier::ActiveModel {
        institution_identifier::ActiveModel {
            scheme: Set(self.scheme.clone()),
            value: Set(self.value.clone()),
            ..unset()
        }
    }
}

input! {
    /// A name of a body, with the time in which it is in force.
    pub struct InstitutionNameInput {
        /// The name, as written.
        name: String,
        /// Its language (BCP 47 tag).
        language: String,
        /// What the name is to the body.
        kind: NameKind = NameKind::Common,
        /// The first day in force; not given where it is not known.
        valid_from: Option<Date>,
        /// The last day in force; not given while it is in force.
        valid_to: Option<Date>,
        /// How exactly the days are known.
        precision: DatePrecision = DatePrecision::Day,
    }
}

impl InstitutionNameInput {
    fn draft(&self) -> institution_name::ActiveModel {
        institution_name::ActiveModel {
            name: Set(self.name.clone()),
            language: Set(self.language.clone()),
            kind: Set(self.kind),
            valid_from: Set(self.valid_from.as_ref().map(|day| day.0)),
            valid_to: Set(self.valid_to.as_ref().map(|day| day.0)),
            precision: Set(self.precision),
            ..unset()
        }
    }
}
