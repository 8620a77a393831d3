//! Posts that people hold at institutions, known by person, institution, post and days; the person
//! by the key, or by name and institution. What is said of a row never repeats a name or a post.

mod people;
mod write;

use std::collections::{BTreeSet, HashMap};

use entity::id::{InstitutionId, PersonId};
use entity::{appointment, person};
use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, QueryFilter};

pub(in super::super) use self::people::Posts;
use self::people::{Found as Somebody, Post, Who};
pub(in super::super) use self::write::carry_out;
use self::write::draft;
use super::super::knowledge::{Knowledge, Tie};
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use super::attendance::is_check_mark;
use super::delegations::label_by;
use super::entered::Entered;
use super::institutions::stated_parts;
use super::terms::{Found, NewDays, StatedTerm, Term, periods};
use crate::access::policy::{Action, Relation};
use crate::db::IDS_PER_QUERY;
use crate::phrase::say;
use crate::rule::{self, check};
use crate::text::fold;

/// What people write in place of a key to say that somebody is not one of that name whom the
/// register has.
const NEW_PERSON: [&str; 4] = ["new", "new person", "baru", "orang baru"];
/// That a post is held in an acting capacity.
const ACTING: [&str; 9] =
    ["yes", "ya", "true", "1", "acting", "plt", "pelaksana tugas", "pjs", "pelaksana harian"];
/// That it is not.
const NOT_ACTING: [&str; 5] = ["no", "tidak", "false", "0", "definitif"];

/// An appointment that is to be entered, or of which more becomes known.
#[derive(Clone, Debug)]
pub(in super::super) struct AppointmentRow {
    who: Who,
    name: Option<String>,
    institution: InstitutionId,
    post: String,
    acting: bool,
    language: Option<String>,
    days: NewDays,
    existing: Option<appointment::Model>,
    entered: Entered<PersonId>,
}

/// What a row says.
struct Read {
    /// The person of the key that it gives.
    keyed: Option<person::Model>,
    /// Whether it says that the person is somebody new.
    is_new: bool,
    name: Option<String>,
    institution: InstitutionId,
    post: String,
    acting: Option<bool>,
    language: Option<String>,
    said: StatedTerm,
}

impl Read {
    /// The name by which the person is known, folded.
    fn folded(&self) -> String {
        match &self.keyed {
            Some(row) => row.sort_name.clone(),
            None => fold(self.name.as_deref().unwrap_or_default()),
        }
    }
}

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<AppointmentRow>>, DbErr> {
    let layout = k.layout.clone();
    let keyed = with_keys(k, db, rows).await?;
    let mut read_rows = Vec::with_capacity(rows.len());
    for row in rows {
        let mut parser = RowParser::new(&layout, row);
        let read = read(k, &keyed, &mut parser);
        read_rows.push((row, parser, read));
    }
    let names: BTreeSet<String> =
        read_rows.iter().filter_map(|row| row.2.as_ref()).map(Read::folded).collect();
    let visible = k.visible.clone();
    k.posts.read(db, &visible, names).await?;
    let mut plans = Vec::with_capacity(rows.len());
    for (row, mut parser, read) in read_rows {
        let about = read.as_ref().map(|read| k.key_of(read.institution).to_owned());
        let change = read.and_then(|read| change(k, &mut parser, read, row.line));
        plans.push(Plan::of(row, parser, about, change));
    }
    Ok(plans)
}

/// The people whom rows name by their keys, as far as the importer may see them.
async fn with_keys(
    k: &Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<HashMap<String, person::Model>, DbErr> {
    let cells = rows.iter().map(|row| k.layout.cell(row, "person"));
    let keys: BTreeSet<String> = cells.filter(|cell| check::is_key(cell)).collect();
    let mut people = HashMap::new();
    for some in keys.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
        let these = person::Column::Key.is_in(some);
        let found = k.visible.select::<person::Entity>().filter(these).all(db).await?;
        people.extend(found.into_iter().map(|row| (row.key.clone(), row)));
    }
    Ok(people)
}

fn read(
    k: &Knowledge,
    people: &HashMap<String, person::Model>,
    parser: &mut RowParser<'_>,
) -> Option<Read> {
    let said = StatedTerm::read(parser);
    let parts = stated_parts(k, parser);
    let date = said.from.or(said.to).map(|day| day.0);
    let institution = match parser.text("institution") {
        Some(_) => k.institution_in(parser, "institution", date, &parts),
        None => {
            parser.required("institution");
            None
        }
    };
    let (keyed, is_new, name) = person(people, parser);
    let post = parser.required_name("post");
    let (language, acting) = (parser.language("language"), acting(parser));
    if let Some(id) = institution {
        let own = k.is_ours(id) && k.may(Action::KeepInstitution, Relation::Own);
        if !own && !k.may(Action::KeepInstitution, Relation::Stranger) {
            let message = say!("is not yours: you may not enter who holds posts there");
            parser.refuse("institution", message);
        }
    }
    let (institution, post, false) = (institution?, post?, parser.is_hindered()) else {
        return None;
    };
    Some(Read { keyed, is_new, name, institution, post, acting, language, said })
}

/// Whom a row names: the person of the key, whether it is somebody new, and the name.
fn person(
    people: &HashMap<String, person::Model>,
    parser: &mut RowParser<'_>,
) -> (Option<person::Model>, bool, Option<String>) {
    let key = parser.text("person");
    let is_new = key.as_ref().is_some_and(|key| NEW_PERSON.contains(&fold(key).as_str()));
    let Some(key) = key.filter(|_| !is_new) else {
        return (None, is_new, parser.required_name("name"));
    };
    let name = parser.name("name");
    let keyed = people.get(&key).cloned();
    match &keyed {
        None => {
            let message = say!("is not the key of a person whom you may see");
            parser.refuse("person", message);
        }
        Some(row) if row.merged_into_id.is_some() => {
            let message =
                say!("is the key of a record that was merged: give that of the one in use");
            parser.refuse("person", message);
        }
        Some(row) if name.as_ref().is_some_and(|name| fold(name) != row.sort_name) => {
            parser.refuse("name", say!("is not the name of the person of that key"));
        }
        Some(_) => {}
    }
    (keyed, false, name)
}

