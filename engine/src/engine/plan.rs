//! What a document wants of the nouns: made once for each document ([`planner`](super::planner)),
//! and kept with it.

use async_graphql::parser::types::{ExecutableDocument, Field};
use async_graphql::{Pos, Positioned};
use async_graphql_value::Value;
use sea_orm::sea_query::ArrayType;

use super::collect::{Conditions, When};
use super::computed::Computed;
use super::noun::{Entry, Noun};
use super::reads::Reads;
use crate::graphql::edge::ParentLink;
use crate::graphql::groups::Measure;

/// A plan.
#[derive(Debug)]
pub struct Plan {
    /// When parts of it are wanted.
    pub conditions: Conditions,
    /// The fields of the root.
    pub roots: Vec<PlannedField<Root>>,
    /// The fields that code of its own resolves, in the order of their numbers.
    pub own: Vec<Positioned<Field>>,
    /// The document in whose only field they stand; none where there are none.
    pub execution: Option<ExecutableDocument>,
}

/// A field of an answer.
#[derive(Debug)]
pub struct PlannedField<T> {
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
pub struct FieldArguments {
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
    /// Objects of these nouns.
    Nodes(FieldArguments, Vec<One>),
    /// What code of its own resolves.
    Own(Owned),
}

/// A field that code of its own resolves.
#[derive(Debug)]
pub struct Owned {
    /// Its number among those of the plan.
    pub number: usize,
    /// The noun whose field it is; none where it is one of the root.
    pub noun: Option<&'static Noun>,
    /// Whether it is one that every record has.
    pub of_record: bool,
    /// Where the key of the row stands.
    pub key: usize,
    /// Where the columns stand that it reads, and their places among those of the table.
    pub columns: Vec<(usize, usize)>,
    /// Whether it may be null.
    pub nullable: bool,
    /// Where it stands in the document.
    pub pos: Pos,
}

/// An object that the root leads to.
#[derive(Debug)]
pub struct One {
    /// How it is found.
    pub entry: Entry,
    /// By which arguments.
    pub asked: FieldArguments,
    /// What is wanted of it.
    pub record: Record,
}

/// What is wanted of the objects of a noun.
#[derive(Debug)]
pub struct Record {
    /// How each is shown.
    pub object: Object,
    /// How they are read.
    pub rows: RowPlan,
}

/// How an object is shown.
pub type Object = Vec<PlannedField<SelectedField>>;

/// How rows are read, and what is read behind them.
#[derive(Debug)]
pub struct RowPlan {
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
    One(Box<RowPlan>),
}

/// A list: a connection.
#[derive(Debug)]
pub struct List {
    /// How its rows are found.
    pub link: ParentLink,
    /// With which arguments.
    pub asked: FieldArguments,
    /// How it is shown.
    pub parts: Vec<PlannedField<Part>>,
    /// How its rows are read.
    pub rows: RowPlan,
    /// Whether places in the order are told.
    pub tells_places: bool,
    /// When rows are read at all.
    pub reads_rows: Vec<When>,
    /// When it is counted.
    pub counts: Vec<When>,
    /// How its nodes are grouped.
    pub groups: Vec<Groups>,
}

/// A part of a connection.
#[derive(Debug)]
pub enum Part {
    /// The name of the type.
    TypeName(String),
    /// The nodes.
    Nodes(Object),
    /// The nodes with their places.
    Edges(Vec<PlannedField<EdgePart>>),
    /// Where the page stands.
    PageInfo(Vec<PlannedField<Info>>),
    /// How many nodes the whole list has.
    Total,
    /// Groups, by the number of the grouping among those of the list; a page of them.
    Groups(usize, Vec<PlannedField<GroupsPart>>),
    /// The same as a list.
    GroupList(usize, Vec<PlannedField<Group>>),
}

/// How the nodes of a list are grouped.
#[derive(Debug)]
pub struct Groups {
    /// When.
    pub when: When,
    /// Whether a page of them is wanted, or a list.
    pub is_page: bool,
    /// With which arguments.
    pub asked: FieldArguments,
    /// What is measured of each, in the order of their numbers, and when.
    pub measures: Vec<(When, Measure, FieldArguments)>,
    /// What is wanted of the records that they are groups of, and when; each for all nouns.
    pub records: Vec<(When, Vec<One>)>,
}

/// A part of a page of groups.
#[derive(Debug)]
pub enum GroupsPart {
    /// The name of the type.
    TypeName,
    /// The groups.
    Nodes(Vec<PlannedField<Group>>),
    /// Where the page stands.
    PageInfo(Vec<PlannedField<Info>>),
    /// How many groups there are.
    Total,
}

/// A part of what is told of nodes with the same values.
#[derive(Debug)]
pub enum Group {
    /// The name of the type.
    TypeName,
    /// The values.
    Values,
    /// The values, each with its record.
    Keys(Vec<PlannedField<GroupKey>>),
    /// The measure of a number, and which it is.
    Measure(usize, Measure),
}

/// A part of what is told of a value.
#[derive(Clone, Copy, Debug)]
pub enum GroupKey {
    /// The name of the type.
    TypeName,
    /// The value.
    Value,
    /// The record whose key it is, as one of the wanted records of a number.
    Record(usize),
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
pub enum SelectedField {
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
    /// The object that the first of these refers to which refers to any; where it stands in the
    /// document.
    Either(Vec<Reference>, Pos),
    /// A list that was read as a child of the rows.
    List(usize),
    /// What is computed.
    Made(Box<Making>),
    /// What is computed of a row that was read as a child of the rows, of which it is found by the
    /// key of a number.
    Behind(usize, usize, Box<Making>),
    /// What code of its own resolves.
    Own(Box<Owned>),
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
    pub asked: FieldArguments,
    /// The noun of the row.
    pub noun: &'static Noun,
    /// Where the columns stand that it is computed from.
    pub columns: Vec<usize>,
    /// Where the short list stands.
    pub entries: Option<usize>,
    /// What is shown of each object that it is, where it is a list of such.
    pub picked: Option<Vec<PlannedField<Picked>>>,
}
