//! Selection sets with their fragments put in: one field for each response key, merged as the
//! specification says (CollectFields), and under which conditions each is wanted.

use std::collections::HashMap;

use async_graphql::parser::types::{
    Directive, Field, FragmentDefinition, InlineFragment, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, Value as Const, Variables};
use async_graphql_value::Value;

use super::noun::Catalogue;
use crate::request::convert::NULL_ON_ERROR;

/// The fragments of a document, by name.
pub type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// Variables, and what each must be: all of it holds.
type All = Vec<(Name, bool)>;

/// One of these holds.
type Any = Vec<All>;

/// The conditions of a document, numbered. A request brings the variables, of which follows which
/// of them hold.
#[derive(Debug, Default)]
pub struct Conditions(Vec<Any>);

/// The number of a condition among those of its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When(Option<usize>);

/// Which conditions hold for a request.
#[derive(Debug)]
pub struct Mask(Vec<bool>);

impl When {
    /// Always.
    pub const ALWAYS: Self = Self(None);
}

impl Mask {
    /// That of what has no conditions.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// Whether a condition holds.
    pub fn has(&self, when: When) -> bool {
        when.0.is_none_or(|number| self.0[number])
    }
}

impl Conditions {
    /// Which of them hold; none where a variable that decides has no value.
    pub fn mask(&self, variables: &Variables) -> Option<Mask> {
        let holds = |(name, wanted): &(Name, bool)| match variables.get(name) {
            Some(Const::Boolean(value)) => Some(value == wanted),
            _ => None,
        };
        let all = |all: &All| all.iter().try_fold(true, |so_far, one| Some(so_far & holds(one)?));
        let any = |any: &Any| any.iter().try_fold(false, |so_far, one| Some(so_far | all(one)?));
        self.0.iter().map(any).collect::<Option<_>>().map(Mask)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn number(&mut self, any: Any) -> When {
        if any.iter().any(Vec::is_empty) {
            return When::ALWAYS;
        }
        let known = self.0.iter().position(|known| *known == any);
        When(Some(known.unwrap_or_else(|| {
            self.0.push(any);
            self.0.len() - 1
        })))
    }
}

/// A selection set where it stands, and what must hold for it to be wanted.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    set: &'a SelectionSet,
    all: All,
}

impl<'a> Place<'a> {
    /// That of the operation.
    pub fn root(set: &'a SelectionSet) -> Self {
        Self { set, all: All::new() }
    }

    /// The set as a fragment under its conditions.
    fn as_fragment(&self, pos: Pos) -> Positioned<Selection> {
        let directive = |(variable, wanted): &(Name, bool)| {
            let name = Name::new(if *wanted { "include" } else { "skip" });
            let argument = (Name::new("if"), Value::Variable(variable.clone()));
            let arguments =
                vec![(Positioned::new(argument.0, pos), Positioned::new(argument.1, pos))];
            Positioned::new(Directive { name: Positioned::new(name, pos), arguments }, pos)
        };
        let fragment = InlineFragment {
            type_condition: None,
            directives: self.all.iter().map(directive).collect(),
            selection_set: Positioned::new(self.set.clone(), pos),
        };
        Positioned::new(Selection::InlineFragment(Positioned::new(fragment, pos)), pos)
    }
}

/// A field of an answer.
#[derive(Debug)]
pub struct Merged<'a> {
    /// The first selection that asks for it.
    pub field: &'a Positioned<Field>,
    /// Where what is selected of it stands.
    pub places: Vec<Place<'a>>,
    /// When it is wanted.
    pub when: When,
}

impl Merged<'_> {
    /// The field with all that is selected of it in one set, for whoever has to be told what that
    /// is.
    pub fn whole(&self) -> Positioned<Field> {
        let pos = self.field.pos;
        let items = match self.places.as_slice() {
            [only] => only.set.items.clone(),
            places => places.iter().map(|place| place.as_fragment(pos)).collect(),
        };
        let Field { alias, name, arguments, .. } = self.field.node.clone();
        let selection_set = Positioned::new(SelectionSet { items }, pos);
        Positioned::new(
            Field { alias, name, arguments, directives: Vec::new(), selection_set },
            pos,
        )
    }
}

/// Collects fields.
pub struct Collector<'a> {
    /// Which fragments apply.
    pub catalogue: &'a Catalogue,
    /// The fragments of the document.
    pub fragments: &'a Fragments,
    /// The conditions met so far.
    pub conditions: Conditions,
}

