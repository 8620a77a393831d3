//! Nouns as types of the schema: what the library that exports it needs to know of them.

mod groups;

use async_graphql::indexmap::{IndexMap, IndexSet};
use async_graphql::registry::{
    Deprecation, MetaField, MetaInputValue, MetaType, MetaTypeId, Registry,
};
use async_graphql::{ID, InputType, OutputType};

use super::noun::{FieldKind, Noun};
use crate::graphql::input::{self, Typed, text};
use crate::graphql::listing::PageInfo;
use crate::graphql::names::camel_case;
use crate::graphql::scalars::Cursor;

/// An argument of a field.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// Its name, as the API has it.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// Its type.
    pub ty: Typed,
    /// What it is where it is not given, if that is not null.
    pub default: Option<&'static str>,
}

impl Argument {
    /// One that may be left out.
    pub const fn new(name: &'static str, doc: &'static str, ty: Typed) -> Self {
        Self { name, doc, ty, default: None }
    }

    fn described(&self, registry: &mut Registry) -> (String, MetaInputValue) {
        let (name, doc) = (self.name.to_owned(), Some(self.doc.to_owned()));
        input::value(name, doc, (self.ty)(registry), self.default.map(str::to_owned))
    }
}

/// A field.
pub fn field(
    registry: &mut Registry,
    name: &str,
    doc: &[&str],
    ty: String,
    arguments: &[Argument],
) -> (String, MetaField) {
    let described = MetaField {
        name: name.to_owned(),
        description: text(doc),
        args: arguments.iter().map(|argument| argument.described(registry)).collect(),
        ty,
        deprecation: Deprecation::NoDeprecated,
        cache_control: Default::default(),
        external: false,
        requires: None,
        provides: None,
        visible: None,
        shareable: false,
        inaccessible: false,
        tags: Vec::new(),
        override_from: None,
        compute_complexity: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    };
    (name.to_owned(), described)
}

