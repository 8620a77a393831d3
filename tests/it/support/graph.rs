//! The schema as a graph: which fields lead where, and a way from the root of queries to each type.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use apollo_compiler::Schema;
use apollo_compiler::ast::{FieldDefinition, InputValueDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;

/// The schema, and how each of its types is reached.
pub struct Graph {
    /// The schema.
    pub schema: Valid<Schema>,
    ways: BTreeMap<String, Way>,
    /// A place of the log, for whoever must name one.
    cursor: String,
}

/// Selections that lead from the root of queries to a type.
#[derive(Clone, Debug, Default)]
pub struct Way(Vec<String>);

impl Way {
    /// A selection set of the root in which `selected` is selected at the end of the way.
    pub fn around(&self, selected: &str) -> String {
        let open: String = self.0.iter().map(|field| format!("{field} {{ ")).collect();
        format!("{{ {open}{selected}{} }}", " }".repeat(self.0.len()))
    }
}

impl Graph {
    /// That of the register.
    pub fn new() -> Self {
        Self::with_cursor("key")
    }

    /// The same, in which places of the log are this one.
    pub fn with_cursor(cursor: &str) -> Self {
        let schema = Schema::parse_and_validate(jejaring::app::sdl(), "schema.graphql")
            .expect("the schema is valid");
        let cursor = cursor.to_owned();
        let mut graph = Self { schema, ways: BTreeMap::new(), cursor };
        graph.ways = graph.find_ways();
        graph
    }

    /// The cheapest ways: what takes an argument that must be given leads to one record, which need
    /// not have what is sought.
    fn find_ways(&self) -> BTreeMap<String, Way> {
        let mut ways: BTreeMap<String, Way> = BTreeMap::new();
        let mut next = BinaryHeap::from([(std::cmp::Reverse(0), "Query".to_owned(), Vec::new())]);
        while let Some((std::cmp::Reverse(length), name, way)) = next.pop() {
            if ways.contains_key(&name) {
                continue;
            }
            for field in self.fields(&name) {
                let to = field.ty.inner_named_type();
                if !self.is_leaf(to.as_str()) && !name.starts_with("__") && !to.starts_with("__") {
                    let given = self.required(field);
                    let far = length + 1 + 3 * usize::from(!given.is_empty());
                    let way = [way.clone(), vec![format!("{}{given}", field.name)]].concat();
                    next.push((std::cmp::Reverse(far), to.to_string(), way));
                }
            }
            ways.insert(name, Way(way));
        }
        ways
    }

    /// All types that queries reach and that have fields, with a way to each.
    pub fn reached(&self) -> impl Iterator<Item = (&str, &Way)> {
        self.ways.iter().map(|(name, way)| (name.as_str(), way))
    }

    /// The fields of a type.
    pub fn fields(&self, of: &str) -> Vec<&FieldDefinition> {
        match self.schema.types.get(of) {
            Some(ExtendedType::Object(object)) => {
                object.fields.values().map(|field| &***field).collect()
            }
            Some(ExtendedType::Interface(interface)) => {
                interface.fields.values().map(|field| &***field).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The fields of an input object, and whether it takes one alone.
    pub fn input_fields(&self, of: &str) -> Option<(Vec<&InputValueDefinition>, bool)> {
        let Some(ExtendedType::InputObject(object)) = self.schema.types.get(of) else {
            return None;
        };
        Some((
            object.fields.values().map(|field| &***field).collect(),
            object.directives.has("oneOf"),
        ))
    }

    /// Whether nothing is selected on a type.
    pub fn is_leaf(&self, name: &str) -> bool {
        matches!(
            self.schema.types.get(name),
            Some(ExtendedType::Scalar(_) | ExtendedType::Enum(_)) | None
        )
    }

    /// The object types that a type stands for.
    pub fn members(&self, of: &str) -> BTreeSet<String> {
        match self.schema.types.get(of) {
            Some(ExtendedType::Object(_)) => [of.to_owned()].into(),
            Some(ExtendedType::Union(union)) => {
                union.members.iter().map(|member| member.to_string()).collect()
            }
            Some(ExtendedType::Interface(_)) => {
                let implements = |ty: &&ExtendedType| match ty {
                    ExtendedType::Object(object) => {
                        object.implements_interfaces.iter().any(|name| **name == of)
                    }
                    _ => false,
                };
                self.schema
                    .types
                    .values()
                    .filter(implements)
                    .map(|ty| ty.name().to_string())
                    .collect()
            }
            _ => BTreeSet::new(),
        }
    }

    /// The interfaces and unions.
    pub fn abstract_types(&self) -> Vec<&str> {
        let is_abstract =
            |ty: &&ExtendedType| matches!(ty, ExtendedType::Interface(_) | ExtendedType::Union(_));
        self.schema.types.values().filter(is_abstract).map(|ty| ty.name().as_str()).collect()
    }

    /// The arguments that a field must be given, with examples, in parentheses; nothing where there
    /// are none.
    pub fn required(&self, field: &FieldDefinition) -> String {
        let given = field.arguments.iter().filter(|argument| argument.is_required());
        let given: Vec<_> = given
            .map(|argument| format!("{}: {}", argument.name, self.example(&argument.ty)))
            .collect();
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }

    /// A literal of a type.
    pub fn example(&self, ty: &Type) -> String {
        let name = ty.inner_named_type().as_str();
        let value = match (name, self.schema.types.get(name)) {
            ("BatchBy", _) => r#"{key: "jewellery-2023"}"#.to_owned(),
            ("TombstoneBy", _) => r#"{record: {kind: BATCH, key: "nothing"}}"#.to_owned(),
            ("RegionalGroupBy", _) => r#"{key: "asean"}"#.to_owned(),
            ("CountryCode", _) => r#""ID""#.to_owned(),
            ("Int" | "Long" | "Float", _) => "1".to_owned(),
            ("Boolean", _) => "true".to_owned(),
            ("Date", _) => r#""2023-09-18""#.to_owned(),
            ("DateTime", _) => r#""2023-09-18T00:00:00Z""#.to_owned(),
            ("URL", _) => r#""https://example.org/""#.to_owned(),
            // That of the country ID.
            ("ID", _) => r#""Q291bnRyeTpJRA""#.to_owned(),
            ("String", _) => r#""key""#.to_owned(),
            ("Cursor", _) => format!("{:?}", self.cursor),
            (_, Some(ExtendedType::Enum(choices))) => {
                choices.values.keys().next().expect("a value").to_string()
            }
            (_, Some(ExtendedType::InputObject(object))) => {
                let one_of = object.directives.has("oneOf");
                let given = object.fields.values().map(|field| &***field);
                let given = given
                    .filter(|field| if one_of { field.name == "key" } else { field.is_required() });
                let fields: Vec<_> = given
                    .map(|field| format!("{}: {}", field.name, self.example(&field.ty)))
                    .collect();
                format!("{{{}}}", fields.join(", "))
            }
            other => panic!("tell this test what {other:?} is"),
        };
        if ty.is_list() { format!("[{value}]") } else { value }
    }
}
