//! What is done to imports.

use async_graphql::InputObject;
use entity::{import, institution};

use super::dates::DayOrder;
use super::object::{Import, ImportDayOrder};
use super::rules::{self, Saved};
use crate::access::By;
use crate::access::policy::Relation;
use crate::db::Write;
use crate::error::WriteError;
use crate::graphql::mutation::{IdOf, mutations};
use crate::graphql::scalars::CountryCode;
use crate::network::country::rules::known;
use crate::rule::check;

mutations! {
    /// Mutations of imports.
    ImportMutations {
        /// Says what the columns of a file are, where the guess was wrong, and how its days are written; its rows are planned again. All of
        /// it may be saved under a name, for the next file of its kind.
        map_import(MapImportInput) -> MapImportPayload { import: Import }, a Import {
            /// The import.
            import_id: IdOf<import::Entity>,
            /// Columns and what they are; others stay as they are taken.
            #[graphql(default)]
            columns: Vec<ImportColumnInput>,
            /// Which of day and month comes first.
            day_order: Option<ImportDayOrder>,
            /// Under which name this is to be saved; a file that is handed in with this `mapping` begins with it.
            save_as: Option<String>,
        } => |w, by, input| {
            let row = own(w, by, input.import_id).await?;
            check::at_most("columns", input.columns.len(), MOST_COLUMNS)?;
            let columns = input.columns.iter().map(|column| (column.name.clone(), column.field.clone())).collect();
            let order = input.day_order.map(|order| match order {
                ImportDayOrder::DayFirst => DayOrder::DayFirst,
                ImportDayOrder::MonthFirst => DayOrder::MonthFirst,
            });
            let said = Saved { columns, order, save_as: input.save_as.clone() };
            Ok(rules::map(w, by.actor(), &row, &said).await?.row.id.0)
        }

        /// Says that a printed name is that of a country or an institution, or that it is not. It is remembered for all that your account
        /// hands in; the rows of the import are planned again.
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
            #[graphql(default = true)]
            is_same: bool,
        } => |w, by, input| {
            let row = own(w, by, input.import_id).await?;
            let body = input.institution_id.map(|id| id.0);
            let body = by.find_optional::<institution::Entity>(w, "institution_id", body).await?;
            let country = known(w, input.country.as_ref().map(|code| &code.0)).await?;
            let which = (country, body.map(|row| row.id));
            Ok(rules::decide(w, by.actor(), &row, &input.name, which, input.is_same).await?.row.id.0)
        }

        /// Does what the rows of an import would change: all of it, or nothing. Each row is entered with your rights, as if by hand; what
        /// it claims has the file as its source. A large one takes a minute: where the answer does not come in time, `import` tells when it
        /// is done.
        apply_import(ApplyImportInput) -> ApplyImportPayload { import: Import }, a Import {
            /// The import.
            import_id: IdOf<import::Entity>,
            /// Whether rows that are refused or ambiguous are left out; unless so, there may be none.
            #[graphql(default)]
            leave_out: bool,
        } => |w, by, input| {
            let row = own(w, by, input.import_id).await?;
            Ok(rules::apply(w, by.actor(), &row, input.leave_out, |_| ()).await?.row.id.0)
        }

        /// Throws an import away that has not been applied. Its rows are removed.
        discard_import(DiscardImportInput) -> DiscardImportPayload { import: Import }, a Import {
            /// The import.
            import_id: IdOf<import::Entity>,
        } => |w, by, input| {
            let row = own(w, by, input.import_id).await?;
            Ok(rules::discard(w, &row).await?.row.id.0)
        }
    }
}

/// The most columns that are named at once.
const MOST_COLUMNS: usize = 200;

/// What a column is.
#[derive(Clone, Debug, InputObject)]
pub struct ImportColumnInput {
    /// How it is headed.
    name: String,
    /// The field that it is; null to leave it out.
    field: Option<String>,
}

/// The writer's import: nobody sees another's.
async fn own(w: &Write, by: &By, id: IdOf<import::Entity>) -> Result<import::Model, WriteError> {
    let row = by.target::<import::Entity>(w, "import_id", id.0).await?;
    by.require(Relation::Own)?;
    Ok(row)
}
