//! What is done to imports.

use std::collections::BTreeSet;
use uuid::Uuid;

use entity::id::InstitutionId;
use entity::{import, institution};

use super::applying;
use super::dates::DayOrder;
use super::mapping::decisions::{self, Decision};
use super::mapping::{self, Saved};
use super::object::{Import, ImportDayOrder};
use super::{rules, undo};
use crate::access::Authorizer;
use crate::access::policy::Relation;
use crate::db::Write;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::graphql::input::input;
use crate::graphql::scalars::CountryCode;
use crate::mutation::{IdOf, mutations};
use crate::network::country::rules::known_codes;
use crate::phrase::{Phrase, say};
use crate::rule::check;
use crate::rule::country::known;
use crate::rule::history::reasoned;

mutations! {
    /// Mutations of imports.
    IMPORT_MUTATIONS {
        /// Says what the columns of a file are, where the guess was wrong, and how its days are
        /// written; its rows are planned again. All of it may be saved under a name, for the next
        /// file of its kind.
        map_import(MapImportInput) -> MapImportPayload { import: Import }, a Import {
            /// The import.
            import_id: IdOf<import::Entity>,
            /// Columns and what they are; others stay as they are taken.
            columns: Vec<ImportColumnInput> = Default::default(),
            /// Fields that are the same in all rows. A column that was taken for one of them is
            /// left out.
            set: Vec<ImportSetInput> = Default::default(),
            /// Which of day and month comes first.
            day_order: Option<ImportDayOrder>,
            /// Under which name this is to be saved; a file that is handed in with this `mapping`
            /// begins with it.
            save_as: Option<String>,
        }

        /// Says that a printed name is that of a country or an institution, or that it is not. It
        /// is remembered for all that your account hands in; the rows of the import are planned
        /// again.
        decide_name(DecideNameInput) -> DecideNamePayload { import: Import }, a Import {
            /// The import in which the name stands.
            import_id: IdOf<import::Entity>,
            /// The name, as printed.
            name: String,
            /// The country; or
            country: Option<CountryCode>,
            /// the institution.
            institution_id: Option<IdOf<institution::Entity>>,
            /// Whether it is the name of that one; if not, it is offered no more.
            is_same: bool = true,
        }

        /// Says the same of many printed names; the rows of the import are planned again once, and
        /// not for each of them.
        decide_names(DecideNamesInput) -> DecideNamesPayload { import: Import }, a Import {
            /// The import in which the names stand.
            import_id: IdOf<import::Entity>,
            /// The names, at most 1,000.
            names: Vec<ImportNameInput>,
        }

        /// Does what the rows of an import would change: all of it, or nothing. Each row is entered
        /// with your rights, as if by hand; what it claims has the file as its source. One of more
        /// than 2,000 rows is answered before it is done: it is `APPLYING`, `rowsDone` tells how
        /// far it has come, and then it is `APPLIED`, or `READY` with a `message` that says why
        /// nothing was changed.
        apply_import(ApplyImportInput) -> ApplyImportPayload { import: Import }, a Import {
            /// The import.
            import_id: IdOf<import::Entity>,
            /// Whether rows that are refused or ambiguous are left out; unless so, there may be
            /// none.
            leave_out: bool = Default::default(),
        }

        /// Takes back what an import has done. What it entered is voided, with what hangs from it;
        /// what it changed becomes what it was. What others have changed since, or have added to,
        /// stays, and so does what your account may not change: `undone` of the import names it.
        /// Needs a reason. The file may be handed in again afterwards.
        undo_import(UndoImportInput) -> UndoImportPayload { import: Import }, a Import {
            /// The import; it is `APPLIED`.
            import_id: IdOf<import::Entity>,
        }

        /// Throws an import away that has not been applied. Its rows are removed.
        discard_import(DiscardImportInput) -> DiscardImportPayload { import: Import }, a Import {
            /// The import.
            import_id: IdOf<import::Entity>,
        }
    }
}

async fn map_import(
    w: &mut Write,
    by: &Authorizer,
    input: &MapImportInput,
) -> Result<Uuid, WriteError> {
    let row = own(w, by, input.import_id).await?;
    check::at_most("columns", input.columns.len(), MOST_COLUMNS)?;
    check::at_most("set", input.set.len(), MOST_COLUMNS)?;
    let columns =
        input.columns.iter().map(|column| (column.name.clone(), column.field.clone())).collect();
    let set = input
        .set
        .iter()
        .map(|one| (one.field.clone(), one.value.clone().unwrap_or_default()))
        .collect();
    let order = input.day_order.map(|order| match order {
        ImportDayOrder::DayFirst => DayOrder::DayFirst,
        ImportDayOrder::MonthFirst => DayOrder::MonthFirst,
    });
    let said = Saved { columns, set, order, save_as: input.save_as.clone() };
    Ok(mapping::map(w, by.actor(), &row, &said).await?.row.id.0)
}

