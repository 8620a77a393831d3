//! The records of a register as the crawl knows them.

use entity::vocabulary::RecordKind;
use entity::*;
use jejaring::record::Record;
use sea_orm::{ConnectionTrait, Iterable, ModelTrait, Value};

use crate::support::TestApp;

/// Kind, id and key of a record, and the records that it refers to.
pub type Row = (RecordKind, String, String, Vec<(RecordKind, String)>);

/// To which kind of record a column refers.
fn refers_to(column: &str) -> Option<RecordKind> {
    Some(match column {
        "batch_id" => RecordKind::Batch,
        "workshop_id" => RecordKind::Workshop,
        "delegation_id" => RecordKind::Delegation,
        "institution_id" | "owner_id" | "publisher_id" => RecordKind::Institution,
        "programme_id" => RecordKind::Programme,
        "person_id" | "on_behalf_of_id" | "stated_by_id" => RecordKind::Person,
        "appointment_id" => RecordKind::Appointment,
        "source_id" => RecordKind::Source,
        "indicator_id" => RecordKind::Indicator,
        "venue_id" => RecordKind::Venue,
        "action_plan_id" => RecordKind::ActionPlan,
        "action_item_id" => RecordKind::ActionItem,
        "regional_group_id" => RecordKind::RegionalGroup,
        "country_code" => RecordKind::Country,
        _ => return None,
    })
}

pub async fn rows<E: Record>(db: &impl ConnectionTrait, into: &mut Vec<Row>) {
    for row in E::find().all(db).await.expect("rows") {
        let refer = |column: E::Column| {
            let kind = refers_to(sea_orm::IdenStatic::as_str(&column))?;
            match row.get(column) {
                Value::Uuid(Some(id)) => Some((kind, id.to_string())),
                Value::String(Some(code)) if kind == RecordKind::Country => Some((kind, code)),
                _ => None,
            }
        };
        let around = E::Column::iter().filter_map(refer).collect();
        into.push((E::KIND, E::id(&row).to_string(), E::key(&row).to_owned(), around));
    }
}

/// All records of which some are hidden.
pub async fn all(app: &TestApp) -> Vec<Row> {
    let (db, mut all) = (app.app.db.reading(), Vec::new());
    rows::<batch::Entity>(db, &mut all).await;
    rows::<batch_part::Entity>(db, &mut all).await;
    rows::<workshop::Entity>(db, &mut all).await;
    rows::<partnership::Entity>(db, &mut all).await;
    rows::<delegation::Entity>(db, &mut all).await;
    rows::<person::Entity>(db, &mut all).await;
    rows::<appointment::Entity>(db, &mut all).await;
    rows::<engagement::Entity>(db, &mut all).await;
    rows::<action_plan::Entity>(db, &mut all).await;
    rows::<action_item::Entity>(db, &mut all).await;
    rows::<progress_note::Entity>(db, &mut all).await;
    rows::<outcome::Entity>(db, &mut all).await;
    rows::<observation::Entity>(db, &mut all).await;
    rows::<claim::Entity>(db, &mut all).await;
    rows::<citation::Entity>(db, &mut all).await;
    rows::<finding::Entity>(db, &mut all).await;
    rows::<import::Entity>(db, &mut all).await;
    all
}
