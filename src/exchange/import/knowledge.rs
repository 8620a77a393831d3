//! What is known when rows are read: whose import it is, the names of countries and institutions, and what was said about them.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use entity::id::{BatchId, CountryCode, InstitutionId, ProgrammeId};
use entity::vocabulary::PartnershipRole;
use entity::{
    batch, country, country_name, import, institution, institution_identifier, institution_name, name_decision,
    partnership, programme, regional_group, source,
};
use sea_orm::{ColumnTrait, Condition, DatabaseExecutor, DbErr, EntityTrait, QueryFilter};

use super::cells::{is_nothing, number_in};
use super::columns::MappedColumn;
use super::dates::DayOrder;
use super::read::Row;
use super::reading::{Layout, Reading};
use super::remark::Weight;
use super::tables::normal_key;
use crate::access::policy::{Action, Relation, may};
use crate::access::{Actor, Visible};
use crate::exchange::names::bodies::{BodyMatch, InstitutionNames};
use crate::exchange::names::{CountryNames, NameMatch};
use crate::rule::IDS_PER_QUERY;
use crate::text::fold;

/// What is known when rows are read.
pub(super) struct Knowledge {
    pub(super) import: import::Model,
    pub(super) layout: Layout,
    pub(super) visible: Visible,
    /// The source of the claims, where it has been entered before.
    pub(super) source: Option<source::Model>,
    /// Whom rows are about, as far as they have been read, and in which line each stands.
    pub(super) seen: HashMap<u64, u64>,
    countries: CountryNames,
    periods: HashMap<CountryCode, (Option<NaiveDate>, Option<NaiveDate>)>,
    /// Names of groups, folded: they are no countries.
    groups: HashMap<String, regional_group::Model>,
    bodies: InstitutionNames,
    bodies_by_key: HashMap<String, InstitutionId>,
    body_keys: HashMap<InstitutionId, String>,
    /// Identifiers, as `scheme:value` and as the value alone.
    identified: HashMap<String, InstitutionId>,
    countries_decided: HashMap<String, Vec<(CountryCode, bool)>>,
    bodies_decided: HashMap<String, Vec<(InstitutionId, bool)>>,
}

/// Parts of countries that send teams of their own, folded, each with the country.
const PARTS: [(&str, &str); 12] = [
    ("england", "GB"),
    ("scotland", "GB"),
    ("skotlandia", "GB"),
    ("wales", "GB"),
    ("northern ireland", "GB"),
    ("irlandia utara", "GB"),
    ("zanzibar", "TZ"),
    ("sabah", "MY"),
    ("sarawak", "MY"),
    ("aceh", "ID"),
    ("catalonia", "ES"),
    ("quebec", "CA"),
];

/// Usual abbreviations of countries, in a language of the register, that are codes of others.
const ABBREVIATIONS: [(&str, &str); 2] = [("AS", "US"), ("SA", "ZA")];

/// What is written of people who come for themselves, folded.
const NOBODYS: [&str; 10] = [
    "individual",
    "individuals",
    "independent",
    "perorangan",
    "pribadi",
    "mandiri",
    "stateless",
    "tanpa negara",
    "refugee team",
    "international",
];

/// Unions whose members are countries, beside the groups of the register, folded.
const UNIONS: [&str; 8] = [
    "european union",
    "uni eropa",
    "eu",
    "african union",
    "uni afrika",
    "united nations",
    "pbb",
    "commonwealth of independent states",
];

