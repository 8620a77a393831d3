//! What a noun shows, as data.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::LazyLock;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{Context, Result, Value};
use futures::future::BoxFuture;
use sea_orm::sea_query::ArrayType;
use sea_orm::{Condition, EntityTrait, IdenStatic};

use super::computed::Computed;
use super::keyset::parsed;
use super::own::{Answer, Resolve};
use super::register::Argument;
use super::table::Table;
use crate::access::Visible;
use crate::graphql::edge::ParentLink;
use crate::graphql::filter::{Filter, Group, Scope};
use crate::graphql::input::Typed;
use crate::graphql::loader::Key;
use crate::graphql::order::{OrderBy, OrderDirection};

/// A record as the API shows it.
pub struct Noun {
    /// The name of its type.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static [&'static str],
    /// The table of its rows.
    pub table: LazyLock<Table>,
    /// What it shows besides its id.
    pub fields: &'static [Field],
    /// What else it shows: by code of its own, which is asked for each row.
    pub own: &'static [OwnField],
    /// Asks that code.
    pub resolve: Resolve,
    /// The type whose fields these are.
    pub own_type: fn(&mut Registry) -> MetaType,
    /// Its type.
    pub ty: Typed,
    /// The type of the filter of its lists.
    pub filter: Typed,
    /// That of their order.
    pub order_by: Typed,
    /// The condition of a filter of its lists.
    pub condition: fn(Value, &Scope<'_>) -> Result<Condition>,
    /// By what its lists can be grouped.
    pub groups: fn(&Visible) -> Vec<Group>,
    /// The order that `orderBy` of its lists asks for; the usual one where it asks for none.
    pub order: fn(Value) -> Result<Vec<Term>>,
}

/// A column that rows are ordered by, and which way.
pub type Term = (&'static str, OrderDirection);

impl fmt::Debug for Noun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What can be read of a noun without asking for a single one.
pub trait Described {
    /// The noun.
    fn noun() -> &'static Noun;
}

/// A field of a noun.
#[derive(Debug)]
pub struct Field {
    /// Its name, as the program has it (`starts_on`).
    pub name: &'static str,
    /// What it means.
    pub doc: &'static [&'static str],
    /// What it is.
    pub what: FieldKind,
}

/// A field that is resolved by code of its own.
#[derive(Debug)]
pub struct OwnField {
    /// Its name, as the program has it.
    pub name: &'static str,
    /// The columns of the row that it reads besides its key; all where that is not known.
    pub columns: Option<&'static [&'static str]>,
}

/// A column that may refer to an object, and what that is.
pub type Leads = (&'static str, fn() -> &'static Noun);

/// What a field is.
#[derive(Debug)]
pub enum FieldKind {
    /// A column of the row, and its type in the API.
    Column(&'static str, Typed),
    /// The object that a column refers to. Where the reference must lead to one, it is an error
    /// where it does not.
    Reference {
        /// The column.
        by: &'static str,
        /// What it refers to.
        to: fn() -> &'static Noun,
        /// Whether there must be one.
        must: bool,
    },
    /// The object that one of these columns refers to, and its type in the API: that of the first
    /// which refers to any. There must be one.
    Either(&'static [Leads], Typed),
    /// The children of an object, as a connection.
    List {
        /// What they are.
        of: fn() -> &'static Noun,
        /// How they are found.
        link: fn() -> ParentLink,
    },
    /// A value that is computed from the row, and its type in the API.
    Computed(Computed, Typed),
}

impl Noun {
    /// Whether its rows are records, which a UUID identifies; else a code of their own does.
    pub fn is_record(&self) -> bool {
        self.table.columns[self.table.id].holds == ArrayType::Uuid
    }

    /// The field that the API knows by this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| is_named(name, field.name))
    }

    /// The field that the API knows by this name, and that code of its own resolves.
    pub fn own(&self, name: &str) -> Option<&'static OwnField> {
        self.own.iter().find(|own| is_named(name, own.name))
    }
}

/// Whether a name of the API (`startsOn`) is that which the program has as `name` (`starts_on`).
pub fn is_named(field: &str, name: &str) -> bool {
    let mut letters = field.bytes();
    let mut upper = false;
    for letter in name.bytes() {
        if letter == b'_' {
            upper = true;
            continue;
        }
        let letter = if upper { letter.to_ascii_uppercase() } else { letter };
        upper = false;
        if letters.next() != Some(letter) {
            return false;
        }
    }
    letters.next().is_none()
}

/// The condition of a filter of the type `F`.
pub fn condition<F: Filter>(filter: Value, scope: &Scope<'_>) -> Result<Condition> {
    parsed::<F>(filter)?.condition(scope)
}

