//! What a document wants of the nouns: made once for each document, and kept with it.
//!
//! A plan depends on who asks in one way: what of a noun may be seen decides whether a reference to it is followed in the
//! statement that refers, or by one of its own ([`Sees`]).

use async_graphql::Pos;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, Field as Selected, OperationType};
use async_graphql_value::Value;
use sea_orm::sea_query::ArrayType;

use super::collect::{Collector, Conditions, Merged, Place, When};
use super::computed::Computed;
use super::noun::{Catalogue, Entry, Noun, What};
use super::reads::{OWN, Of, Reads};
use crate::access::Visible;
use crate::graphql::edge::Near;

/// A plan.
#[derive(Debug)]
pub struct Plan {
    /// When parts of it are wanted.
    pub conditions: Conditions,
    /// The fields of the root.
    pub roots: Vec<Slot<Root>>,
}

/// A field of an answer.
#[derive(Debug)]
pub struct Slot<T> {
    /// Under which key it is answered.
    pub key: Key,
    /// When it is wanted.
    pub when: When,
    /// What it is.
    pub what: T,
}

/// A response key.
#[derive(Debug)]
pub struct Key {
    /// As it is.
    pub name: Box<str>,
    /// As JSON, with the colon behind it.
    pub json: Box<[u8]>,
}

/// A field and its arguments.
#[derive(Debug)]
pub struct Asked {
    /// The arguments that are given.
    pub arguments: Vec<(String, Value)>,
    /// Where it stands in the document.
    pub pos: Pos,
}

/// A field of the root.
#[derive(Debug)]
pub enum Root {
    /// The name of the type.
    TypeName(&'static str),
    /// A list.
    List(Box<List>),
    /// One object.
    One(Box<One>),
    /// One object of one of these nouns.
    Node(Vec<One>),
}

/// An object that the root leads to.
#[derive(Debug)]
pub struct One {
    /// How it is found.
    pub entry: Entry,
    /// By which arguments.
    pub asked: Asked,
    /// How it is shown.
    pub object: Object,
    /// How it is read.
    pub rows: Rows,
}

/// How an object is shown.
pub type Object = Vec<Slot<Shown>>;

/// How rows are read, and what is read behind them.
#[derive(Debug)]
pub struct Rows {
    /// What is read of them.
    pub reads: Reads,
    /// What is read for all of them at once.
    pub children: Vec<Child>,
}

/// What is read for all rows of a statement.
#[derive(Debug)]
pub struct Child {
    /// Where in the rows the keys stand by which it is found, and when each is wanted.
    pub from: Vec<(usize, When)>,
    /// What these keys are.
    pub holds: ArrayType,
    /// What it is.
    pub what: Behind,
}

/// What is read behind rows.
#[derive(Debug)]
pub enum Behind {
    /// A list of each.
    List(Box<List>),
    /// The objects that each refers to.
    One(Box<Rows>),
}

/// A list: a connection.
#[derive(Debug)]
pub struct List {
    /// How its rows are found.
    pub near: Near,
    /// With which arguments.
    pub asked: Asked,
    /// How it is shown.
    pub parts: Vec<Slot<Part>>,
    /// How its rows are read.
    pub rows: Rows,
    /// Whether places in the order are told.
    pub tells_places: bool,
    /// When rows are read at all.
    pub reads_rows: Vec<When>,
    /// When it is counted.
    pub counts: Vec<When>,
    /// By which values it is counted, and when.
    pub groups: Vec<(When, Asked)>,
}

/// A part of a connection.
#[derive(Debug)]
pub enum Part {
    /// The name of the type.
    TypeName(String),
    /// The nodes.
    Nodes(Object),
    /// The nodes with their places.
    Edges(Vec<Slot<EdgePart>>),
    /// Where the page stands.
    PageInfo(Vec<Slot<Info>>),
    /// How many nodes the whole list has.
    Total,
    /// Counts by values, by their number among those of the list.
    Groups(usize, Vec<Slot<Group>>),
}

/// A part of what is told of nodes with the same values.
#[derive(Clone, Copy, Debug)]
pub enum Group {
    /// The name of the type.
    TypeName,
    /// The values.
    Values,
    /// How many nodes there are.
    Count,
    /// The sum of numbers.
    Sum,
    /// The least of them.
    Min,
    /// The greatest.
    Max,
    /// The first of dates.
    Earliest,
    /// The last.
    Latest,
}

/// A part of an edge.
#[derive(Debug)]
pub enum EdgePart {
    /// The name of the type.
    TypeName(String),
    /// The node.
    Node(Object),
    /// Its place.
    Cursor,
}

/// A part of what is told of a page.
#[derive(Clone, Copy, Debug)]
pub enum Info {
    /// The name of the type.
    TypeName,
    /// Whether there is something before it.
    HasPrevious,
    /// Whether there is something behind it.
    HasNext,
    /// The place of its first node.
    Start,
    /// The place of its last node.
    End,
}

/// How a field of an object is shown.
#[derive(Debug)]
pub enum Shown {
    /// The name of the type.
    TypeName(&'static str),
    /// The opaque id, of the key at a place.
    Id {
        /// Where.
        at: usize,
        /// What the key is.
        holds: ArrayType,
        /// Of which noun.
        noun: &'static str,
    },
    /// What stands at a place.
    Column {
        /// Where.
        at: usize,
        /// What it is.
        holds: ArrayType,
    },
    /// The object that is referred to.
    Reference(Box<Reference>),
    /// A list that was read as a child of the rows.
    List(usize),
    /// What is computed.
    Made(Box<Making>),
}

/// What is shown of a computed object.
#[derive(Debug)]
pub enum Picked {
    /// The name of its type.
    TypeName(&'static str),
    /// What it has under this name.
    Field(Box<str>),
}

/// How a reference is shown.
#[derive(Debug)]
pub struct Reference {
    /// Where the key stands that refers.
    pub by: usize,
    /// Whether it must lead to an object.
    pub must: bool,
    /// What it leads to.
    pub to: &'static Noun,
    /// How that is shown.
    pub object: Object,
    /// Where that is found.
    pub found: FoundAt,
    /// Where it stands in the document.
    pub pos: Pos,
}

/// Where the object of a reference is found.
#[derive(Clone, Copy, Debug)]
pub enum FoundAt {
    /// In the row, if its key stands at this place.
    Row(usize),
    /// It was read as a child of the rows, of which it is found by the key of this number.
    Child(usize, usize),
}

/// How a field is computed.
#[derive(Debug)]
pub struct Making {
    /// How.
    pub computed: &'static Computed,
    /// With which arguments.
    pub asked: Asked,
    /// The noun of the row.
    pub noun: &'static Noun,
    /// Where the columns stand that it is computed from.
    pub columns: Vec<usize>,
    /// Where the short list stands.
    pub entries: Option<usize>,
    /// What is shown of each object that it is, where it is a list of such.
    pub picked: Option<Vec<Slot<Picked>>>,
}

/// What a plan depends on of who asks.
pub struct Sees<'a>(pub &'a Visible);

impl Sees<'_> {
    /// Whether references to a noun are followed in the statement that refers: who may see what hangs from other tables is better
    /// asked of the rows that are wanted than of a whole table.
    fn follows(&self, noun: &Noun) -> bool {
        noun.table.by_itself(self.0)
    }

