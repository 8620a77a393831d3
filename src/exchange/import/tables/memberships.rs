//! Memberships of countries in groups: for curators, as by hand.

use std::collections::{BTreeSet, HashSet};

use entity::id::{CountryCode, MembershipId, RegionalGroupId};
use entity::vocabulary::{DatePrecision, MembershipKind, RegionalGroupKind};
use entity::{membership, regional_group};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, EntityTrait, QueryFilter};

use super::super::knowledge::Knowledge;
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use super::terms::{Found, NewDays, StatedTerm, Terms, periods};
use crate::access::policy::{Action, Relation};
use crate::db::{IDS_PER_QUERY, Write};
use crate::error::WriteError;
use crate::network::membership::rules as memberships;
use crate::phrase::{Phrase, say};
use crate::rule::{self, Stem, check, made_keys, unset};

/// What people call a country's part in a group, folded.
const KINDS: [(&str, MembershipKind); 11] = [
    ("member", MembershipKind::Full),
    ("anggota", MembershipKind::Full),
    ("anggota penuh", MembershipKind::Full),
    ("full member", MembershipKind::Full),
    ("associate member", MembershipKind::Associate),
    ("associated member", MembershipKind::Associate),
    ("anggota asosiasi", MembershipKind::Associate),
    ("pengamat", MembershipKind::Observer),
    ("calon", MembershipKind::Candidate),
    ("pihak", MembershipKind::Party),
    ("mitra", MembershipKind::Partner),
];

/// A membership that is to be entered or changed.
#[derive(Clone, Debug)]
pub(in super::super) struct MembershipRow {
    stem: Stem<membership::Entity>,
    existing: Option<membership::Model>,
    draft: membership::ActiveModel,
}

/// Who belongs to what, in which quality.
type Of = (RegionalGroupId, CountryCode, MembershipKind);

/// Memberships, as earlier rows leave them.
#[derive(Debug, Default)]
pub(in super::super) struct Memberships {
    read: HashSet<RegionalGroupId>,
    terms: Terms<Of, membership::Model>,
}

impl Memberships {
    /// Reads the memberships in groups that no earlier row has named.
    async fn read(
        &mut self,
        db: &DatabaseExecutor<'_>,
        groups: BTreeSet<RegionalGroupId>,
    ) -> Result<(), DbErr> {
        let new: Vec<RegionalGroupId> =
            groups.into_iter().filter(|group| self.read.insert(*group)).collect();
        for some in new.chunks(IDS_PER_QUERY) {
            let of_these = membership::Column::RegionalGroupId.is_in(some.iter().copied());
            for row in membership::Entity::find().filter(of_these).all(db).await? {
                let (days, precision) = ((row.valid_from, row.valid_to), row.precision);
                let of = (row.regional_group_id, row.country_code.clone(), row.kind);
                self.terms.add(of, row, days, precision);
            }
        }
        Ok(())
    }
}

/// What a row says.
struct Read {
    group: regional_group::Model,
    country: CountryCode,
    kind: MembershipKind,
    said: StatedTerm,
}

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<MembershipRow>>, DbErr> {
    let layout = k.layout.clone();
    let mut read_rows = Vec::with_capacity(rows.len());
    for row in rows {
        let mut parser = RowParser::new(&layout, row);
        let read = read(k, &mut parser);
        read_rows.push((row, parser, read));
    }
    let groups = read_rows.iter().filter_map(|row| row.2.as_ref()).map(|read| read.group.id);
    let groups = groups.collect();
    k.memberships.read(db, groups).await?;
    let mut plans = Vec::with_capacity(rows.len());
    for (row, mut parser, read) in read_rows {
        let Some(read) = read else {
            plans.push(Plan::of(row, parser, None, None));
            continue;
        };
        let (about, change) = change(k, &mut parser, read, row.line);
        plans.push(Plan::of(row, parser, about, change));
    }
    Ok(plans)
}

fn read(k: &Knowledge, parser: &mut RowParser<'_>) -> Option<Read> {
    let group = k.group(parser, "group");
    let said = StatedTerm::read(parser);
    let country = k.country(parser, None);
    if country.is_none() && !parser.is_hindered() {
        parser.required("country");
    }
    let kind = parser.vocabulary("kind", &KINDS);
    if !k.may(Action::KeepCommon, Relation::Stranger) {
        let message = say!("has members that curators enter, and you are none");
        parser.refuse("group", message);
    }
    let (Some(group), Some(country), false) = (group, country, parser.is_hindered()) else {
        return None;
    };
    let kind = kind.unwrap_or(match group.kind {
        RegionalGroupKind::Treaty => MembershipKind::Party,
        RegionalGroupKind::Organisation => MembershipKind::Full,
    });
    Some(Read { group, country, kind, said })
}

