//! Makes the plan of a document.
//!
//! A plan depends on who asks in one way: what of a noun may be seen decides whether a reference to
//! it is followed in the statement that refers, or by one of its own ([`Sees`]).

mod execution;
mod groups;
mod list;
mod reference;

use async_graphql::Positioned;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field as Selected, OperationType, Selection,
    SelectionSet,
};

use super::collect::{Collector, Conditions, Fragments, Merged, Place, When};
use super::computed::Computed;
use super::noun::{Catalogue, Entry, FieldKind, Noun};
use super::plan::{
    Behind, Child, EdgePart, FieldArguments, FoundAt, Group, GroupKey, Groups, GroupsPart, Info,
    Key, List, Making, Object, One, Owned, Part, Picked, Plan, PlannedField, Record, Reference,
    Root, RowPlan, SelectedField,
};
use super::reads::{OWN, Reads, TableRef};
use crate::access::Visible;
use crate::graphql::edge::ParentLink;

/// The field of the root in which the fields stand that code of its own resolves. No client can
/// name it.
pub const OWN_FIELDS: &str = "own fields";

/// What a plan depends on of who asks.
pub struct Sees<'a> {
    /// What may be seen.
    pub visible: &'a Visible,
    /// Whether the rows are known already: then nothing comes with them, and what they refer to is
    /// read by itself.
    pub known: bool,
}

impl Sees<'_> {
    /// Whether references to a noun are followed in the statement that refers: who may see what
    /// hangs from other tables is better asked of the rows that are wanted than of a whole table.
    fn follows(&self, noun: &Noun) -> bool {
        !self.known && noun.table.by_itself(self.visible)
    }

    /// Whether a reference to a noun says by itself that its row is there.
    fn is_open(&self, noun: &Noun) -> bool {
        noun.table.is_open(self.visible)
    }
}

/// Makes the plan of a document with one operation; none where it asks for what the catalogue does
/// not have.
pub fn plan(document: &ExecutableDocument, catalogue: &Catalogue, sees: &Sees<'_>) -> Option<Plan> {
    let DocumentOperations::Single(operation) = &document.operations else { return None };
    if operation.node.ty != OperationType::Query || !operation.node.directives.is_empty() {
        return None;
    }
    let plan = roots(&operation.node.selection_set.node, &document.fragments, catalogue, sees)?;
    let execution =
        (!plan.own.is_empty()).then(|| execution::of(document, &operation.node, &plan.own));
    Some(Plan { execution, ..plan })
}

/// Makes the plan of what is selected of the root; none where the catalogue does not have all of
/// it.
pub fn roots(
    set: &SelectionSet,
    fragments: &Fragments,
    catalogue: &Catalogue,
    sees: &Sees<'_>,
) -> Option<Plan> {
    let mut planner = Planner::new(fragments, catalogue, sees);
    let fields = planner.collector.fields("Query", &[Place::root(set)])?;
    let roots = fields.iter().map(|field| planner.root(field)).collect::<Option<Vec<_>>>()?;
    let Planner { collector, own, .. } = planner;
    Some(Plan { conditions: collector.conditions, roots, own, execution: None })
}

/// What is wanted of the objects of a noun, without conditions.
#[derive(Debug)]
pub struct Planned {
    /// What is wanted.
    pub record: Record,
    /// The fields that code of its own resolves, in the order of their numbers.
    pub own: Vec<Positioned<Selected>>,
}

/// Plans what is selected of objects of a noun; none where the catalogue does not have all of it,
/// or where it has conditions.
pub fn planned(
    noun: &'static Noun,
    set: &SelectionSet,
    fragments: &Fragments,
    catalogue: &Catalogue,
    sees: &Sees<'_>,
) -> Option<Planned> {
    let mut planner = Planner::new(fragments, catalogue, sees);
    let record = planner.record(noun, &[Place::root(set)])?;
    planner.collector.conditions.is_empty().then_some(Planned { record, own: planner.own })
}

struct Planner<'a> {
    collector: Collector<'a>,
    sees: &'a Sees<'a>,
    own: Vec<Positioned<Selected>>,
}

fn name<'a>(field: &Merged<'a>) -> &'a str {
    field.field.node.name.node.as_str()
}