    /// Whether a reference to a noun says by itself that its row is there.
    fn is_open(&self, noun: &Noun) -> bool {
        noun.table.is_open(self.0)
    }
}

/// Makes the plan of a document with one operation; none where it asks for what the catalogue does not have.
pub fn plan(document: &ExecutableDocument, catalogue: &Catalogue, sees: &Sees<'_>) -> Option<Plan> {
    let DocumentOperations::Single(operation) = &document.operations else { return None };
    if operation.node.ty != OperationType::Query || !operation.node.directives.is_empty() {
        return None;
    }
    let collector = Collector { catalogue, document, conditions: Conditions::default() };
    let mut planner = Planner { collector, sees };
    let root = [Place::root(&operation.node.selection_set.node)];
    let fields = planner.collector.fields("Query", &root)?;
    let roots = fields.iter().map(|field| planner.root(field)).collect::<Option<Vec<_>>>()?;
    Some(Plan { conditions: planner.collector.conditions, roots })
}

struct Planner<'a> {
    collector: Collector<'a>,
    sees: &'a Sees<'a>,
}

fn name<'a>(field: &Merged<'a>) -> &'a str {
    field.field.node.name.node.as_str()
}

fn slot<T>(field: &Merged<'_>, what: T) -> Slot<T> {
    let name = field.field.node.response_key().node.as_str();
    let key = Key { name: name.into(), json: format!("\"{name}\":").into_bytes().into() };
    Slot { key, when: field.when, what }
}

fn asked(selected: &Merged<'_>) -> Asked {
    let Selected { arguments, .. } = &selected.field.node;
    let given = arguments.iter().map(|(name, value)| (name.node.to_string(), value.node.clone()));
    Asked { arguments: given.collect(), pos: selected.field.pos }
}

impl<'a> Planner<'a> {
    fn root(&mut self, field: &Merged<'a>) -> Option<Slot<Root>> {
        if name(field) == "__typename" {
            return Some(slot(field, Root::TypeName("Query")));
        }
        let root = self.collector.catalogue.root(name(field))?;
        let what = match root.to {
            Entry::List(noun) => Root::List(Box::new(self.list(field, noun(), Near::Root)?)),
            Entry::By(noun, _) | Entry::Key(noun, ..) => Root::One(Box::new(self.one(field, noun(), root.to)?)),
            Entry::Node => {
                let nouns = self.collector.catalogue.nouns.iter();
                let ones = nouns.map(|noun| self.one(field, noun, root.to));
                Root::Node(ones.collect::<Option<_>>()?)
            }
        };
        Some(slot(field, what))
    }

