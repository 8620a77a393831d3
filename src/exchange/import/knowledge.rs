//! What is known when rows are read: whose import it is, the names of countries and institutions,
//! what was said about them, and what earlier rows of the file are about.

mod bodies;
mod countries;
mod directory;
mod keys;
mod named;

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use entity::id::{BatchId, CountryCode, ImportId, InstitutionId, RegionalGroupId};
use entity::vocabulary::{ImportRowState, ImportState, NameKind, PartnershipRole};
use entity::{
    batch, country, country_name, import, import_row, institution, institution_identifier,
    institution_name, name_decision, partnership, regional_group, source,
};
use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, EntityTrait, QueryFilter, QueryOrder};

use self::bodies::KnownBody;
pub(super) use self::bodies::{BodyOfFile, Parts};
use self::countries::Called;
use self::directory::Directory;
pub(super) use self::keys::RowKeys;
pub(super) use self::named::Named;
use super::columns::MappedColumn;
use super::dates::DayOrder;
use super::layout::Layout;
use super::read::Row;
use super::tables::{About, Memberships, NewPlaces, People, Posts, SeenBatches};
use crate::access::policy::{Action, Relation, may};
use crate::access::{Actor, Visible};
use crate::db::IDS_PER_QUERY;
use crate::exchange::names::CountryNames;
use crate::exchange::names::bodies::InstitutionNames;
use crate::network::country::life::Lives;
use crate::text::fold;

/// How a row rests on an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tie {
    /// It is about the same.
    Same,
    /// It names what that one enters.
    Named,
}

/// What is known when rows are read.
pub(super) struct Knowledge {
    pub(super) import: import::Model,
    pub(super) layout: Layout,
    pub(super) visible: Visible,
    /// The source of the claims, where it has been entered before.
    pub(super) source: Option<source::Model>,
    /// The import by which this very file was applied before.
    before: Option<ImportId>,
    /// Whom rows are about, as far as they have been read, and in which line each stands.
    seen: HashMap<u64, u64>,
    /// Rows that rest on earlier ones: their lines, and those of the earlier ones.
    behind: HashMap<u64, Vec<(u64, Tie)>>,
    /// What rows are about, by their cells.
    pub(super) about: About,
    /// Lines of rows that are left out, and why.
    hindered: HashMap<u64, ImportRowState>,
    /// What has been read of batches.
    pub(super) batches: SeenBatches,
    /// The places that earlier rows enter.
    pub(super) places: NewPlaces,
    countries: Arc<CountryNames>,
    /// What countries are called, in English and in Indonesian.
    called: HashMap<CountryCode, Called>,
    pub(super) lives: Lives,
    groups: HashMap<RegionalGroupId, regional_group::Model>,
    group_names: Directory<RegionalGroupId>,
    bodies: InstitutionNames,
    bodies_by_key: HashMap<String, InstitutionId>,
    /// Institutions by their folded acronyms, which names may hide.
    bodies_abbreviated: HashMap<String, BTreeSet<InstitutionId>>,
    known_bodies: HashMap<InstitutionId, KnownBody>,
    /// Identifiers, as `scheme:value` and as the value alone.
    identified: HashMap<String, BTreeSet<InstitutionId>>,
    /// Institutions that earlier rows enter or are about, by their folded names.
    bodies_of_file: HashMap<String, Vec<BodyOfFile>>,
    /// Keys that earlier rows give, each with its line.
    keys_of_file: HashMap<String, u64>,
    /// Memberships, as earlier rows leave them.
    pub(super) memberships: Memberships,
    /// People of the names that rows have, and their posts, as earlier rows leave them.
    pub(super) posts: Posts,
    /// People of the names that rows have, with those whom earlier rows enter.
    pub(super) people: People,
    countries_decided: HashMap<String, Vec<(CountryCode, bool)>>,
    bodies_decided: HashMap<String, Vec<(InstitutionId, bool)>>,
}