/// What a row would change: the key of what it is about, and whether that is new.
fn change(
    k: &mut Knowledge,
    parser: &mut RowParser<'_>,
    read: Read,
    line: u64,
) -> (Option<String>, Option<(bool, MembershipRow)>) {
    let Read { group, country, kind, said } = read;
    let of: Of = (group.id, country.clone(), kind);
    let terms = k.memberships.terms.of(&of);
    let field = if parser.layout.has("country") { "country" } else { "country_code" };
    let place = match said.find(terms) {
        Found::None => None,
        Found::One(place) => Some(place),
        Found::Several(places) => {
            let message = say!(
                "is {kind} in \"{group}\" {periods}: say from when the one is that is meant",
                kind,
                group = &group.key,
                periods = periods(terms, &places)
            );
            parser.remark(Weight::Ambiguous, field, message);
            return (None, None);
        }
    };
    let there = place.and_then(|place| terms.get(place));
    let existing = there.and_then(|term| term.row.clone());
    let about = existing.as_ref().map(|row| row.key.clone());
    if let Some(first) = there.and_then(|term| term.line).filter(|first| *first != line) {
        parser.remark(
            Weight::Ambiguous,
            field,
            say!("stands in line {line} already", line = first),
        );
        return (about, None);
    }
    let NewDays { from, to, precision, days, known } = said.change(parser, there);
    if let Some((field, message)) = k.lives.outside(&country, days, known) {
        parser.refuse(field, message);
    }
    let other = terms
        .iter()
        .enumerate()
        .find(|(other, term)| Some(*other) != place && memberships::overlap(days, term.days));
    if let Some((_, other)) = other {
        let called = match (other.line, &other.row) {
            (Some(line), _) => say!("line {line}", line),
            (None, Some(row)) => Phrase::verbatim(format!("\"{}\"", row.key)),
            (None, None) => Phrase::verbatim(""),
        };
        let belongs = (&country, kind, group.key.as_str());
        let refusal = memberships::overlaps(belongs, (other.days, called), days);
        // It may be without the day that a rule would name.
        let named = parser.layout.cell(parser.row, "valid_from");
        parser.refuse(
            if named.is_empty() { field } else { "valid_from" },
            say!("overlaps: {why}", why = refusal.message),
        );
    }
    if parser.is_hindered() {
        return (about, None);
    }
    k.memberships.terms.remember(of, place, days, line);
    let draft = membership::ActiveModel {
        regional_group_id: Set(group.id),
        country_code: Set(country.clone()),
        kind: Set(kind),
        valid_from: from.map_or(NotSet, |day| Set(Some(day))),
        valid_to: to.map_or(NotSet, |day| Set(Some(day))),
        precision: precision.map_or(NotSet, Set),
        ..unset()
    };
    let differs =
        existing.as_ref().is_none_or(|row| !rule::same::<membership::Entity>(row, &draft));
    if let Some(row) = existing.as_ref().filter(|_| differs) {
        parser.tell_changes::<membership::Entity>(row, &draft, |_, _| None);
    }
    let is_new = existing.is_none();
    let stem = Stem::of(&group.key, &country.0);
    (about, differs.then_some((is_new, MembershipRow { stem, existing, draft })))
}

/// Writes what was planned.
pub(in super::super) async fn carry_out(
    w: &mut Write,
    all: Vec<MembershipRow>,
) -> Result<(), WriteError> {
    let (changed, new): (Vec<MembershipRow>, Vec<MembershipRow>) =
        all.into_iter().partition(|one| one.existing.is_some());
    // Before keys are chosen, so that nobody else chooses them.
    w.lock_register().await?;
    // Before what is new: a membership that is known better leaves room beside it.
    for one in changed {
        memberships::enter(w, one.existing.as_ref(), one.draft).await?;
    }
    let stems = new.iter().map(|one| (None, one.stem.clone())).collect();
    let mut rows = Vec::with_capacity(new.len());
    for (key, one) in made_keys(w, stems).await?.into_iter().zip(new) {
        rows.push(complete(w, key, one)?);
    }
    memberships::enter_all(w, rows).await
}

/// A membership that is new, with all its columns.
fn complete(
    w: &Write,
    key: String,
    one: MembershipRow,
) -> Result<membership::Model, crate::error::Refusal> {
    let (draft, none): (_, Option<&membership::Model>) = (one.draft, None);
    Ok(membership::Model {
        id: MembershipId(w.new_id()),
        key,
        version: 1,
        created_at: w.now(),
        updated_at: w.now(),
        regional_group_id: rule::required!(draft, none, regional_group_id),
        country_code: rule::required!(draft, none, country_code),
        kind: rule::required!(draft, none, kind),
        valid_from: rule::optional!(draft, none, valid_from),
        valid_to: rule::optional!(draft, none, valid_to),
        precision: match draft.precision {
            Set(precision) => precision,
            _ => DatePrecision::Day,
        },
        sort_date: check::FIRST_DAY,
    })
}
