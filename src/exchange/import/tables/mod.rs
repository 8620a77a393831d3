//! What rows become, a file for each table.

mod about;
mod appointments;
mod attendance;
mod batches;
mod delegations;
mod entered;
mod institutions;
mod memberships;
mod participants;
mod partnerships;
mod people;
mod place;
mod programmes;
mod regional_groups;
mod terms;
mod workshops;

pub(super) use self::about::About;
pub(super) use self::appointments::Posts;
pub(super) use self::batches::{Seen as SeenBatches, tell_entered};
pub(super) use self::memberships::Memberships;
pub(super) use self::participants::People;
pub(super) use self::place::NewPlaces;

use entity::source;
use entity::vocabulary::ImportTable;
use sea_orm::{DatabaseExecutor, DbErr};

use super::knowledge::Knowledge;
use super::plan::Plan;
use super::read::{Row, key_of};
use super::remark::Weight;
use super::row_parser::RowParser;
use crate::db::Write;
use crate::error::WriteError;
use crate::phrase::say;
use crate::rule::check::is_key;

macro_rules! tables {
    ($($table:ident => $module:ident::$what:ident $(($source:ident))?;)+) => {
        /// What a row is to become.
        #[derive(Clone, Debug)]
        pub(super) enum What { $($table(Box<$module::$what>),)+ }

        /// Plans rows of the table of an import.
        pub(super) async fn plan(
            k: &mut Knowledge,
            db: &DatabaseExecutor<'_>,
            rows: &[Row],
        ) -> Result<Vec<Plan<What>>, DbErr> {
            match k.import.into_table {
                $(ImportTable::$table => {
                    // On the heap: what each table keeps meanwhile would all stand on the stack.
                    let plans = Box::pin($module::plan(k, db, rows)).await?;
                    about::compare(k, rows, &plans);
                    Ok(plans
                        .into_iter()
                        .map(|plan| plan.map(|what| What::$table(Box::new(what))))
                        .collect())
                })+
            }
        }

        /// Writes what was planned for one table.
        pub(super) async fn carry_out(
            w: &mut Write,
            table: ImportTable,
            source: Option<&source::Model>,
            planned: Vec<What>,
        ) -> Result<(), WriteError> {
            match table {
                $(ImportTable::$table => {
                    let planned = planned.into_iter().filter_map(|what| match what {
                        What::$table(what) => Some(*what),
                        _ => None,
                    });
                    let planned = planned.collect();
                    tables!(@carry_out $module, w, source, planned $(, $source)?).await
                })+
            }
        }
    };
    (@carry_out $module:ident, $w:ident, $source:ident, $planned:ident) => {
        Box::pin($module::carry_out($w, $planned))
    };
    (@carry_out $module:ident, $w:ident, $source:ident, $planned:ident, $claims:ident) => {{
        let Some(source) = $source else {
            return Err(WriteError::Contract("these claims have no source"));
        };
        Box::pin($module::carry_out($w, source, $planned))
    }};
}

// Those that file claims need the source of these.
tables! {
    Delegations => delegations::DelegationRow (claims);
    Participants => participants::Participant;
    Workshops => workshops::Activity;
    Batches => batches::BatchRow (claims);
    Institutions => institutions::InstitutionRow;
    Memberships => memberships::MembershipRow;
    Programmes => programmes::ProgrammeRow;
    RegionalGroups => regional_groups::GroupRow;
    Partnerships => partnerships::PartnershipRow;
    Appointments => appointments::AppointmentRow;
}

/// The key that a row gives to its record, in its normal form; how it differs from what is written
/// is remarked.
fn key(parser: &mut RowParser<'_>) -> Option<String> {
    let written = parser.text("key")?;
    let key = normal_key(&written);
    if key.is_empty() {
        parser.refuse("key", say!("is not a key: it has neither a letter nor a digit"));
        return None;
    }
    if key != written {
        parser.remark(Weight::Note, "key", say!("is the key \"{key}\" here", key = &key));
    }
    Some(key)
}

/// A key as it is written, or what of it a key may have: small letters and digits, hyphens between.
pub(super) fn normal_key(written: &str) -> String {
    if is_key(written) { written.to_owned() } else { key_of(written) }
}
