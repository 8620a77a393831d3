//! A query whose answer is one list, read to its end in pages: what tables are made of.
//!
//! The operation leads along single fields to one connection and selects its `nodes`, or `edges {
//! node }`. What stands beside the nodes (`totalCount`, `pageInfo`) is left out. `after` says where
//! to begin, `first` how many rows to read at most; without it, all of them are.
//!
//! Invariant: the rows of a page hold at most [`PAGE_COST`] fields, however many lists there are
//! within them; or there is one row, which holds at most what an answer may. So the page is the
//! smaller, the larger its rows are.
//!
//! Invariant: nothing is left out unsaid. The list itself is read to its end; a list within a row
//! says itself how long it is.

mod lists;

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::FieldDefinition;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name as TypeName, Schema};
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, Request, Value as Const, Variables};
use async_graphql_value::Value;

use super::error::{Limit, RequestError};
use super::plan::is_list;

/// Rows of a page at most.
pub const LARGEST_TABLE_PAGE: u64 = 1000;
/// Fields of the rows of a page at most, where there are several.
pub const PAGE_COST: u64 = 50_000;

/// The key under which a page tells where the next one begins.
const PLACE: &str = "__page";

/// A list, and the columns of its rows.
#[derive(Debug)]
pub struct Table {
    document: ExecutableDocument,
    variables: Variables,
    /// The response keys that lead to the connection.
    path: Vec<String>,
    /// The response keys that lead from the connection to its list, and from an item of that to its
    /// node.
    rows: String,
    node: Option<String>,
    /// The columns of a row, in the order of the query.
    pub columns: Vec<Column>,
    /// How many rows are wanted.
    pub limit: Option<u64>,
    /// Behind which cursor they begin.
    pub after: Option<String>,
    /// How many rows a page has.
    pub page_size: u64,
    /// The cost of a page beside its rows, and of each row.
    cost: (u64, u64),
}

/// A column: where its cells stand in a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The response keys that lead to it.
    pub path: Vec<String>,
    /// Whether its values are calendar dates.
    pub is_date: bool,
}

impl Column {
    /// What stands above it: the response keys, joined by dots.
    pub fn name(&self) -> String {
        self.path.join(".")
    }
}

/// The rows of one page.
#[derive(Debug)]
pub struct TablePage {
    /// The nodes.
    pub nodes: Vec<Const>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

impl Table {
    /// Finds the list of a query that was found good. A page costs so much beside its rows and for
    /// each of them, and a row at most `most`.
    pub(super) fn of(
        schema: &Schema,
        mut document: ExecutableDocument,
        variables: Variables,
        cost: (u64, u64),
        most: u64,
    ) -> Result<Self, RequestError> {
        let fragments = document.fragments.clone();
        let DocumentOperations::Single(operation) = &mut document.operations else {
            return Err(no_table("the document has one operation"));
        };
        let root = schema.schema_definition.query.as_ref().map(|query| query.name.clone());
        let mut parent = root.ok_or_else(|| no_table("the schema has queries"))?;
        let mut path = Vec::new();
        let mut set = &mut operation.node.selection_set.node;
        let (field, connection) = loop {
            let [Positioned { node: Selection::Field(field), .. }] = set.items.as_mut_slice()
            else {
                return Err(no_table(&format!(
                    "`{parent}` leads to it by one field, and nothing else is selected there"
                )));
            };
            let field = &mut field.node;
            let ty = definition(schema, &parent, &field.name.node).map(|found| found.ty.clone());
            let ty = ty.ok_or_else(|| no_table(&format!("`{parent}` leads to no list")))?;
            path.push(field.response_key().node.to_string());
            if ty.is_list() || field.selection_set.node.items.is_empty() {
                return Err(no_table(&format!("`{}` is no connection", field.name.node)));
            }
            parent = ty.inner_named_type().clone();
            if is_list(&parent) {
                break (field, parent);
            }
            set = &mut field.selection_set.node;
        };
        let (limit, after) = take_arguments(field, &variables)?;
        let row = Row { schema, fragments: &fragments, variables: &variables };
        let (rows, node, columns) =
            row.of_connection(&connection, &mut field.selection_set.node)?;
        let page_size = page_size(cost, most)?;
        Ok(Self { document, variables, path, rows, node, columns, limit, after, page_size, cost })
    }

    /// What a page of so many rows costs.
    pub fn cost(&self, rows: u64) -> u64 {
        let (besides, row) = self.cost;
        besides.saturating_add(row.saturating_mul(rows))
    }