impl Knowledge {
    pub(super) async fn read(
        db: &DatabaseExecutor<'_>,
        actor: Actor,
        import: import::Model,
        ragged: bool,
    ) -> Result<Self, DbErr> {
        let countries = country::Entity::find().all(db).await?;
        let names = country_name::Entity::find().all(db).await?;
        let (called, lives) = (Called::all(&names), Lives::new(&countries));
        let matcher = CountryNames::of(countries, names);
        let all_bodies = institution::Entity::find().all(db).await?;
        let merged: HashMap<InstitutionId, InstitutionId> =
            all_bodies.iter().filter_map(|row| Some((row.id, row.merged_into_id?))).collect();
        // Under the names and the key of a record that was merged the one in use is meant.
        let in_use = |mut id: InstitutionId| {
            while let Some(into) = merged.get(&id) {
                id = *into;
            }
            id
        };
        let known_bodies: HashMap<InstitutionId, KnownBody> = all_bodies
            .iter()
            .filter(|row| row.merged_into_id.is_none())
            .map(|row| (row.id, KnownBody::of(row)))
            .collect();
        let mut of_bodies = institution_name::Entity::find().all(db).await?;
        for row in &mut of_bodies {
            row.institution_id = in_use(row.institution_id);
        }
        let mut bodies_abbreviated: HashMap<String, BTreeSet<InstitutionId>> = HashMap::new();
        for row in of_bodies.iter().filter(|row| row.kind == NameKind::Acronym) {
            bodies_abbreviated.entry(fold(&row.name)).or_default().insert(row.institution_id);
        }
        let bodies = InstitutionNames::new(of_bodies);
        let mut identified: HashMap<String, BTreeSet<InstitutionId>> = HashMap::new();
        for row in institution_identifier::Entity::find().all(db).await? {
            let names = [format!("{}:{}", row.scheme, row.value), row.value];
            for name in names.into_iter().filter(|_| known_bodies.contains_key(&row.institution_id))
            {
                identified.entry(name).or_default().insert(row.institution_id);
            }
        }
        let bodies_by_key = all_bodies.into_iter().map(|row| (row.key, in_use(row.id))).collect();
        let (mut groups, mut group_names) = (HashMap::new(), Directory::default());
        for row in regional_group::Entity::find().all(db).await? {
            let names = [Some(row.name_en.as_str()), row.name_id.as_deref()];
            group_names.add(row.id, &row.key, names.into_iter().flatten(), row.acronym.as_deref());
            groups.insert(row.id, row);
        }
        let (mut countries_decided, mut bodies_decided): (HashMap<_, Vec<_>>, HashMap<_, Vec<_>>) =
            Default::default();
        let whose = match import.account_id {
            Some(account) => name_decision::Column::AccountId.eq(account),
            None => name_decision::Column::AccountId.is_null(),
        };
        // The last word holds.
        let decided = name_decision::Entity::find()
            .filter(whose)
            .order_by_asc(name_decision::Column::CreatedAt)
            .order_by_asc(name_decision::Column::Id);
        for row in decided.all(db).await? {
            if let Some(code) = row.country_code {
                countries_decided.entry(row.name.clone()).or_default().push((code, row.is_same));
            }
            if let Some(body) = row.institution_id {
                bodies_decided.entry(row.name).or_default().push((body, row.is_same));
            }
        }
        let source = source::Entity::find()
            .filter(source::Column::Key.eq(&import.source_key))
            .one(db)
            .await?;
        let columns: Vec<MappedColumn> =
            serde_json::from_value(import.columns.clone()).unwrap_or_default();
        let order = import.day_order.as_deref().and_then(|order| match order {
            "DAY_FIRST" => Some(DayOrder::DayFirst),
            "MONTH_FIRST" => Some(DayOrder::MonthFirst),
            _ => None,
        });
        Ok(Self {
            layout: Layout::new(import.into_table, &columns, order, ragged),
            visible: Visible::to(actor),
            source,
            before: before(db, &import).await?,
            seen: HashMap::new(),
            behind: HashMap::new(),
            about: About::default(),
            hindered: HashMap::new(),
            batches: SeenBatches::default(),
            places: NewPlaces::default(),
            countries: matcher,
            called,
            lives,
            groups,
            group_names,
            bodies,
            bodies_by_key,
            bodies_abbreviated,
            known_bodies,
            identified,
            bodies_of_file: HashMap::new(),
            keys_of_file: HashMap::new(),
            memberships: Memberships::default(),
            posts: Posts::default(),
            people: People::default(),
            countries_decided,
            bodies_decided,
            import,
        })
    }

    /// Whether the importer may do something to what it keeps as its own, or to anything.
    pub(super) fn may(&self, action: Action, relation: Relation) -> bool {
        may(self.visible.actor(), action, relation)
    }

    /// Whether the importer is an officer of an institution.
    pub(super) fn is_ours(&self, owner: InstitutionId) -> bool {
        let actor = self.visible.actor();
        *actor == Actor::Operator || actor.rights().institutions.contains(&owner)
    }

    /// Of some batches, those at which the importer may do something.
    pub(super) async fn allowed(
        &self,
        db: &DatabaseExecutor<'_>,
        action: Action,
        batches: &HashMap<BatchId, batch::Model>,
    ) -> Result<HashSet<BatchId>, DbErr> {
        let (own, any) = (self.may(action, Relation::Own), self.may(action, Relation::Stranger));
        let mut allowed: HashSet<BatchId> = batches
            .values()
            .filter(|row| any || (own && self.is_ours(row.owner_id)))
            .map(|row| row.id)
            .collect();
        let ours = &self.visible.actor().rights().institutions;
        let others: Vec<BatchId> =
            batches.keys().filter(|id| !allowed.contains(id)).copied().collect();
        if !ours.is_empty() && self.may(action, Relation::CoOrganiser) {
            for some in others.chunks(IDS_PER_QUERY) {
                let held = partnership::Entity::find()
                    .filter(partnership::Column::BatchId.is_in(some.iter().copied()))
                    .filter(partnership::Column::InstitutionId.is_in(ours.iter().copied()))
                    .filter(
                        partnership::Column::Role
                            .is_in([PartnershipRole::Organiser, PartnershipRole::Host]),
                    )
                    .filter(partnership::Column::EndedAt.is_null());
                allowed.extend(held.all(db).await?.into_iter().filter_map(|row| row.batch_id));
            }
        }
        Ok(allowed)
    }