/// An object type.
pub fn object(name: &str, doc: &[&str], fields: IndexMap<String, MetaField>) -> MetaType {
    MetaType::Object {
        name: name.to_owned(),
        description: text(doc),
        fields,
        cache_control: Default::default(),
        extends: false,
        shareable: false,
        resolvable: true,
        inaccessible: false,
        interface_object: false,
        tags: Vec::new(),
        keys: None,
        visible: None,
        is_subscription: false,
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// Registers a union of nouns, and their types with it; returns how a field of that type calls it.
pub fn union(
    registry: &mut Registry,
    name: &str,
    doc: &[&str],
    members: &[fn() -> &'static Noun],
) -> String {
    let union = MetaType::Union {
        name: name.to_owned(),
        description: text(doc),
        possible_types: members_of(registry, members.iter().map(|noun| noun())),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        directive_invocations: Vec::new(),
    };
    registry.types.insert(name.to_owned(), union);
    format!("{name}!")
}

/// The interface of all nouns: what has an id.
pub fn interface(
    registry: &mut Registry,
    name: &str,
    doc: &[&str],
    members: impl Iterator<Item = &'static Noun>,
) -> MetaType {
    let possible_types = members_of(registry, members);
    for member in &possible_types {
        registry.add_implements(member, name);
    }
    MetaType::Interface {
        name: name.to_owned(),
        description: text(doc),
        fields: [id(registry)].into_iter().collect(),
        possible_types,
        extends: false,
        inaccessible: false,
        tags: Vec::new(),
        keys: None,
        visible: None,
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

fn members_of(
    registry: &mut Registry,
    members: impl Iterator<Item = &'static Noun>,
) -> IndexSet<String> {
    let member = |noun: &'static Noun| {
        (noun.ty)(registry);
        noun.name.to_owned()
    };
    members.map(member).collect()
}

fn id(registry: &mut Registry) -> (String, MetaField) {
    let doc = ["The id of the record: opaque, permanent, unique in the whole register."];
    let ty = <ID as OutputType>::create_type_info(registry);
    field(registry, "id", &doc, ty, &[])
}

/// Registers the type `T` of a noun; returns how a field of that type calls it.
pub fn noun<T: OutputType>(registry: &mut Registry, noun: &'static Noun) -> String {
    registry.create_output_type::<T, _>(MetaTypeId::Object, |registry| described(registry, noun))
}

fn described(registry: &mut Registry, noun: &'static Noun) -> MetaType {
    let mut fields: IndexMap<String, MetaField> = [id(registry)].into_iter().collect();
    for shown in noun.fields {
        let (ty, arguments) = match &shown.what {
            FieldKind::Column(_, ty) => (ty(registry), Vec::new()),
            FieldKind::Computed(computed, ty) => (ty(registry), computed.arguments.to_vec()),
            FieldKind::Reference { to, must, .. } => {
                let ty = (to().ty)(registry);
                let nullable = ty.trim_end_matches('!').to_owned();
                (if *must { ty } else { nullable }, Vec::new())
            }
            FieldKind::Either(_, ty) => (ty(registry), Vec::new()),
            FieldKind::List { of, .. } => {
                (connection(registry, of()), list_arguments(of()).to_vec())
            }
        };
        fields.extend([field(registry, &camel_case(shown.name), shown.doc, ty, &arguments)]);
    }
    if let MetaType::Object { fields: own, .. } = (noun.own_type)(registry) {
        fields.extend(own);
    }
    object(noun.name, noun.doc, fields)
}

/// The arguments of a list of a noun.
pub fn list_arguments(noun: &Noun) -> [Argument; 6] {
    const FIRST: &str =
        "How many from the start: 20 where neither this nor `last` is given, at most 100.";
    const LAST: &str = "How many from the end, at most 100; not together with `first`.";
    [
        Argument::new("first", FIRST, <Option<i32> as InputType>::create_type_info),
        Argument::new(
            "after",
            "Only what stands behind this place.",
            <Option<Cursor> as InputType>::create_type_info,
        ),
        Argument::new("last", LAST, <Option<i32> as InputType>::create_type_info),
        Argument::new(
            "before",
            "Only what stands before this place.",
            <Option<Cursor> as InputType>::create_type_info,
        ),
        Argument::new("filter", "Only what matches.", noun.filter),
        Argument::new("orderBy", "In which order; ties are broken by id.", noun.order_by),
    ]
}

/// Registers the connection of a noun, after the Relay connections specification, with `nodes`
/// beside `edges`; returns how a field of that type calls it.
pub fn connection(registry: &mut Registry, noun: &'static Noun) -> String {
    let name = format!("{}Connection", noun.name);
    let called = format!("{name}!");
    if registry.types.contains_key(&name) {
        return called;
    }
    // Its nodes may have lists of the same kind.
    registry.types.insert(name.clone(), object(&name, &[], IndexMap::new()));
    let node = (noun.ty)(registry);
    let edge = format!("{}Edge", noun.name);
    let cursor = <Cursor as OutputType>::create_type_info(registry);
    let fields = [
        field(registry, "node", &["The node."], node.clone(), &[]),
        field(
            registry,
            "cursor",
            &["The place of the node, for `after` and `before`."],
            cursor,
            &[],
        ),
    ];
    let doc = ["A node of a list and its place in it."];
    registry.types.insert(edge.clone(), object(&edge, &doc, fields.into_iter().collect()));
    let page_info = PageInfo::create_type_info(registry);
    let count = <i32 as OutputType>::create_type_info(registry);
    let total = ["How many nodes the whole list has that match the filter. Counted when selected."];
    let fields = [
        field(
            registry,
            "edges",
            &["The nodes of the page with their places."],
            format!("[{edge}!]!"),
            &[],
        ),
        field(registry, "nodes", &["The nodes of the page."], format!("[{node}]!"), &[]),
        field(registry, "pageInfo", &["Where the page stands in the list."], page_info, &[]),
        field(registry, "totalCount", &total, count, &[]),
        groups::page(registry),
        groups::list(registry),
    ];
    let doc = [
        "A page of a list, after the Relay connections specification, with `nodes` beside `edges`.",
    ];
    registry.types.insert(name.clone(), object(&name, &doc, fields.into_iter().collect()));
    called
}