/// The order of rows of `E` that `orderBy` asks for.
pub fn order<O: OrderBy<E>, E: EntityTrait>(order: Value) -> Result<Vec<Term>> {
    let asked = parsed::<Option<Vec<O>>>(order)?.filter(|terms| !terms.is_empty());
    let terms = asked.map_or_else(O::usual, |terms| terms.iter().map(O::term).collect());
    Ok(terms.into_iter().map(|(column, direction)| (column.as_str(), direction)).collect())
}

/// Code that resolves fields which are no data, and which no noun has for itself.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// Resolves fields of the root.
    pub root: for<'a> fn(&'a Context<'a>) -> BoxFuture<'a, Answer>,
    /// Resolves fields that every record has, of the record with a key.
    pub record: for<'a> fn(Key, &'a Context<'a>) -> BoxFuture<'a, Answer>,
    /// The names of these, as the API has them.
    pub of_record: &'static [&'static str],
}

/// All nouns, and where a request begins to read them.
pub struct Catalogue {
    /// The fields of the root.
    pub roots: &'static [Root],
    /// What code of its own resolves, for the root and for all records alike.
    pub code: Code,
    /// The nouns that these lead to.
    pub nouns: Vec<&'static Noun>,
    /// The interfaces and unions of each type, as documents name them in the conditions of
    /// fragments.
    conditions: HashMap<String, HashSet<String>>,
    /// The fields of each type that may be null.
    nullable: HashMap<String, HashSet<String>>,
}

/// A field of the root.
#[derive(Debug)]
pub struct Root {
    /// Its name, as the program has it.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static [&'static str],
    /// Its type; that of a list, and of what code of its own resolves, is known otherwise.
    pub ty: Option<Typed>,
    /// The arguments that name what it leads to.
    pub arguments: &'static [Argument],
    /// What it leads to.
    pub to: Entry,
}

/// What a field of the root leads to.
#[derive(Clone, Copy, Debug)]
pub enum Entry {
    /// All rows of a noun, as a connection.
    List(fn() -> &'static Noun),
    /// The one that the argument `by` names.
    By(fn() -> &'static Noun, fn(Value) -> Result<Condition>),
    /// The one whose key is the argument of this name.
    Key(fn() -> &'static Noun, &'static str, fn(Value) -> Result<Key>),
    /// The one whose key belongs to who asks, if anything does.
    Mine(fn() -> &'static Noun, fn(&Visible) -> Option<Key>),
    /// The record of any noun whose opaque id is the argument `id`.
    Node,
    /// The records of any nouns whose opaque ids are the argument `ids`.
    Nodes,
    /// What code of its own resolves.
    Own,
}

/// The nouns to whose lists `roots` lead: all of them.
pub fn nouns(roots: &[Root]) -> Vec<&'static Noun> {
    let noun = |root: &Root| match root.to {
        Entry::List(noun) => Some(noun()),
        _ => None,
    };
    roots.iter().filter_map(noun).collect()
}

impl Catalogue {
    /// The catalogue of what `roots` lead to, in a schema.
    pub fn new(roots: &'static [Root], code: Code, schema: &Schema) -> Self {
        let mut conditions: HashMap<String, HashSet<String>> = HashMap::new();
        let mut nullable: HashMap<String, HashSet<String>> = HashMap::new();
        for (name, ty) in &schema.types {
            match ty {
                ExtendedType::Union(union) => {
                    for member in &union.members {
                        conditions.entry(member.to_string()).or_default().insert(name.to_string());
                    }
                }
                ExtendedType::Object(object) => {
                    let interfaces =
                        object.implements_interfaces.iter().map(|interface| interface.to_string());
                    conditions.entry(name.to_string()).or_default().extend(interfaces);
                    let fields = object.fields.values().filter(|field| !field.ty.is_non_null());
                    nullable.insert(
                        name.to_string(),
                        fields.map(|field| field.name.to_string()).collect(),
                    );
                }
                _ => {}
            }
        }
        Self { roots, code, nouns: nouns(roots), conditions, nullable }
    }

    /// Whether the field of a type may be null.
    pub fn may_be_null(&self, of: &str, field: &str) -> bool {
        self.nullable.get(of).is_some_and(|fields| fields.contains(field))
    }

    /// Whether a fragment on `condition` applies to objects of the type `name`.
    pub fn applies(&self, condition: &str, name: &str) -> bool {
        condition == name
            || self.conditions.get(name).is_some_and(|conditions| conditions.contains(condition))
    }

    /// The noun of this name.
    pub fn noun(&self, name: &str) -> Option<&'static Noun> {
        self.nouns.iter().copied().find(|noun| noun.name == name)
    }

    /// The field of the root that the API knows by this name.
    pub fn root(&self, name: &str) -> Option<&'static Root> {
        self.roots.iter().find(|root| is_named(name, root.name))
    }
}
