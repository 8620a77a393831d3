//! Which batches a calendar or a feed has.

use entity::id::{CountryCode, InstitutionId, ProgrammeId, TopicId};
use entity::vocabulary::Representation;
use entity::{
    batch, batch_topic, country_name, delegation, institution, institution_name, partnership,
    programme,
};
use entity::{programme_topic, topic};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryTrait,
};

use crate::access::{Actor, Visible};
use crate::graphql::language::Languages;
use crate::network::institution::name_on;
use crate::site::ScopeKind;

/// Which batches: all, or those of one record.
#[derive(Clone, Debug)]
pub struct PageScope {
    /// What it is called.
    pub title: String,
    /// Its address beneath that of calendars or feeds, without the ending.
    pub path: String,
    /// What its batches fulfil.
    pub condition: Condition,
}

impl PageScope {
    /// All batches.
    pub fn all() -> Self {
        Self {
            title: "All batches".to_owned(),
            path: "all".to_owned(),
            condition: Condition::all(),
        }
    }

    /// The batches with some keys, as a list at an address of the site has them.
    pub fn of_keys(keys: Vec<String>) -> Self {
        Self {
            title: "Batches".to_owned(),
            path: "all".to_owned(),
            condition: Condition::all().add(batch::Column::Key.is_in(keys)),
        }
    }

    /// The batches of one record; none where there is no such record.
    pub async fn find(
        db: &impl ConnectionTrait,
        kind: ScopeKind,
        key: &str,
    ) -> Result<Option<Self>, DbErr> {
        let found = match kind {
            ScopeKind::Programme => {
                let row = programme::Entity::find()
                    .filter(programme::Column::Key.eq(key))
                    .one(db)
                    .await?;
                row.map(|row| (row.title, of_programme(row.id)))
            }
            ScopeKind::Institution => {
                let row = institution::Entity::find()
                    .filter(institution::Column::Key.eq(key))
                    .one(db)
                    .await?;
                match row {
                    Some(row) => Some((institution_title(db, &row).await?, of_institution(row.id))),
                    None => None,
                }
            }
            ScopeKind::Country => {
                let names =
                    country_name::Entity::find().filter(country_name::Column::CountryCode.eq(key));
                let names = names.all(db).await?;
                let names = names.iter().map(|name| (name.language.as_str(), &name.name));
                let name = Languages::default().choose(names);
                name.map(|name| (name.clone(), of_country(CountryCode(key.to_owned()))))
            }
            ScopeKind::Topic => {
                let row = topic::Entity::find().filter(topic::Column::Key.eq(key)).one(db).await?;
                row.map(|row| (row.label_en, of_topic(row.id)))
            }
        };
        Ok(found.map(|(title, condition)| Self { title, path: kind.path(key), condition }))
    }
}

async fn institution_title(
    db: &impl ConnectionTrait,
    row: &institution::Model,
) -> Result<String, DbErr> {
    let names =
        institution_name::Entity::find().filter(institution_name::Column::InstitutionId.eq(row.id));
    let names = names.all(db).await?;
    // The newest name: a calendar is looked at now.
    let newest = crate::rule::check::LAST_DAY;
    Ok(name_on(&names, newest, &Languages::default()).unwrap_or_else(|| row.key.clone()))
}

fn of_programme(id: ProgrammeId) -> Condition {
    let mut beneath = Query::select();
    beneath
        .column(programme::Column::Id)
        .from(programme::Entity)
        .and_where(programme::Column::ParentId.eq(id));
    Condition::any()
        .add(batch::Column::ProgrammeId.eq(id))
        .add(batch::Column::ProgrammeId.in_subquery(beneath))
}

fn of_institution(id: InstitutionId) -> Condition {
    let roles = Visible::to(Actor::Anonymous)
        .select::<partnership::Entity>()
        .filter(partnership::Column::InstitutionId.eq(id))
        .filter(partnership::Column::EndedAt.is_null())
        .filter(partnership::Column::BatchId.is_not_null());
    let held = ids(roles, partnership::Column::BatchId);
    Condition::any().add(batch::Column::OwnerId.eq(id)).add(batch::Column::Id.in_subquery(held))
}

fn of_country(code: CountryCode) -> Condition {
    let parties = delegation::Entity::find()
        .filter(delegation::Column::CountryCode.eq(code))
        .filter(delegation::Column::Represents.eq(Representation::Country));
    batch::Column::Id.in_subquery(ids(parties, delegation::Column::BatchId)).into()
}

fn of_topic(id: TopicId) -> Condition {
    let of_batches = batch_topic::Entity::find().filter(batch_topic::Column::TopicId.eq(id));
    let of_programmes =
        programme_topic::Entity::find().filter(programme_topic::Column::TopicId.eq(id));
    Condition::any()
        .add(batch::Column::Id.in_subquery(ids(of_batches, batch_topic::Column::BatchId)))
        .add(
            batch::Column::ProgrammeId
                .in_subquery(ids(of_programmes, programme_topic::Column::ProgrammeId)),
        )
}

fn ids<E: EntityTrait>(rows: sea_orm::Select<E>, column: E::Column) -> SelectStatement {
    let mut ids = sea_orm::QuerySelect::select_only(rows).into_query();
    ids.column((E::default(), column));
    ids
}
