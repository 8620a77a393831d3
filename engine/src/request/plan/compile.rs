//! The selection sets of a document, counted one by one.

use std::collections::HashMap;

use apollo_compiler::Name;
use apollo_compiler::ast::Value;
use apollo_compiler::executable::{Field, FragmentMap, Selection, SelectionSet};

use super::{ALIASED, Amount, COUNTRIES, LIST, META_LIST, NAMES, Set, Size, TYPES, Term, is_list};
use crate::request::error::{Limit, RequestError};
use crate::request::price::groups::{GROUP_KEY_TYPE, GROUPS_TYPE};
use crate::request::price::{CUBE_TYPE, DELEGATION, Filters, MOST_GROUP_FIELDS, Read, selected};

/// Selection sets inside one another while compiling, so that no document exhausts the stack.
const RECURSION: usize = 200;

pub(super) struct Compiler<'a> {
    pub(super) fragments: &'a FragmentMap,
    pub(super) filters: &'a Filters,
    pub(super) done: HashMap<&'a Name, usize>,
    pub(super) plan: Vec<Set>,
    pub(super) visited: usize,
}

impl<'a> Compiler<'a> {
    pub(super) fn set(
        &mut self,
        selected: &'a SelectionSet,
        recursion: usize,
    ) -> Result<usize, RequestError> {
        if recursion > RECURSION {
            let message = format!("selections and fragments lie more than {RECURSION} levels deep");
            return Err(RequestError::limit(Limit::Depth, message));
        }
        let mut set = Set::default();
        for selection in &selected.selections {
            self.visited += 1;
            set.selections = set.selections.saturating_add(1);
            match selection {
                Selection::Field(field) => self.field(&mut set, selected, field, recursion)?,
                Selection::InlineFragment(fragment) => {
                    let part = self.set(&fragment.selection_set, recursion + 1)?;
                    self.spread(&mut set, part);
                }
                Selection::FragmentSpread(spread) => {
                    let part = match self.done.get(&spread.fragment_name) {
                        Some(part) => Some(*part),
                        None => match self.fragments.get(&spread.fragment_name) {
                            Some(fragment) => {
                                let part = self.set(&fragment.selection_set, recursion + 1)?;
                                self.done.insert(&spread.fragment_name, part);
                                Some(part)
                            }
                            None => None,
                        },
                    };
                    if let Some(part) = part {
                        self.spread(&mut set, part);
                    }
                }
            }
        }
        self.plan.push(set);
        Ok(self.plan.len() - 1)
    }

    fn spread(&self, set: &mut Set, part: usize) {
        let counted = &self.plan[part];
        set.depth = set.depth.max(counted.depth);
        set.meta = set.meta.max(counted.meta);
        set.selections = set.selections.saturating_add(counted.selections);
        set.aliases = set.aliases.saturating_add(counted.aliases);
        set.fields = set.fields.saturating_add(counted.fields);
        set.statements.add(counted.statements);
        set.terms.push(Term { set: part, size: Size::Spread, each: false, read: None });
    }

    fn field(
        &mut self,
        set: &mut Set,
        parent: &SelectionSet,
        field: &'a Field,
        recursion: usize,
    ) -> Result<(), RequestError> {
        set.own = set.own.saturating_add(1);
        set.fields = set.fields.saturating_add(1);
        set.aliases = set.aliases.saturating_add(u64::from(field.alias.is_some()));
        if field.selection_set.selections.is_empty() && field.alias.is_some() {
            set.own = set.own.saturating_add(ALIASED);
        }
        set.depth = set.depth.max(1);
        set.statements.add(selected(&parent.ty, field));
        if field.selection_set.selections.is_empty() {
            return Ok(());
        }
        let part = self.set(&field.selection_set, recursion + 1)?;
        let counted = &self.plan[part];
        let meta = is_meta_list(&parent.ty, field);
        set.depth = set.depth.max(counted.depth.saturating_add(1));
        set.meta =
            set.meta.max(counted.meta.saturating_add(u64::from(meta && field.name != "types")));
        set.selections = set.selections.saturating_add(counted.selections);
        set.aliases = set.aliases.saturating_add(counted.aliases);
        let each = is_list(&parent.ty) && (field.name == "nodes" || field.name == "edges");
        let (size, read) = (
            if each { Size::Times(1) } else { self.size(field, meta) },
            Read::of(&parent.ty, field, counted.statements, self.filters),
        );
        // Up to the cube, whatever they lie in.
        set.statements.cube = set.statements.cube.saturating_add(counted.statements.cube);
        set.statements.listed = set.statements.listed.saturating_add(counted.statements.listed);
        // Up to the list whose groups they are of.
        match field.name.as_str() {
            "nodes" if parent.ty == GROUPS_TYPE => {
                set.statements.measures =
                    set.statements.measures.saturating_add(counted.statements.measures);
            }
            "groups" | "groupedBy" if is_list(&parent.ty) => {
                set.statements.groupings.1 =
                    set.statements.groupings.1.saturating_add(counted.statements.measures);
            }
            _ => {}
        }
        if parent.ty == CUBE_TYPE {
            set.statements.cube = set.statements.cube.saturating_add(counted.statements.counts);
        }
        set.terms.push(Term { set: part, size, each, read });
        Ok(())
    }

    fn size(&self, field: &Field, meta: bool) -> Size {
        let ty = &field.definition.ty;
        let argument = |name: &str| {
            field.arguments.iter().find(|argument| argument.name == name).map(|it| &*it.value)
        };
        if !ty.is_list() {
            if !is_list(ty.inner_named_type()) {
                return Size::Times(1);
            }
            return Size::Page { first: amount(argument("first")), last: amount(argument("last")) };
        }
        if meta {
            return Size::Times(if field.name == "types" { TYPES } else { META_LIST });
        }
        if field.definition.arguments.iter().any(|argument| argument.name == "first") {
            return Size::Items(amount(argument("first")));
        }
        match argument("ids") {
            Some(Value::List(ids)) => Size::Times(ids.len() as u64),
            Some(Value::Variable(name)) => Size::Length(name.to_string()),
            Some(_) => Size::Times(1),
            None => Size::Times(match ty.inner_named_type().as_str() {
                "Country" | "RegionalGroupMember" | DELEGATION => COUNTRIES,
                "CountryName" => NAMES,
                GROUP_KEY_TYPE => MOST_GROUP_FIELDS,
                // No other list of the register that is no connection is longer than this by much.
                _ => LIST,
            }),
        }
    }
}

fn is_meta_list(parent: &Name, field: &Field) -> bool {
    parent.starts_with("__") && field.definition.ty.is_list()
}

fn amount(value: Option<&Value>) -> Amount {
    match value {
        None | Some(Value::Null) => Amount::Missing,
        Some(Value::Variable(name)) => Amount::Variable(name.to_string()),
        // A negative size is refused by the connection.
        Some(Value::Int(size)) => {
            Amount::Given(size.as_str().parse().unwrap_or(if size.as_str().starts_with('-') {
                0
            } else {
                u64::MAX
            }))
        }
        Some(_) => Amount::Given(0),
    }
}