    /// The row that stands first of those about the same as this one.
    pub(super) fn first_of(&self, line: u64) -> Option<u64> {
        self.behind(line).iter().find(|(_, tie)| *tie == Tie::Same).map(|(first, _)| *first)
    }

    /// What rows were about when this very file was applied before, by their lines: keys.
    pub(super) async fn meant_before(
        &self,
        db: &DatabaseExecutor<'_>,
        rows: &[Row],
    ) -> Result<HashMap<u64, String>, DbErr> {
        let mut meant = HashMap::new();
        let Some(before) = self.before else { return Ok(meant) };
        for some in rows.chunks(IDS_PER_QUERY) {
            let of_these = import_row::Entity::find()
                .filter(import_row::Column::ImportId.eq(before))
                .filter(
                    import_row::Column::Line
                        .is_in(some.iter().filter_map(|row| i32::try_from(row.line).ok())),
                )
                .filter(import_row::Column::About.is_not_null())
                .filter(
                    import_row::Column::State
                        .is_not_in([ImportRowState::Refused, ImportRowState::Ambiguous]),
                );
            let with_key =
                |row: import_row::Model| Some((u64::try_from(row.line).ok()?, row.about?));
            meant.extend(of_these.all(db).await?.into_iter().filter_map(with_key));
        }
        Ok(meant)
    }

    /// The lines of earlier rows on which that of a line rests.
    pub(super) fn behind(&self, line: u64) -> &[(u64, Tie)] {
        self.behind.get(&line).map(Vec::as_slice).unwrap_or_default()
    }

    /// Remembers that a line is about the same as an earlier one: it is left out with that.
    pub(super) fn stand_behind(&mut self, line: u64, first: u64) {
        self.rest_on(line, first, Tie::Same);
    }

    /// Remembers that what becomes of a line rests on an earlier one.
    pub(super) fn rest_on(&mut self, line: u64, first: u64, tie: Tie) {
        let behind = self.behind.entry(line).or_default();
        if !behind.iter().any(|(other, _)| *other == first) {
            behind.push((first, tie));
        }
    }

    /// Whether a line is left out, and why.
    pub(super) fn hindered(&self, line: u64) -> Option<ImportRowState> {
        self.hindered.get(&line).copied()
    }

    /// Remembers that a line is left out.
    pub(super) fn hinder(&mut self, line: u64, state: ImportRowState) {
        self.hindered.insert(line, state);
    }

    /// Where an earlier row stands that has the same title, unless both have keys, by which they
    /// are told apart; the row is remembered.
    pub(super) fn titled_before(
        &mut self,
        title: &impl Hash,
        is_keyed: bool,
        line: u64,
    ) -> Option<u64> {
        let (keyed, plain) = (hash(&(title, true)), hash(&(title, false)));
        let with_key = self.seen.get(&keyed).filter(|_| !is_keyed);
        let found = self.seen.get(&plain).or(with_key).copied().filter(|first| *first != line);
        self.seen.entry(if is_keyed { keyed } else { plain }).or_insert(line);
        if let Some(first) = found {
            self.stand_behind(line, first);
        }
        found
    }

    /// Where a row about the same as an earlier one stands, if one does; else it is remembered.
    pub(super) fn seen_before(&mut self, what: &impl Hash, line: u64) -> Option<u64> {
        match self.seen.entry(hash(what)) {
            Entry::Occupied(first) if *first.get() != line => {
                let first = *first.get();
                self.stand_behind(line, first);
                Some(first)
            }
            Entry::Occupied(_) => None,
            Entry::Vacant(free) => {
                free.insert(line);
                None
            }
        }
    }
}

/// The last import by which a file of the same name and content was applied, if its columns meant
/// the same.
async fn before(
    db: &DatabaseExecutor<'_>,
    import: &import::Model,
) -> Result<Option<ImportId>, DbErr> {
    let same = import::Entity::find()
        .filter(import::Column::SourceKey.eq(&import.source_key))
        .filter(import::Column::Sha256.eq(&import.sha256))
        .filter(import::Column::State.eq(ImportState::Applied))
        .order_by_desc(import::Column::AppliedAt)
        .order_by_desc(import::Column::Id)
        .one(db)
        .await?;
    let is_read_alike =
        |row: &import::Model| row.columns == import.columns && row.day_order == import.day_order;
    Ok(same.filter(is_read_alike).map(|row| row.id))
}

/// Tells values apart, in few bytes.
pub(super) fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
