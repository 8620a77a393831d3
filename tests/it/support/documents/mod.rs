//! Random documents that the schema takes, with values that the networks of the benches have
//! (`benches/load/network.rs`).

mod values;

use std::fmt::Write;

use apollo_compiler::ast::FieldDefinition;
use apollo_compiler::schema::ExtendedType;

use super::dice::Dice;
use super::graph::Graph;

/// The kinds of record of a network: as the API calls them, their number in ids, what their keys
/// begin with, and how many there are of a thousand batches.
const KINDS: [(&str, u32, &str, usize); 7] = [
    ("Institution", 1, "inst", 2_000),
    ("Programme", 2, "prog", 10),
    ("Batch", 3, "batch", 1_000),
    ("Delegation", 4, "del", 10_000),
    ("Workshop", 5, "ws", 1_000),
    ("Source", 6, "src", 10),
    ("Claim", 7, "att", 10_000),
];
/// What the names of other types begin with whose objects a network has, or that are computed from
/// many.
const FULL: [&str; 4] = ["Country", "Attendance", "Members", "SearchHit"];
const PAGES: [usize; 8] = [1, 2, 5, 10, 20, 50, 100, 100];
/// In which order groups are asked for.
const GROUP_ORDERS: [&str; 3] = [
    "{measure: VALUES, direction: DESC}",
    "[{measure: COUNT, direction: ASC}]",
    "[{measure: DISTINCT, of: \"key\"}, {measure: VALUES}]",
];

/// Makes documents.
pub struct Documents<'a> {
    graph: &'a Graph,
    dice: Dice,
    /// Fields that answer under other names so far: no two in a document may differ under one name.
    aliases: usize,
    /// Which fields of a type may be asked for.
    may: fn(&str, &str) -> bool,
    /// Whether fields are also asked for in fragments, twice, and under conditions.
    merges: bool,
    fragments: Vec<String>,
}

/// The variables of documents that ask under conditions.
const CONDITIONS: [(&str, &str); 2] = [("$a", "Boolean!"), ("$b", "Boolean! = false")];

impl<'a> Documents<'a> {
    /// The documents of a seed.
    pub fn new(graph: &'a Graph, seed: u64) -> Self {
        let (may, fragments): (fn(&str, &str) -> bool, _) = (|_, _| true, Vec::new());
        Self { graph, dice: Dice::new(seed), aliases: 0, may, merges: false, fragments }
    }

    /// Documents that ask for no other fields, and in all ways that GraphQL has.
    pub fn merging(self, may: fn(&str, &str) -> bool) -> Self {
        Self { may, merges: true, ..self }
    }