    /// The request for the page of `size` rows behind `after`.
    pub fn page(&self, size: u64, after: Option<&str>) -> Request {
        let mut document = self.document.clone();
        if let Some(field) = self.connection(&mut document) {
            let mut argument = |name: &str, value: Value| {
                field.arguments.push((here(Name::new(name)), here(value)));
            };
            argument("first", Value::Number(size.into()));
            if let Some(after) = after {
                argument("after", Value::String(after.to_owned()));
            }
        }
        let mut request = Request::new("").variables(self.variables.clone());
        request.set_parsed_query(document);
        request
    }

    /// The field of the connection.
    fn connection<'a>(&self, document: &'a mut ExecutableDocument) -> Option<&'a mut Field> {
        let DocumentOperations::Single(operation) = &mut document.operations else { return None };
        let mut set = &mut operation.node.selection_set.node;
        for _ in 1..self.path.len() {
            set = &mut the_field(set)?.selection_set.node;
        }
        the_field(set)
    }

    /// The rows of an answer; none where the list itself is not there.
    pub fn read(&self, data: Const) -> TablePage {
        let connection = self.path.iter().try_fold(data, |value, key| take(value, key));
        let Some(Const::Object(mut connection)) = connection else {
            return TablePage { nodes: Vec::new(), next: None };
        };
        let next = connection.swap_remove(PLACE).and_then(|place| {
            let more = take(place.clone(), "hasNextPage") == Some(Const::Boolean(true));
            match take(place, "endCursor") {
                Some(Const::String(cursor)) if more => Some(cursor),
                _ => None,
            }
        });
        let Some(Const::List(items)) = connection.swap_remove(self.rows.as_str()) else {
            return TablePage { nodes: Vec::new(), next };
        };
        let node = |item| match &self.node {
            Some(key) => take(item, key),
            None => Some(item),
        };
        TablePage { nodes: items.into_iter().filter_map(node).collect(), next }
    }
}

/// How many rows fit on a page.
fn page_size((besides, row): (u64, u64), most: u64) -> Result<u64, RequestError> {
    if besides.saturating_add(row) > most {
        let message = format!(
            "a row of the table may have {row} fields, and {besides} stand beside it; at most \
             {most} are allowed together: ask for smaller lists within a row"
        );
        return Err(RequestError::limit(Limit::Cost, message));
    }
    let fit = PAGE_COST.min(most - besides) / row.max(1);
    Ok(fit.clamp(1, LARGEST_TABLE_PAGE))
}

fn the_field(set: &mut SelectionSet) -> Option<&mut Field> {
    match set.items.as_mut_slice() {
        [Positioned { node: Selection::Field(field), .. }] => Some(&mut field.node),
        _ => None,
    }
}

fn take(value: Const, key: &str) -> Option<Const> {
    match value {
        Const::Object(mut fields) => fields.swap_remove(key),
        _ => None,
    }
}

fn here<T>(node: T) -> Positioned<T> {
    Positioned::new(node, Pos::default())
}

fn no_table(what: &str) -> RequestError {
    RequestError::input(format!("a table is made of one list: {what}"))
}

fn definition<'a>(schema: &'a Schema, ty: &TypeName, field: &str) -> Option<&'a FieldDefinition> {
    schema.type_field(ty, field).ok().map(|found| &***found)
}

/// Takes the arguments of paging out, since the pages are ours.
fn take_arguments(
    field: &mut Field,
    variables: &Variables,
) -> Result<(Option<u64>, Option<String>), RequestError> {
    let mut given = |name: &str| {
        let at = field.arguments.iter().position(|(argument, _)| argument.node == name)?;
        let value = field.arguments.remove(at).1.node;
        value
            .into_const_with(|name| variables.get(&name).cloned().ok_or(()))
            .ok()
            .filter(|value| *value != Const::Null)
    };
    let (first, after, last, before) =
        (given("first"), given("after"), given("last"), given("before"));
    if last.is_some() || before.is_some() {
        return Err(no_table("it is read from its start, so it takes neither `last` nor `before`"));
    }
    let limit = match first {
        None => None,
        Some(Const::Number(number)) if number.as_u64().is_some() => number.as_u64(),
        Some(other) => {
            return Err(RequestError::input(format!("`first` is {other}; it counts rows")));
        }
    };
    let after = after
        .and_then(|cursor| if let Const::String(cursor) = cursor { Some(cursor) } else { None });
    Ok((limit, after))
}

/// What is selected of the nodes.
struct Row<'a> {
    schema: &'a Schema,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    variables: &'a Variables,
}