fn slot<T>(field: &Merged<'_>, what: T) -> PlannedField<T> {
    let name = field.field.node.response_key().node.as_str();
    let key = Key { name: name.into(), json: format!("\"{name}\":").into_bytes().into() };
    PlannedField { key, when: field.when, what }
}

fn asked(selected: &Merged<'_>) -> FieldArguments {
    let Selected { arguments, .. } = &selected.field.node;
    let given = arguments.iter().map(|(name, value)| (name.node.to_string(), value.node.clone()));
    FieldArguments { arguments: given.collect(), pos: selected.field.pos }
}

impl<'a> Planner<'a> {
    fn new(fragments: &'a Fragments, catalogue: &'a Catalogue, sees: &'a Sees<'a>) -> Self {
        let collector = Collector { catalogue, fragments, conditions: Conditions::default() };
        Self { collector, sees, own: Vec::new() }
    }

    fn root(&mut self, field: &Merged<'a>) -> Option<PlannedField<Root>> {
        if name(field) == "__typename" {
            return Some(slot(field, Root::TypeName("Query")));
        }
        let root = self.collector.catalogue.root(name(field))?;
        let what = match root.to {
            Entry::List(noun) => {
                Root::List(Box::new(self.list(field, noun(), ParentLink::Root)?))
            }
            Entry::By(noun, _) | Entry::Key(noun, ..) | Entry::Mine(noun, _) => {
                Root::One(Box::new(self.one(field, noun(), root.to)?))
            }
            Entry::Node => Root::Node(self.one_of_each(field, root.to)?),
            Entry::Nodes => Root::Nodes(asked(field), self.one_of_each(field, root.to)?),
            Entry::Own => Root::Own(self.owned(None, (0, Vec::new()), field)),
        };
        Some(slot(field, what))
    }

    fn one_of_each(&mut self, field: &Merged<'a>, entry: Entry) -> Option<Vec<One>> {
        let nouns = self.collector.catalogue.nouns.iter();
        nouns.map(|noun| self.one(field, noun, entry)).collect()
    }

    /// A field that code of its own resolves, from columns that are read at these places.
    fn owned(
        &mut self,
        noun: Option<&'static Noun>,
        (key, columns): (usize, Vec<(usize, usize)>),
        field: &Merged<'a>,
    ) -> Owned {
        self.own.push(field.whole());
        let of = noun.map_or("Query", |noun| noun.name);
        let nullable = self.collector.catalogue.may_be_null(of, name(field));
        let of_record = noun.is_some_and(|noun| noun.own(name(field)).is_none());
        Owned {
            number: self.own.len() - 1,
            noun,
            of_record,
            key,
            columns,
            nullable,
            pos: field.field.pos,
        }
    }

    fn one(&mut self, field: &Merged<'a>, noun: &'static Noun, entry: Entry) -> Option<One> {
        Some(One { entry, asked: asked(field), record: self.record(noun, &field.places)? })
    }