    fn fields_of(&self, of: &str) -> Vec<&'a FieldDefinition> {
        let fields = self.graph.fields(of).into_iter();
        fields.filter(|field| (self.may)(of, field.name.as_str())).collect()
    }

    /// Has some fields of a type stand in fragments, twice, or under conditions.
    fn merged(&mut self, of: &str, fields: Vec<String>) -> Vec<String> {
        if !self.merges {
            return fields;
        }
        let mut merged = Vec::new();
        for field in fields {
            let condition =
                self.dice.pick(&["", "", "@include(if: $a)", "@skip(if: $b)"]).to_string();
            match self.dice.below(10) {
                0 => merged.push(format!("... on {of} {condition} {{ {field} }}")),
                1 => merged.extend([field.clone(), format!("... {condition} {{ {field} }}")]),
                2 => {
                    let name = format!("part{}", self.fragments.len());
                    self.fragments.push(format!("fragment {name} on {of} {{ {field} }}"));
                    merged.extend([
                        format!("...{name} {condition}"),
                        "typeName: __typename".to_owned(),
                    ]);
                }
                _ => merged.push(field),
            }
        }
        merged
    }

    /// The next document.
    pub fn next(&mut self) -> String {
        self.aliases = 0;
        self.fragments.clear();
        let depth = 2 + self.dice.below(9);
        let roots: Vec<String> =
            (0..1 + self.dice.below(3)).map(|_| self.one_field("Query", depth)).collect();
        let roots = self.merged("Query", roots).join(" ");
        let text = format!("{{ {roots} }} {}", self.fragments.join(" "));
        let used = CONDITIONS.iter().filter(|(name, _)| text.contains(&format!("if: {name})")));
        let used: Vec<String> = used.map(|(name, ty)| format!("{name}: {ty}")).collect();
        if used.is_empty() { text } else { format!("query({}) {text}", used.join(", ")) }
    }

    /// A field of an object that leads further.
    fn one_field(&mut self, of: &str, depth: usize) -> String {
        let graph = self.graph;
        let fields = self.fields_of(of);
        let fields: Vec<_> = fields
            .into_iter()
            .filter(|field| !graph.is_leaf(field.ty.inner_named_type().as_str()))
            .collect();
        let field = self.one_further(&fields);
        self.field(of, field, depth)
    }

    /// One of the fields that lead further, more often one to records of which a network has many.
    fn one_further<'f>(&mut self, fields: &[&'f FieldDefinition]) -> &'f FieldDefinition {
        let leads_to_many = |field: &FieldDefinition| {
            let to = field.ty.inner_named_type().as_str();
            let to = to.trim_end_matches("Connection").trim_end_matches("ListPayload");
            KINDS.iter().any(|known| known.0 == to) || FULL.iter().any(|full| to.starts_with(full))
        };
        let (field, other) = (*self.dice.pick(fields), *self.dice.pick(fields));
        if leads_to_many(field) { field } else { other }
    }

    fn field(&mut self, of: &str, field: &FieldDefinition, depth: usize) -> String {
        let mut text = String::new();
        if !field.arguments.is_empty() {
            self.aliases += 1;
            write!(text, "f{}: ", self.aliases).expect("a text");
        }
        text.push_str(&field.name);
        let arguments = self.arguments(of, field);
        if !arguments.is_empty() {
            write!(text, "({})", arguments.join(", ")).expect("a text");
        }
        let to = field.ty.inner_named_type().to_string();
        if !self.graph.is_leaf(&to) {
            write!(text, " {{ {} }}", self.set(&to, depth.saturating_sub(1))).expect("a text");
        }
        text
    }

    fn set(&mut self, of: &str, depth: usize) -> String {
        if of.ends_with("Connection") || of.ends_with("ListPayload") {
            return self.list(of, depth);
        }
        if !matches!(self.graph.schema.types.get(of), Some(ExtendedType::Object(_))) {
            let members: Vec<String> = self.graph.members(of).into_iter().collect();
            let member = self.dice.pick(&members).clone();
            let inner = self.set(&member, depth);
            return match self.dice.below(3) {
                0 => format!("__typename ... on {of} {{ ... on {member} {{ {inner} }} }}"),
                _ => format!("__typename ... on {member} {{ {inner} }}"),
            };
        }
        let graph = self.graph;
        let (leaves, further): (Vec<_>, Vec<_>) = self
            .fields_of(of)
            .into_iter()
            .partition(|field| graph.is_leaf(field.ty.inner_named_type().as_str()));
        let mut chosen: Vec<&FieldDefinition> = Vec::new();
        for _ in 0..1 + self.dice.below(4) {
            if !leaves.is_empty() {
                chosen.push(*self.dice.pick(&leaves));
            }
        }
        // The deeper, the fewer: a document is to be deep in one place and broad in another.
        if depth > 0 && !further.is_empty() {
            for _ in 0..1 + self.dice.below(1 + depth.min(3)) {
                chosen.push(self.one_further(&further));
            }
        }
        let mut seen: Vec<&str> = Vec::new();
        let mut fields = Vec::new();
        for field in chosen {
            if !seen.contains(&field.name.as_str())
                || (!field.arguments.is_empty() && self.dice.often(30))
            {
                seen.push(&field.name);
                fields.push(self.field(of, field, depth));
            }
        }
        let fields = self.merged(of, fields);
        if fields.is_empty() { "__typename".to_owned() } else { fields.join(" ") }
    }

    /// What is selected of a page: nodes above all.
    fn list(&mut self, of: &str, depth: usize) -> String {
        let mut fields = Vec::new();
        for field in self.fields_of(of) {
            let percent = match field.name.as_str() {
                "nodes" => 85,
                "totalCount" => 25,
                _ => 10,
            };
            if self.dice.often(percent) {
                fields.push(self.field(of, field, depth));
            }
        }
        let fields = self.merged(of, fields);
        if fields.is_empty() { "__typename".to_owned() } else { fields.join(" ") }
    }

    fn arguments(&mut self, of: &str, field: &FieldDefinition) -> Vec<String> {
        let mut given = Vec::new();
        for argument in &field.arguments {
            let name = argument.name.as_str();
            let percent = match name {
                _ if argument.is_required() => 100,
                // From either end, and not from both.
                "first"
                    if self.merges
                        && given.iter().any(|given: &String| given.starts_with("last")) =>
                {
                    0
                }
                "last" if self.merges && given.is_empty() => 20,
                "after" | "before" | "last" => 0,
                "first" => 70,
                "filter" | "batches" | "delegations" => 40,
                _ => 30,
            };
            if !self.dice.often(percent) {
                continue;
            }
            let value = match (name, of.strip_suffix("Connection")) {
                ("first" | "last", _) => self.dice.pick(&PAGES).to_string(),
                ("fields" | "by", Some(node)) => {
                    match self.grouped(node, &["CountryCodeFilter", "DateFilter", "IntFilter"]) {
                        Some(fields) => format!("{fields:?}"),
                        None => "[\"key\"]".to_owned(),
                    }
                }
                // What is measured may be of any list, and few fields are of all.
                ("of", None) if of == "GroupAggregates" => {
                    self.dice.pick(&["\"key\"", "\"year\"", "\"endsOn\""]).to_string()
                }
                ("orderBy", Some(_)) if field.name == "groups" => {
                    self.dice.pick(&GROUP_ORDERS).to_string()
                }
                ("having", Some(_)) => "{measure: COUNT, number: {gte: 2}}".to_owned(),
                ("of", Some(node)) => match self.grouped(node, &["IntFilter"]) {
                    Some(fields) => format!("{:?}", fields[0]),
                    None => continue,
                },
                _ => self.value(&argument.ty, name, 2),
            };
            given.push(format!("{name}: {value}"));
        }
        given
    }

    /// One or two fields of the filter of a node that test a value in one of these ways.
    fn grouped(&mut self, node: &str, tests: &[&str]) -> Option<Vec<String>> {
        let (fields, _) = self.graph.input_fields(&format!("{node}Filter"))?;
        let fits = |ty: &str| tests.contains(&ty) || (tests.len() > 1 && self.tests_a_choice(ty));
        let fits: Vec<String> = fields
            .iter()
            .filter(|field| fits(field.ty.inner_named_type().as_str()))
            .map(|field| field.name.to_string())
            .collect();
        if fits.is_empty() {
            return None;
        }
        let mut chosen: Vec<String> =
            (0..1 + self.dice.below(2)).map(|_| self.dice.pick(&fits).clone()).collect();
        chosen.dedup();
        Some(chosen)
    }

    /// Whether an input object tests a value of a vocabulary.
    fn tests_a_choice(&self, ty: &str) -> bool {
        let fields = self.graph.input_fields(ty).map(|(fields, _)| fields).unwrap_or_default();
        let eq = fields.iter().find(|field| field.name == "eq");
        eq.is_some_and(|eq| {
            matches!(
                self.graph.schema.types.get(eq.ty.inner_named_type()),
                Some(ExtendedType::Enum(_))
            )
        })
    }
}