/// Whether the post is held in an acting capacity, where the row says so.
fn acting(parser: &mut RowParser<'_>) -> Option<bool> {
    let text = parser.text("acting")?;
    let folded = fold(&text);
    if is_check_mark(&text) || ACTING.contains(&folded.as_str()) {
        return Some(true);
    }
    if NOT_ACTING.contains(&folded.as_str()) {
        return Some(false);
    }
    parser.refuse("acting", say!("is neither yes nor no"));
    None
}

/// What a row would change, and whether an appointment comes in.
fn change(
    k: &mut Knowledge,
    parser: &mut RowParser<'_>,
    read: Read,
    line: u64,
) -> Option<(bool, AppointmentRow)> {
    let folded = read.folded();
    let who = who(k, parser, &read, &folded)?;
    let (acting, place) = term(k, parser, &read, who)?;
    let post: Post = (who, read.institution, label_by(&read.post), acting);
    let there = place.and_then(|place| k.posts.terms.of(&post).get(place));
    if let Some(first) = there.and_then(|term| term.line).filter(|first| *first != line) {
        k.stand_behind(line, first);
        let message = say!("stands in line {line} already", line = first);
        parser.remark(Weight::Ambiguous, "post", message);
        return None;
    }
    let existing = there.and_then(|term| term.row.clone());
    let days = read.said.change(parser, there);
    if let Err(refusal) = check::order("valid_to", days.days.0, days.days.1) {
        parser.refuse("valid_to", refusal.message);
    }
    if existing.is_none() && !parser.is_hindered() {
        tell_who(k, parser, &read, who, line);
    }
    if parser.is_hindered() {
        return None;
    }
    k.posts.remember(&folded, who, read.institution);
    k.posts.terms.remember(post, place, days.days, line);
    let row = AppointmentRow {
        who,
        name: read.name,
        institution: read.institution,
        post: read.post,
        acting,
        language: read.language,
        days,
        existing,
        entered: k.posts.entered.clone(),
    };
    let draft = draft(&row);
    match &row.existing {
        None => Some((true, row)),
        Some(existing) if rule::same::<appointment::Entity>(existing, &draft) => None,
        Some(existing) => {
            parser.tell_changes::<appointment::Entity>(existing, &draft, |_, _| None);
            Some((false, row))
        }
    }
}

/// Whose post it is. Somebody of the name who is known elsewhere may be the same, or not.
fn who(k: &Knowledge, parser: &mut RowParser<'_>, read: &Read, folded: &str) -> Option<Who> {
    if let Some(row) = &read.keyed {
        return Some(Who::Person(row.id));
    }
    match k.posts.find(folded, read.institution) {
        Somebody::One(who) => Some(who),
        Somebody::Several(people) => {
            let message = say!(
                "is the name of {count} people at that institution: give the key of the person",
                count = people
            );
            parser.remark(Weight::Ambiguous, "name", message);
            None
        }
        Somebody::Elsewhere if !read.is_new => {
            let message = say!(
                "is the name of somebody who is not known at that institution: give the key of the \
                 person, or \"new\" in its place"
            );
            parser.remark(Weight::Ambiguous, "name", message);
            None
        }
        Somebody::Elsewhere | Somebody::Nobody => {
            if !k.may(Action::EnterCommon, Relation::Stranger) {
                let message = say!("is nobody whom the register has, and you may not enter people");
                parser.refuse("name", message);
                return None;
            }
            Some(Who::OfLine(parser.row.line))
        }
    }
}

/// Whether the post is held in an acting capacity, and which of its terms the row is about, if any.
/// Where the row does not say the first, it is not, unless it is known as that alone.
fn term(
    k: &Knowledge,
    parser: &mut RowParser<'_>,
    read: &Read,
    who: Who,
) -> Option<(bool, Option<usize>)> {
    let terms = |acting| -> &[Term<appointment::Model>] {
        k.posts.terms.of(&(who, read.institution, label_by(&read.post), acting))
    };
    let acting = read.acting.unwrap_or_default();
    match read.said.find(terms(acting)) {
        Found::One(place) => Some((acting, Some(place))),
        Found::Several(places) => {
            let message = say!(
                "is held in several terms, {periods}: say from when the one is that is meant",
                periods = periods(terms(acting), &places)
            );
            parser.remark(Weight::Ambiguous, "post", message);
            None
        }
        Found::None if read.acting.is_none() && read.said.find(terms(true)) != Found::None => {
            let message = say!("is known as held in an acting capacity: say whether it is");
            parser.remark(Weight::Ambiguous, "post", message);
            None
        }
        Found::None => Some((acting, None)),
    }
}

/// Tells of a new appointment who is taken for whom.
fn tell_who(k: &mut Knowledge, parser: &mut RowParser<'_>, read: &Read, who: Who, line: u64) {
    let message = match who {
        Who::OfLine(first) if first != line => {
            k.rest_on(line, first, Tie::Named);
            say!("stands in line {line}: the same person holds this post, too", line = first)
        }
        Who::Person(_) if read.keyed.is_none() => {
            say!("is known at that institution: the same person holds this post, too")
        }
        _ => return,
    };
    parser.remark(Weight::Note, "name", message);
}
