//! What is said of a file on the command line.

use entity::{country, institution};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter};

use crate::db::Db;
use crate::exchange::import::{DayOrder, Decision, as_key};
use crate::phrase::{Phrase, say};

/// Which of day and month comes first.
pub(super) fn order(said: &str) -> Result<DayOrder, Phrase> {
    match said {
        "day-first" => Ok(DayOrder::DayFirst),
        "month-first" => Ok(DayOrder::MonthFirst),
        other => Err(say!("--dates takes day-first or month-first, not \"{other}\"", other)),
    }
}

/// A column, and the field that it is; none where it is left out.
pub(super) fn column(said: &str) -> Result<(String, Option<String>), Phrase> {
    let (heading, field) = said
        .rsplit_once('=')
        .ok_or_else(|| say!("--map takes \"Heading=field\", not \"{said}\"", said))?;
    Ok((heading.to_owned(), Some(field.trim().to_owned()).filter(|field| !field.is_empty())))
}

/// A field, and what it is in all rows.
pub(super) fn value(said: &str) -> Result<(String, String), Phrase> {
    let wrong = || say!("--set takes \"field=value\", not \"{said}\"", said);
    let (field, value) = said.split_once('=').ok_or_else(wrong)?;
    Ok((field.to_owned(), value.to_owned()))
}

/// Whose printed names are, and whose they are not.
pub(super) async fn names(
    db: &Db,
    same: &[String],
    others: &[String],
) -> Result<Result<Vec<Decision>, Phrase>, DbErr> {
    let said = same
        .iter()
        .map(|said| ("--same", said, true))
        .chain(others.iter().map(|said| ("--not", said, false)));
    let mut decisions = Vec::new();
    for (flag, said, is_same) in said {
        let Some((name, of)) = said.rsplit_once('=') else {
            return Ok(Err(say!(
                "{flag} takes \"Name=CODE\", the code of a country or the key of an institution, \
                 not \"{said}\"",
                flag,
                said
            )));
        };
        let of = of.trim();
        let Some(whose) = whose(db, of).await? else {
            return Ok(Err(say!(
                "\"{of}\" is neither the code of a country nor the key of an institution",
                of
            )));
        };
        decisions.push(Decision { name: name.to_owned(), is_same, ..whose });
    }
    Ok(Ok(decisions))
}

/// The institution with exactly this key, the country with this code, or the institution whose key
/// it is in its normal form.
async fn whose(db: &Db, of: &str) -> Result<Option<Decision>, DbErr> {
    let body = async |key: &str| {
        let found = institution::Entity::find()
            .filter(institution::Column::Key.eq(key))
            .one(db.reading())
            .await;
        found.map(|found| {
            found.map(|row| Decision { institution: Some(row.id), ..Decision::default() })
        })
    };
    if let Some(found) = body(of).await? {
        return Ok(Some(found));
    }
    let capitals = of.to_uppercase();
    let coded = Condition::any()
        .add(country::Column::Code.eq(&*capitals))
        .add(country::Column::Alpha3.eq(&*capitals));
    if let Some(row) = country::Entity::find().filter(coded).one(db.reading()).await? {
        return Ok(Some(Decision { country: Some(row.code), ..Decision::default() }));
    }
    body(&as_key(of)).await
}