impl<'a> Row<'a> {
    /// Leaves the rows and the place of the page in the selection of a connection; their response
    /// keys, and the columns.
    fn of_connection(
        &self,
        connection: &TypeName,
        set: &mut SelectionSet,
    ) -> Result<(String, Option<String>, Vec<Column>), RequestError> {
        let rows = || no_table("select its `nodes { … }`, or `edges { node { … } }`");
        let is_rows = |item: &Positioned<Selection>| match &item.node {
            Selection::Field(field) => ["nodes", "edges"].contains(&field.node.name.node.as_str()),
            _ => false,
        };
        set.items.retain(is_rows);
        let list = the_field(set).ok_or_else(rows)?;
        let key = list.response_key().node.to_string();
        let edges = list.name.node == "edges";
        let of = |parent: &TypeName, field: &str| {
            definition(self.schema, parent, field).map(|found| found.ty.inner_named_type().clone())
        };
        let item = of(connection, &list.name.node).ok_or_else(rows)?;
        let (node, ty, selected) = if edges {
            let inner = &mut list.selection_set.node;
            inner.items.retain(|item| {
                matches!(&item.node, Selection::Field(field) if field.node.name.node == "node")
            });
            let field = the_field(inner).ok_or_else(rows)?;
            let ty = of(&item, "node").ok_or_else(rows)?;
            (Some(field.response_key().node.to_string()), ty, &field.selection_set.node)
        } else {
            (None, item, &list.selection_set.node)
        };
        self.check_lists(&ty, selected, &mut HashSet::new())?;
        let mut columns = Vec::new();
        self.of_set(&ty, selected, &mut Vec::new(), &mut columns);
        set.items.push(here(Selection::Field(here(place()))));
        Ok((key, node, columns))
    }

    /// What is selected on an object: its leaves, those of the objects in it, and lists as a whole.
    fn of_set(
        &self,
        parent: &TypeName,
        set: &SelectionSet,
        path: &mut Vec<String>,
        columns: &mut Vec<Column>,
    ) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    path.push(field.response_key().node.to_string());
                    let inner = definition(self.schema, parent, &field.name.node)
                        .filter(|found| {
                            !found.ty.is_list() && !is_list(found.ty.inner_named_type())
                        })
                        .map(|found| found.ty.inner_named_type().clone())
                        .filter(|ty| {
                            !matches!(
                                self.schema.types.get(ty),
                                Some(ExtendedType::Scalar(_) | ExtendedType::Enum(_))
                            )
                        });
                    match inner {
                        Some(ty) => self.of_set(&ty, &field.selection_set.node, path, columns),
                        None if columns.iter().any(|column| column.path == *path) => {}
                        None => {
                            let is_date = definition(self.schema, parent, &field.name.node)
                                .is_some_and(|found| found.ty.inner_named_type() == "Date");
                            columns.push(Column { path: path.clone(), is_date });
                        }
                    }
                    path.pop();
                }
                fragment => {
                    if let Some((on, set)) = self.fragment(fragment) {
                        self.of_set(on.as_ref().unwrap_or(parent), set, path, columns);
                    }
                }
            }
        }
    }

    /// The condition and the selections of a fragment. On a union the former is none, and the
    /// latter are fragments again.
    fn fragment<'b>(&self, selection: &'b Selection) -> Option<(Option<TypeName>, &'b SelectionSet)>
    where
        'a: 'b,
    {
        let (condition, set) = match selection {
            Selection::Field(_) => return None,
            Selection::InlineFragment(fragment) => {
                (fragment.node.type_condition.as_ref(), &fragment.node.selection_set.node)
            }
            Selection::FragmentSpread(spread) => {
                let fragment = self.fragments.get(&spread.node.fragment_name.node)?;
                (Some(&fragment.node.type_condition), &fragment.node.selection_set.node)
            }
        };
        Some((condition.and_then(|on| TypeName::new(on.node.on.node.as_str()).ok()), set))
    }
}

/// `__page: pageInfo { hasNextPage endCursor }`
fn place() -> Field {
    let leaf = |name: &str| {
        let field = Field {
            alias: None,
            name: here(Name::new(name)),
            arguments: Vec::new(),
            directives: Vec::new(),
            selection_set: here(SelectionSet::default()),
        };
        here(Selection::Field(here(field)))
    };
    Field {
        alias: Some(here(Name::new(PLACE))),
        name: here(Name::new("pageInfo")),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: here(SelectionSet { items: ["hasNextPage", "endCursor"].map(leaf).into() }),
    }
}