impl Knowledge {
    pub(super) async fn read(
        db: &DatabaseExecutor<'_>,
        actor: Actor,
        import: import::Model,
        ragged: bool,
    ) -> Result<Self, DbErr> {
        let countries = country::Entity::find().all(db).await?;
        let names = country_name::Entity::find().all(db).await?;
        let matcher = CountryNames::new(countries.iter().map(Into::into), names.iter().map(Into::into));
        let in_use = institution::Entity::find().filter(institution::Column::MergedIntoId.is_null()).all(db).await?;
        let body_keys: HashMap<InstitutionId, String> = in_use.into_iter().map(|row| (row.id, row.key)).collect();
        let of_bodies = institution_name::Entity::find().all(db).await?.into_iter();
        let bodies = InstitutionNames::new(of_bodies.filter(|row| body_keys.contains_key(&row.institution_id)));
        let mut identified = HashMap::new();
        for row in institution_identifier::Entity::find().all(db).await? {
            identified.insert(format!("{}:{}", row.scheme, row.value), row.institution_id);
            identified.insert(row.value, row.institution_id);
        }
        let mut groups = HashMap::new();
        for row in regional_group::Entity::find().all(db).await? {
            let names = [Some(row.key.clone()), row.acronym.clone(), Some(row.name_en.clone()), row.name_id.clone()];
            for name in names.into_iter().flatten() {
                groups.insert(fold(&name), row.clone());
            }
        }
        let (mut countries_decided, mut bodies_decided): (HashMap<_, Vec<_>>, HashMap<_, Vec<_>>) = Default::default();
        let whose = match import.account_id {
            Some(account) => name_decision::Column::AccountId.eq(account),
            None => name_decision::Column::AccountId.is_null(),
        };
        for row in name_decision::Entity::find().filter(whose).all(db).await? {
            if let Some(code) = row.country_code {
                countries_decided.entry(row.name.clone()).or_default().push((code, row.is_same));
            }
            if let Some(body) = row.institution_id {
                bodies_decided.entry(row.name).or_default().push((body, row.is_same));
            }
        }
        let source = source::Entity::find().filter(source::Column::Key.eq(&import.source_key)).one(db).await?;
        let columns: Vec<MappedColumn> = serde_json::from_value(import.columns.clone()).unwrap_or_default();
        let order = import.day_order.as_deref().and_then(|order| match order {
            "DAY_FIRST" => Some(DayOrder::DayFirst),
            "MONTH_FIRST" => Some(DayOrder::MonthFirst),
            _ => None,
        });
        Ok(Self {
            layout: Layout::new(import.into_table, &columns, order, ragged),
            visible: Visible::to(actor),
            source,
            seen: HashMap::new(),
            countries: matcher,
            periods: countries.into_iter().map(|row| (row.code, (row.valid_from, row.valid_to))).collect(),
            groups,
            bodies,
            bodies_by_key: body_keys.iter().map(|(id, key)| (key.clone(), *id)).collect(),
            body_keys,
            identified,
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
        let mut allowed: HashSet<BatchId> =
            batches.values().filter(|row| any || (own && self.is_ours(row.owner_id))).map(|row| row.id).collect();
        let ours = &self.visible.actor().rights().institutions;
        let others: Vec<BatchId> = batches.keys().filter(|id| !allowed.contains(id)).copied().collect();
        if !ours.is_empty() && self.may(action, Relation::CoOrganiser) {
            for some in others.chunks(IDS_PER_QUERY) {
                let held = partnership::Entity::find()
                    .filter(partnership::Column::BatchId.is_in(some.iter().copied()))
                    .filter(partnership::Column::InstitutionId.is_in(ours.iter().copied()))
                    .filter(partnership::Column::Role.is_in([PartnershipRole::Organiser, PartnershipRole::Host]))
                    .filter(partnership::Column::EndedAt.is_null());
                allowed.extend(held.all(db).await?.into_iter().filter_map(|row| row.batch_id));
            }
        }
        Ok(allowed)
    }

    /// The country of a row, by its name and its code, as at a date.
    pub(super) fn country(&self, reading: &mut Reading<'_>, date: Option<NaiveDate>) -> Option<CountryCode> {
        let coded = self.coded(reading);
        let named = self.named(reading, date, coded.as_ref());
        let country = match (named, coded) {
            (Some(named), Some(coded)) if named != coded => {
                let code = reading.layout.cell(reading.row, "country_code");
                let message =
                    format!("is {named}, and the code beside it is \"{code}\": the two contradict each other");
                reading.refuse("country", message);
                return None;
            }
            (named, coded) => named.or(coded)?,
        };
        if let (Some(date), Some((_, Some(ended)))) = (date, self.periods.get(&country))
            && *ended < date
        {
            let field = if reading.layout.has("country") { "country" } else { "country_code" };
            reading.refuse(field, format!("is {country}, which ended on {ended}, before {date}"));
            return None;
        }
        Some(country)
    }

    fn coded(&self, reading: &mut Reading<'_>) -> Option<CountryCode> {
        let code = reading.raw("country_code")?;
        // NA is Namibia's here.
        let capitals: String = code.to_uppercase().split_whitespace().collect();
        if let Some(found) = self.countries.find_code(&capitals) {
            return Some(found.clone());
        }
        if !is_nothing(&code) {
            reading.refuse("country_code", "is no country code of ISO 3166");
        }
        None
    }

    fn named(
        &self,
        reading: &mut Reading<'_>,
        date: Option<NaiveDate>,
        coded: Option<&CountryCode>,
    ) -> Option<CountryCode> {
        let printed = reading.raw("country")?;
        let word = match printed.as_str() {
            "NA" => {
                Some("is the code of Namibia, and what people write where nothing is known: write the name, or nothing")
            }
            "no" | "No" => Some("is the code of Norway, and a word for none: write the name, or nothing"),
            _ => None,
        };
        if let Some(message) = word {
            if coded.is_none() {
                reading.remark(Weight::Ambiguous, "country", message);
            }
            return None;
        }
        if is_nothing(&printed) {
            return None;
        }
        let folded = fold(&printed);
        let decided = self.countries_decided.get(&folded).map(Vec::as_slice).unwrap_or_default();
        if let Some((code, _)) = decided.iter().rev().find(|decision| decision.1) {
            return Some(code.clone());
        }
        let denied = |code: &CountryCode| decided.iter().any(|(other, same)| other == code && !same);
        let found = match self.code_for_name(&printed) {
            Some((code, None)) => return Some(code),
            Some((code, Some(other))) => {
                // A code beside it says which it is.
                if let Some(coded) = coded.filter(|coded| **coded == code || **coded == other) {
                    return Some(coded.clone());
                }
                NameMatch::Ambiguous { candidates: vec![code, other] }
            }
            None => self.countries.find_as_at(&printed, date),
        };
        let told = |codes: Vec<String>| codes.join(" or ");
        match found {
            NameMatch::One { code, .. } if !denied(&code) => Some(code),
            NameMatch::One { .. } => {
                reading.refuse("country", "was said not to be the only country of that name");
                None
            }
            NameMatch::Ambiguous { candidates } => {
                let left: Vec<_> = candidates.into_iter().filter(|code| !denied(code)).collect();
                if let ([only], Some(coded)) = (&left[..], coded)
                    && only == coded
                {
                    return Some(only.clone());
                }
                if let Some(coded) = coded.filter(|coded| left.contains(coded)) {
                    return Some(coded.clone());
                }
                let names = told(left.iter().map(CountryCode::to_string).collect());
                reading.remark(Weight::Ambiguous, "country", format!("is the name of several countries: {names}"));
                None
            }
            NameMatch::None { suggestions } => {
                // What the code beside it excludes is not suggested.
                let open = |code: &CountryCode| !denied(code) && coded.is_none_or(|coded| coded == code);
                let left = suggestions.into_iter().filter(|one| open(&one.code));
                let left: Vec<String> = left.map(|one| format!("{} ({})", one.name, one.code)).collect();
                self.no_country(reading, &folded, &left);
                None
            }
        }
    }

    /// The country whose code stands in a column of names, and another one that is abbreviated so.
    fn code_for_name(&self, printed: &str) -> Option<(CountryCode, Option<CountryCode>)> {
        let capitals = printed.trim().to_uppercase();
        let code = self.countries.find_code(&capitals)?.clone();
        let abbreviated = ABBREVIATIONS.iter().find(|(written, _)| *written == capitals).map(|(_, code)| *code);
        let named = match self.countries.find(printed) {
            NameMatch::One { code, .. } => Some(code),
            _ => None,
        };
        let other = abbreviated.map(|code| CountryCode(code.to_owned())).or(named).filter(|other| *other != code);
        Some((code, other))
    }

    /// Why a name is no country's: what it is instead, or what may have been meant.
    fn no_country(&self, reading: &mut Reading<'_>, folded: &str, suggestions: &[String]) {
        if let Some((_, of)) = PARTS.iter().find(|(name, _)| *name == folded) {
            let message = format!("is a part of {of}: give that country, and this name as the label of the delegation");
            return reading.refuse("country", message);
        }
        if let Some(group) = self.groups.get(folded) {
            return reading
                .refuse("country", format!("is the group {:?}, and no country: give its members", group.key));
        }
        if UNIONS.contains(&folded) {
            return reading.refuse("country", "is a union of countries, and none itself: give its members");
        }
        if NOBODYS.contains(&folded) {
            let message = "is no country: who comes for none comes for an institution, or is in no delegation";
            return reading.refuse("country", message);
        }
        if suggestions.is_empty() {
            return reading.refuse("country", "is no name of a country that the register has");
        }
        let message = format!("is no name of a country that the register has; perhaps {}", suggestions.join(" or "));
        reading.remark(Weight::Ambiguous, "country", message);
    }

    /// The institution that a field names: by its key, an identifier, or a name as at a date.
    pub(super) fn institution(
        &self,
        reading: &mut Reading<'_>,
        field: &str,
        date: Option<NaiveDate>,
    ) -> Option<InstitutionId> {
        let printed = reading.text(field)?;
        let folded = fold(&printed);
        let decided = self.bodies_decided.get(&folded).map(Vec::as_slice).unwrap_or_default();
        if let Some((id, _)) = decided.iter().rev().find(|decision| decision.1) {
            return Some(*id);
        }
        if let Some(id) = self.bodies_by_key.get(&printed).or_else(|| self.identified.get(&printed)) {
            return Some(*id);
        }
        let shown = |candidates: Vec<(InstitutionId, String)>| {
            let open = candidates.into_iter().filter(|(id, _)| !decided.iter().any(|(other, _)| other == id));
            open.map(|(id, name)| format!("{name} ({})", self.key_of(id))).collect::<Vec<_>>().join(" or ")
        };
        match self.bodies.find_as_at(&printed, date) {
            BodyMatch::One { id, .. } if !decided.iter().any(|(other, _)| *other == id) => return Some(id),
            BodyMatch::One { .. } => reading.refuse(field, "was said not to be the institution of that name"),
            BodyMatch::Ambiguous { candidates } => {
                let message = format!("is the name of several institutions: {}", shown(candidates));
                reading.remark(Weight::Ambiguous, field, message);
            }
            BodyMatch::None { .. }
                if written_key(&printed).is_some_and(|key| self.bodies_by_key.contains_key(&key)) =>
            {
                return written_key(&printed).and_then(|key| self.bodies_by_key.get(&key).copied());
            }
            BodyMatch::None { suggestions } => match shown(suggestions) {
                none if none.is_empty() => reading.refuse(field, "is no name of an institution that the register has"),
                some => {
                    let message = format!("is no name of an institution that the register has; perhaps {some}");
                    reading.remark(Weight::Ambiguous, field, message);
                }
            },
        }
        None
    }

    /// The key of an institution.
    pub(super) fn key_of(&self, body: InstitutionId) -> &str {
        self.body_keys.get(&body).map_or("", String::as_str)
    }

    /// The institution with this key.
    pub(super) fn body_with_key(&self, key: &str) -> Option<InstitutionId> {
        self.bodies_by_key.get(key).copied()
    }

    /// What was said of a printed name: whose it is, and whose it is not.
    pub(super) fn decided_body(&self, printed: &str) -> (Option<InstitutionId>, Vec<InstitutionId>) {
        let decided = self.bodies_decided.get(&fold(printed)).map(Vec::as_slice).unwrap_or_default();
        let same = decided.iter().rev().find(|decision| decision.1).map(|decision| decision.0);
        (same, decided.iter().filter(|decision| !decision.1).map(|decision| decision.0).collect())
    }

    /// Whether an institution has this name, by the matcher.
    pub(super) fn has_body(&self, printed: &str) -> BodyMatch {
        self.bodies.find_as_at(printed, None)
    }

    /// The group that a name or key means.
    pub(super) fn group(&self, reading: &mut Reading<'_>, field: &str) -> Option<regional_group::Model> {
        let printed = reading.required(field)?;
        let group = self.groups.get(&fold(&printed)).cloned();
        if group.is_none() {
            reading.refuse(field, "is neither the name nor the key of a group that the register has");
        }
        group
    }

    /// Where a row about the same as an earlier one stands, if one does; else it is remembered.
    pub(super) fn seen_before(&mut self, what: &impl std::hash::Hash, line: u64) -> Option<u64> {
        use std::hash::{DefaultHasher, Hasher};
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        match self.seen.entry(hasher.finish()) {
            std::collections::hash_map::Entry::Occupied(first) if *first.get() != line => Some(*first.get()),
            std::collections::hash_map::Entry::Occupied(_) => None,
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(line);
                None
            }
        }
    }
}

/// The key that a text may be, in its normal form; a text of several words is none.
fn written_key(text: &str) -> Option<String> {
    let key = normal_key(text);
    (!key.is_empty() && !text.contains(' ')).then_some(key)
}

/// Batches and programmes that rows name.
#[derive(Default)]
pub(super) struct Named {
    by_key: HashMap<String, BatchId>,
    by_number: HashMap<(ProgrammeId, i32), BatchId>,
    by_title: HashMap<String, Vec<BatchId>>,
    programmes: HashMap<String, Vec<ProgrammeId>>,
    pub(super) batches: HashMap<BatchId, batch::Model>,
    pub(super) of_programmes: HashMap<ProgrammeId, programme::Model>,
}

impl Named {
    /// Looks up all that some rows name, with a few statements.
    pub(super) async fn read(k: &Knowledge, db: &DatabaseExecutor<'_>, rows: &[Row]) -> Result<Self, DbErr> {
        let mut named = Self::default();
        let (mut keys, mut titles, mut programmes) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut numbers = BTreeSet::new();
        for row in rows {
            let cell = |field| k.layout.cell(row, field);
            let (batch, programme) = (cell("batch"), cell("programme"));
            keys.extend(written_key(&batch));
            if !batch.is_empty() {
                titles.insert(fold(&batch));
            }
            if !programme.is_empty() {
                programmes.insert(programme);
                numbers.extend(number_in(&cell("number")).or_else(|| number_in(&batch)));
            }
        }
        let mut found = Vec::new();
        let columns = [(batch::Column::Key, keys), (batch::Column::SortTitle, titles)];
        for (column, values) in columns {
            for some in values.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
                found.extend(k.visible.select::<batch::Entity>().filter(column.is_in(some)).all(db).await?);
            }
        }
        for some in programmes.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
            let folded: Vec<String> = some.iter().map(|name| fold(name)).collect();
            let keys: Vec<String> =
                some.iter().flat_map(|name| [Some(name.clone()), written_key(name)]).flatten().collect();
            let which = Condition::any()
                .add(programme::Column::Key.is_in(keys))
                .add(programme::Column::Acronym.is_in(some))
                .add(programme::Column::SortTitle.is_in(folded));
            for row in k.visible.select::<programme::Entity>().filter(which).all(db).await? {
                let names = [Some(fold(&row.key)), row.acronym.as_deref().map(fold), Some(row.sort_title.clone())];
                for name in names.into_iter().flatten().collect::<BTreeSet<_>>() {
                    named.programmes.entry(name).or_default().push(row.id);
                }
                named.of_programmes.insert(row.id, row);
            }
        }
        let ids: Vec<ProgrammeId> = named.of_programmes.keys().copied().collect();
        for some in ids.chunks(IDS_PER_QUERY).filter(|_| !numbers.is_empty()) {
            let runs =
                k.visible.select::<batch::Entity>().filter(batch::Column::ProgrammeId.is_in(some.iter().copied()));
            found.extend(runs.filter(batch::Column::Ordinal.is_in(numbers.iter().copied())).all(db).await?);
        }
        for row in found {
            if named.batches.contains_key(&row.id) {
                continue;
            }
            named.by_key.insert(row.key.clone(), row.id);
            if let Some(ordinal) = row.ordinal {
                named.by_number.insert((row.programme_id, ordinal), row.id);
            }
            if row.title.is_some() {
                named.by_title.entry(row.sort_title.clone()).or_default().push(row.id);
            }
            named.batches.insert(row.id, row);
        }
        Ok(named)
    }

    /// The batch that is meant by a key; by one that is written otherwise, unless it is a title.
    fn keyed(&self, printed: &str) -> Option<&batch::Model> {
        let exact = self.by_key.get(printed);
        let normal = || self.by_key.get(&written_key(printed)?).filter(|_| !self.by_title.contains_key(&fold(printed)));
        self.batches.get(exact.or_else(normal)?)
    }

    /// The programme that a row names.
    pub(super) fn programme(&self, reading: &mut Reading<'_>) -> Option<&programme::Model> {
        let printed = reading.text("programme")?;
        match self.programmes.get(&fold(&printed)).map(Vec::as_slice) {
            Some([only]) => self.of_programmes.get(only),
            Some([]) | None => {
                reading.refuse("programme", "is neither the key nor the title of a programme that the register has");
                None
            }
            Some(several) => {
                let message = format!("is the title of {} programmes: give the key", several.len());
                reading.remark(Weight::Ambiguous, "programme", message);
                None
            }
        }
    }

    /// The batch that a row names: by its key, by programme and number, or by its title.
    pub(super) fn batch(&self, reading: &mut Reading<'_>) -> Option<&batch::Model> {
        let printed = reading.text("batch");
        if let Some(batch) = printed.as_ref().and_then(|printed| self.keyed(printed)) {
            return Some(batch);
        }
        if reading.is_hindered() {
            return None;
        }
        let number = reading.text("number").as_deref().and_then(number_in);
        let number = number.or_else(|| printed.as_deref().and_then(number_in));
        if reading.layout.has("programme")
            && let Some(programme) = self.programme(reading)
            && let Some(number) = number
        {
            let found = self.by_number.get(&(programme.id, number)).and_then(|id| self.batches.get(id));
            if found.is_none() {
                let message = format!("there is no run number {number} of {:?} that you may see", programme.key);
                reading.refuse(if printed.is_some() { "batch" } else { "number" }, message);
            }
            return found;
        }
        if reading.is_hindered() {
            return None;
        }
        let Some(printed) = printed else {
            reading.required("batch");
            return None;
        };
        match self.by_title.get(&fold(&printed)).map(Vec::as_slice) {
            Some([only]) => self.batches.get(only),
            Some([]) | None => {
                reading.refuse("batch", "is neither the key nor the title of a batch that you may see");
                None
            }
            Some(several) => {
                let keys = several.iter().filter_map(|id| self.batches.get(id)).map(|row| row.key.clone());
                let message = format!("is the title of several batches: {}", keys.collect::<Vec<_>>().join(" or "));
                reading.remark(Weight::Ambiguous, "batch", message);
                None
            }
        }
    }
}