impl<'a> Collector<'a> {
    /// The fields of objects of the type `name` that are selected in `places`; none where one of
    /// them has a directive that is unknown.
    pub fn fields(&mut self, name: &str, places: &[Place<'a>]) -> Option<Vec<Merged<'a>>> {
        let mut found = CollectedFields::default();
        for place in places {
            self.collect(name, place.set, &place.all, &mut found)?;
        }
        let CollectedFields { fields, .. } = found;
        let merged = fields.into_iter().map(|(field, places, any)| {
            let when = self.conditions.number(any);
            Merged { field, places, when }
        });
        Some(merged.collect())
    }

    fn collect(
        &self,
        name: &str,
        set: &'a SelectionSet,
        all: &All,
        found: &mut CollectedFields<'a>,
    ) -> Option<()> {
        for selection in &set.items {
            let directives = match &selection.node {
                Selection::Field(field) => &field.node.directives,
                Selection::FragmentSpread(spread) => &spread.node.directives,
                Selection::InlineFragment(fragment) => &fragment.node.directives,
            };
            let mut all = all.clone();
            let mut wanted = true;
            for directive in directives {
                let include = match directive.node.name.node.as_str() {
                    "include" => true,
                    "skip" => false,
                    NULL_ON_ERROR => continue,
                    _ => return None,
                };
                match &directive.node.get_argument("if")?.node {
                    Value::Boolean(value) => wanted &= *value == include,
                    Value::Variable(variable) => {
                        // What must and must not hold never does.
                        wanted &= !all.contains(&(variable.clone(), !include));
                        if !all.contains(&(variable.clone(), include)) {
                            all.push((variable.clone(), include));
                        }
                    }
                    _ => return None,
                }
            }
            if !wanted {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => found.add(field, all)?,
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    if condition
                        .is_none_or(|on| self.catalogue.applies(on.node.on.node.as_str(), name))
                    {
                        self.collect(name, &fragment.node.selection_set.node, &all, found)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.fragments.get(&spread.node.fragment_name.node)?;
                    if self
                        .catalogue
                        .applies(fragment.node.type_condition.node.on.node.as_str(), name)
                    {
                        self.collect(name, &fragment.node.selection_set.node, &all, found)?;
                    }
                }
            }
        }
        Some(())
    }
}

#[derive(Default)]
struct CollectedFields<'a> {
    fields: Vec<(&'a Positioned<Field>, Vec<Place<'a>>, Any)>,
    places: HashMap<&'a str, usize>,
}

impl<'a> CollectedFields<'a> {
    /// Adds a selection of a field. None where it would depend on the request where the field
    /// stands in the answer: that is where the first of its selections stands that is wanted.
    fn add(&mut self, field: &'a Positioned<Field>, all: All) -> Option<()> {
        let key = field.node.response_key().node.as_str();
        let number = *self.places.entry(key).or_insert(self.fields.len());
        if number == self.fields.len() {
            self.fields.push((field, Vec::new(), Any::new()));
        }
        let is_last = number + 1 == self.fields.len();
        let (_, places, any) = &mut self.fields[number];
        let follows = |earlier: &All| earlier.iter().all(|one| all.contains(one));
        if !any.is_empty() && !is_last && !any.iter().any(follows) {
            return None;
        }
        if !any.contains(&all) {
            any.push(all.clone());
        }
        places.push(Place { set: &field.node.selection_set.node, all });
        Some(())
    }
}

/// The value that an argument has in a request; none where it is a variable that was left out. Of a
/// list, what was left out is null; of an object, it is missing.
pub fn resolve(value: &Value, variables: &Variables) -> Option<Const> {
    Some(match value {
        Value::Variable(name) => variables.get(name)?.clone(),
        Value::Null => Const::Null,
        Value::Number(number) => Const::Number(number.clone()),
        Value::String(text) => Const::String(text.clone()),
        Value::Boolean(value) => Const::Boolean(*value),
        Value::Binary(bytes) => Const::Binary(bytes.clone()),
        Value::Enum(name) => Const::Enum(name.clone()),
        Value::List(items) => Const::List(
            items.iter().map(|item| resolve(item, variables).unwrap_or(Const::Null)).collect(),
        ),
        Value::Object(fields) => {
            let resolved = fields
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), resolve(value, variables)?)));
            Const::Object(resolved.collect())
        }
    })
}