async fn decide_name(
    w: &mut Write,
    by: &Authorizer,
    input: &DecideNameInput,
) -> Result<Uuid, WriteError> {
    let row = own(w, by, input.import_id).await?;
    let body = input.institution_id.map(|id| id.0);
    let body = by.find_optional::<institution::Entity>(w, "institution_id", body).await?;
    let country = known(w, input.country.as_ref().map(|code| &code.0)).await?;
    let institution = body.map(|row| row.id);
    let decision =
        Decision { name: input.name.clone(), country, institution, is_same: input.is_same };
    Ok(decisions::decide(w, by.actor(), &row, &decision).await?.row.id.0)
}

async fn decide_names(
    w: &mut Write,
    by: &Authorizer,
    input: &DecideNamesInput,
) -> Result<Uuid, WriteError> {
    let row = own(w, by, input.import_id).await?;
    check::at_most("names", input.names.len(), MOST_NAMES)?;
    let decisions = decisions(w, by, &input.names).await?;
    Ok(decisions::decide_all(w, by.actor(), &row, &decisions).await?.row.id.0)
}

async fn apply_import(
    w: &mut Write,
    by: &Authorizer,
    input: &ApplyImportInput,
) -> Result<Uuid, WriteError> {
    let row = own(w, by, input.import_id).await?;
    Ok(applying::begin(w, by.actor(), &row, input.leave_out).await?.row.id.0)
}

async fn undo_import(
    w: &mut Write,
    by: &Authorizer,
    input: &UndoImportInput,
) -> Result<Uuid, WriteError> {
    let row = own(w, by, input.import_id).await?;
    reasoned(w)?;
    Ok(undo::undo(w, by, &row).await?.row.id.0)
}

async fn discard_import(
    w: &mut Write,
    by: &Authorizer,
    input: &DiscardImportInput,
) -> Result<Uuid, WriteError> {
    let row = own(w, by, input.import_id).await?;
    Ok(rules::discard(w, &row).await?.row.id.0)
}

/// The most columns that are named at once.
const MOST_COLUMNS: usize = 200;

/// The most names that are decided at once.
const MOST_NAMES: usize = 1000;

input! {
    /// What a column is.
    pub struct ImportColumnInput {
        /// How it is headed.
        name: String,
        /// The field that it is; null to leave it out.
        field: Option<String>,
    }
}

input! {
    /// What a field is in all rows.
    pub struct ImportSetInput {
        /// The field.
        field: String,
        /// What it is, written as in a cell; null, and it is no more the same in all rows.
        value: Option<String>,
    }
}

input! {
    /// Whose a printed name is, or is not.
    pub struct ImportNameInput {
        /// The name, as printed.
        name: String,
        /// The country; or
        country: Option<CountryCode>,
        /// the institution.
        institution_id: Option<IdOf<institution::Entity>>,
        /// Whether it is the name of that one; if not, it is offered no more.
        is_same: bool = true,
    }
}

/// What is said of names, of countries and institutions that are there: with a few statements for
/// all of them.
async fn decisions(
    w: &Write,
    by: &Authorizer,
    names: &[ImportNameInput],
) -> Result<Vec<Decision>, WriteError> {
    let bodies = names.iter().filter_map(|name| Some(name.institution_id?.0)).collect();
    let bodies = by.find_some::<institution::Entity>(w, &bodies).await?;
    let bodies: BTreeSet<InstitutionId> = bodies.into_iter().map(|row| row.id).collect();
    let countries = known_codes(w).await?;
    let mut decisions = Vec::with_capacity(names.len());
    for (place, one) in names.iter().enumerate() {
        let nothing = |field, what: Phrase| {
            Refusal::new(RefusalCode::NotFound, field, what).within(place).within("names")
        };
        let (country, institution) =
            (one.country.as_ref().map(|code| &code.0), one.institution_id.map(|id| id.0));
        let institution = institution.map(InstitutionId);
        if let Some(code) = country.filter(|code| !countries.contains(*code)) {
            return Err(nothing("country_code", say!("there is no country {code}", code)).into());
        }
        if institution.is_some_and(|id| !bodies.contains(&id)) {
            return Err(nothing("institution_id", say!("there is no such institution")).into());
        }
        let name = one.name.clone();
        decisions.push(Decision {
            name,
            country: country.cloned(),
            institution,
            is_same: one.is_same,
        });
    }
    Ok(decisions)
}

/// The writer's import: nobody sees another's.
async fn own(
    w: &mut Write,
    by: &Authorizer,
    id: IdOf<import::Entity>,
) -> Result<import::Model, WriteError> {
    // Whoever applies it holds its row: nobody waits for that.
    applying::free(w, by.find::<import::Entity>(w, "import_id", id.0).await?).await?;
    let row = by.target::<import::Entity>(w, "import_id", id.0).await?;
    by.require(Relation::Own)?;
    Ok(row)
}