    fn record(&mut self, noun: &'static Noun, places: &[Place<'a>]) -> Option<Record> {
        let mut rows = RowPlan { reads: Reads::new(noun), children: Vec::new() };
        let object = self.object(&mut rows, noun, OWN, places)?;
        // Whether it is there is told by its key.
        rows.reads.id(OWN);
        Some(Record { object, rows })
    }

    fn object(
        &mut self,
        rows: &mut RowPlan,
        noun: &'static Noun,
        of: TableRef,
        places: &[Place<'a>],
    ) -> Option<Object> {
        let fields = self.collector.fields(noun.name, places)?;
        fields
            .iter()
            .map(|field| self.field(rows, noun, of, field).map(|what| slot(field, what)))
            .collect()
    }

    fn field(
        &mut self,
        rows: &mut RowPlan,
        noun: &'static Noun,
        of: TableRef,
        field: &Merged<'a>,
    ) -> Option<SelectedField> {
        let table = &noun.table;
        match name(field) {
            "__typename" => return Some(SelectedField::TypeName(noun.name)),
            "id" => {
                let (at, holds) = (rows.reads.id(of), table.columns[table.id].holds.clone());
                return Some(SelectedField::Id { at, holds, noun: noun.name });
            }
            _ => {}
        }
        let Some(known) = noun.field(name(field)) else {
            let columns = self.columns_of_own(noun, name(field))?;
            let columns =
                columns.into_iter().map(|column| (rows.reads.column(of, column), column)).collect();
            let key = rows.reads.id(of);
            return Some(SelectedField::Own(Box::new(self.owned(
                Some(noun),
                (key, columns),
                field,
            ))));
        };
        match &known.what {
            FieldKind::Column(column, _) => {
                let column = table.place(column);
                Some(SelectedField::Column {
                    at: rows.reads.column(of, column),
                    holds: table.columns[column].holds.clone(),
                })
            }
            FieldKind::Reference { by, to, must } => {
                let (by, to) = (table.place(by), to());
                let at = rows.reads.column(of, by);
                let (found, object) = self.reference(rows, of, (by, at), to, field)?;
                let (must, pos) = (*must, field.field.pos);
                Some(SelectedField::Reference(Box::new(Reference {
                    by: at,
                    must,
                    to,
                    object,
                    found,
                    pos,
                })))
            }
            FieldKind::Either(of_each, _) => {
                let pos = field.field.pos;
                let references = of_each.iter().map(|(by, to)| {
                    let (by, to) = (table.place(by), to());
                    let at = rows.reads.column(of, by);
                    let (found, object) = self.reference(rows, of, (by, at), to, field)?;
                    Some(Reference { by: at, must: true, to, object, found, pos })
                });
                Some(SelectedField::Either(references.collect::<Option<_>>()?, pos))
            }
            FieldKind::List { of: listed, link } => {
                let list = self.list(field, listed(), link())?;
                let (from, holds) = (rows.reads.id(of), table.columns[table.id].holds.clone());
                rows.children.push(Child {
                    from: vec![(from, field.when)],
                    holds,
                    what: Behind::List(Box::new(list)),
                });
                Some(SelectedField::List(rows.children.len() - 1))
            }
            FieldKind::Computed(computed, _) => {
                let Some(behind) = self.looked_up_once(rows, noun, of, computed, field) else {
                    return Some(SelectedField::Made(Box::new(self.making(
                        &mut rows.reads,
                        noun,
                        of,
                        computed,
                        field,
                    )?)));
                };
                let Behind::One(read) = &mut rows.children[behind.0].what else { return None };
                let making = self.making(&mut read.reads, noun, OWN, computed, field)?;
                Some(SelectedField::Behind(behind.0, behind.1, Box::new(making)))
            }
        }
    }

    /// The columns that an own field of a noun reads; none where there is no such field.
    fn columns_of_own(&self, noun: &Noun, name: &str) -> Option<Vec<usize>> {
        let table = &noun.table;
        let Some(own) = noun.own(name) else {
            let is_known = self.collector.catalogue.code.of_record.contains(&name);
            return (noun.is_record() && is_known).then(Vec::new);
        };
        let known =
            own.columns.and_then(|names| names.iter().map(|name| table.find(name)).collect());
        let mut columns: Vec<usize> = known.unwrap_or_else(|| (0..table.columns.len()).collect());
        columns.push(table.id);
        Some(columns)
    }

    /// How a field is computed of rows of a noun.
    fn making(
        &mut self,
        reads: &mut Reads,
        noun: &'static Noun,
        of: TableRef,
        computed: &'static Computed,
        field: &Merged<'a>,
    ) -> Option<Making> {
        let columns = computed.columns.iter();
        let columns = columns.map(|column| reads.column(of, noun.table.place(column))).collect();
        let language =
            field.field.node.get_argument("language").map(|language| language.node.clone());
        let entries = computed.entries.map(|entries| reads.short(of, entries(), language));
        let picked = match computed.of {
            Some(ty) => Some(self.picked(ty, field)?),
            None => None,
        };
        Some(Making { computed, asked: asked(field), noun, columns, entries, picked })
    }

    /// What is selected of computed objects of a type, whose fields are all leaves.
    fn picked(
        &mut self,
        ty: &'static str,
        field: &Merged<'a>,
    ) -> Option<Vec<PlannedField<Picked>>> {
        let fields = self.collector.fields(ty, &field.places)?;
        let picked = |part: &Merged<'_>| match name(part) {
            "__typename" => slot(part, Picked::TypeName(ty)),
            other => slot(part, Picked::Field(other.into())),
        };
        Some(fields.iter().map(picked).collect())
    }
}