    fn one(&mut self, field: &Merged<'a>, noun: &'static Noun, entry: Entry) -> Option<One> {
        let mut rows = Rows { reads: Reads::new(noun), children: Vec::new() };
        let object = self.object(&mut rows, noun, OWN, &field.places)?;
        // Whether it is there is told by its key.
        rows.reads.id(OWN);
        Some(One { entry, asked: asked(field), object, rows })
    }

    fn object(&mut self, rows: &mut Rows, noun: &'static Noun, of: Of, places: &[Place<'a>]) -> Option<Object> {
        let fields = self.collector.fields(noun.name, places)?;
        fields.iter().map(|field| self.field(rows, noun, of, field).map(|what| slot(field, what))).collect()
    }

    fn field(&mut self, rows: &mut Rows, noun: &'static Noun, of: Of, field: &Merged<'a>) -> Option<Shown> {
        let table = &noun.table;
        match name(field) {
            "__typename" => return Some(Shown::TypeName(noun.name)),
            "id" => {
                let (at, holds) = (rows.reads.id(of), table.columns[table.id].holds.clone());
                return Some(Shown::Id { at, holds, noun: noun.name });
            }
            _ => {}
        }
        match &noun.field(name(field))?.what {
            What::Column(column) => {
                let column = table.place(column);
                Some(Shown::Column { at: rows.reads.column(of, column), holds: table.columns[column].holds.clone() })
            }
            What::Reference { by, to, must } => {
                let (by, to) = (table.place(by), to());
                let at = rows.reads.column(of, by);
                let (found, object) = self.reference(rows, of, (by, at), to, field)?;
                let (must, pos) = (*must, field.field.pos);
                Some(Shown::Reference(Box::new(Reference { by: at, must, to, object, found, pos })))
            }
            What::List { of: listed, near } => {
                let list = self.list(field, listed(), near())?;
                let (from, holds) = (rows.reads.id(of), table.columns[table.id].holds.clone());
                rows.children.push(Child { from: vec![(from, field.when)], holds, what: Behind::List(Box::new(list)) });
                Some(Shown::List(rows.children.len() - 1))
            }
            What::Computed(computed) => {
                let columns = computed.columns.iter();
                let columns = columns.map(|column| rows.reads.column(of, table.place(column))).collect();
                let language = field.field.node.get_argument("language").map(|language| language.node.clone());
                let entries = computed.entries.map(|entries| rows.reads.short(of, entries(), language));
                let picked = match computed.of {
                    Some(ty) => Some(self.picked(ty, field)?),
                    None => None,
                };
                Some(Shown::Made(Box::new(Making { computed, asked: asked(field), noun, columns, entries, picked })))
            }
        }
    }

    /// What is selected of computed objects of a type, whose fields are all leaves.
    fn picked(&mut self, ty: &'static str, field: &Merged<'a>) -> Option<Vec<Slot<Picked>>> {
        let fields = self.collector.fields(ty, &field.places)?;
        let picked = |part: &Merged<'_>| match name(part) {
            "__typename" => slot(part, Picked::TypeName(ty)),
            other => slot(part, Picked::Field(other.into())),
        };
        Some(fields.iter().map(picked).collect())
    }

    /// Where the object is found that the column `by`, which stands at a place, refers to; and how it is shown.
    fn reference(
        &mut self,
        rows: &mut Rows,
        of: Of,
        (by, at): (usize, usize),
        to: &'static Noun,
        field: &Merged<'a>,
    ) -> Option<(FoundAt, Object)> {
        if self.sees.is_open(to)
            && let Some(object) = self.known(at, to, field)
        {
            return Some((FoundAt::Row(at), object));
        }
        let followed = self.sees.follows(to).then(|| rows.reads.follow(of, by, to)).flatten();
        if let Some(far) = followed {
            let object = self.object(rows, to, far, &field.places)?;
            return Some((FoundAt::Row(rows.reads.id(far)), object));
        }
        // What several references of a row lead to is read at once.
        let is_same = |child: &Child| matches!(&child.what, Behind::One(rows) if rows.reads.noun.name == to.name);
        let number = rows.children.iter().position(is_same).unwrap_or_else(|| {
            let mut behind = Rows { reads: Reads::new(to), children: Vec::new() };
            behind.reads.id(OWN);
            let holds = to.table.columns[to.table.id].holds.clone();
            rows.children.push(Child { from: Vec::new(), holds, what: Behind::One(Box::new(behind)) });
            rows.children.len() - 1
        });
        let Child { from, what, .. } = &mut rows.children[number];
        from.push((at, field.when));
        let key = from.len() - 1;
        let Behind::One(behind) = what else { return None };
        let object = self.object(behind, to, OWN, &field.places)?;
        Some((FoundAt::Child(number, key), object))
    }

    /// What a reference says by itself: the key of what it refers to. None where more is wanted.
    fn known(&mut self, at: usize, to: &'static Noun, field: &Merged<'a>) -> Option<Object> {
        let key = &to.table.columns[to.table.id];
        let fields = self.collector.fields(to.name, &field.places)?;
        let shown = |field: &Merged<'_>| {
            Some(match name(field) {
                "__typename" => Shown::TypeName(to.name),
                "id" => Shown::Id { at, holds: key.holds.clone(), noun: to.name },
                other => match &to.field(other)?.what {
                    What::Column(column) if *column == key.name => Shown::Column { at, holds: key.holds.clone() },
                    _ => return None,
                },
            })
        };
        fields.iter().map(|field| shown(field).map(|what| slot(field, what))).collect()
    }

    fn list(&mut self, field: &Merged<'a>, noun: &'static Noun, near: Near) -> Option<List> {
        let mut rows = Rows { reads: Reads::new(noun), children: Vec::new() };
        let connection = format!("{}Connection", noun.name);
        let mut parts = Vec::new();
        let (mut tells_places, mut reads_rows, mut counts, mut groups) = (false, Vec::new(), Vec::new(), Vec::new());
        for part in self.collector.fields(&connection, &field.places)? {
            let what = match name(&part) {
                "__typename" => Part::TypeName(connection.clone()),
                "nodes" => Part::Nodes(self.object(&mut rows, noun, OWN, &part.places)?),
                "edges" => Part::Edges(self.edges(&mut rows, noun, &part, &mut tells_places)?),
                "pageInfo" => Part::PageInfo(self.page_info(&part, &mut tells_places)?),
                "totalCount" => Part::Total,
                "groupedBy" => {
                    groups.push((part.when, asked(&part)));
                    Part::Groups(groups.len() - 1, self.groups(&part)?)
                }
                _ => return None,
            };
            match what {
                Part::Nodes(_) | Part::Edges(_) | Part::PageInfo(_) => reads_rows.push(part.when),
                Part::Total => counts.push(part.when),
                Part::TypeName(_) | Part::Groups(..) => {}
            }
            parts.push(slot(&part, what));
        }
        if !reads_rows.is_empty() {
            // A row is a row, also where nothing of it is shown.
            rows.reads.id(OWN);
        }
        Some(List { near, asked: asked(field), parts, rows, tells_places, reads_rows, counts, groups })
    }

    fn edges(
        &mut self,
        rows: &mut Rows,
        noun: &'static Noun,
        field: &Merged<'a>,
        tells_places: &mut bool,
    ) -> Option<Vec<Slot<EdgePart>>> {
        let edge = format!("{}Edge", noun.name);
        let mut parts = Vec::new();
        for part in self.collector.fields(&edge, &field.places)? {
            let what = match name(&part) {
                "__typename" => EdgePart::TypeName(edge.clone()),
                "node" => EdgePart::Node(self.object(rows, noun, OWN, &part.places)?),
                "cursor" => {
                    *tells_places = true;
                    EdgePart::Cursor
                }
                _ => return None,
            };
            parts.push(slot(&part, what));
        }
        Some(parts)
    }

    fn groups(&mut self, field: &Merged<'a>) -> Option<Vec<Slot<Group>>> {
        let fields = self.collector.fields("GroupAggregates", &field.places)?;
        let part = |part: &Merged<'_>| {
            let what = match name(part) {
                "__typename" => Group::TypeName,
                "values" => Group::Values,
                "count" => Group::Count,
                "sum" => Group::Sum,
                "min" => Group::Min,
                "max" => Group::Max,
                "earliest" => Group::Earliest,
                "latest" => Group::Latest,
                _ => return None,
            };
            Some(slot(part, what))
        };
        fields.iter().map(part).collect()
    }

    fn page_info(&mut self, field: &Merged<'a>, tells_places: &mut bool) -> Option<Vec<Slot<Info>>> {
        let mut parts = Vec::new();
        for part in self.collector.fields("PageInfo", &field.places)? {
            let what = match name(&part) {
                "__typename" => Info::TypeName,
                "hasPreviousPage" => Info::HasPrevious,
                "hasNextPage" => Info::HasNext,
                "startCursor" => Info::Start,
                "endCursor" => Info::End,
                _ => return None,
            };
            *tells_places |= matches!(what, Info::Start | Info::End);
            parts.push(slot(&part, what));
        }
        Some(parts)
    }
}
