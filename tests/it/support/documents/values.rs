//! Values of arguments: of records that the network has, and of some that it has not.

use apollo_compiler::ast::Type;
use apollo_compiler::schema::ExtendedType;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Documents, KINDS};

const GROUPS: [&str; 4] = ["asean", "afta", "ahkfta", "colombo-plan"];
const TOPICS: [&str; 4] = ["creative-industry", "handicraft", "jewellery", "jewellery-design"];
const COUNTRIES: [&str; 10] = ["ID", "KH", "LA", "VN", "PH", "TH", "MY", "AF", "BR", "SG"];
const WORDS: [&str; 12] = [
    "batik",
    "workshop",
    "workshop on ceramics",
    "training 17",
    "trade finance hanoi",
    "a",
    "in",
    "study visit",
    "report 1",
    "institution 12",
    "programme",
    "b c d",
];

impl Documents<'_> {
    /// A literal of a type, for what has a name; input objects lie within one another as deep as is
    /// said.
    pub(super) fn value(&mut self, ty: &Type, within: &str, depth: usize) -> String {
        if ty.is_list() {
            let many = 1 + self.dice.below(3);
            let items: Vec<String> =
                (0..many).map(|_| self.value(ty.item_type(), within, depth)).collect();
            return format!("[{}]", items.join(", "));
        }
        let name = ty.inner_named_type().as_str();
        match (name, self.graph.schema.types.get(name)) {
            ("Int", _) => self.dice.below(30).to_string(),
            ("Long", _) => self.dice.below(1_000).to_string(),
            ("Float", _) => format!("{}.5", self.dice.below(100)),
            ("Boolean", _) => self.dice.often(50).to_string(),
            ("CountryCode", _) => format!("{:?}", self.dice.pick(&COUNTRIES)),
            ("Date", _) => {
                format!(
                    "\"{}-0{}-1{}\"",
                    2000 + self.dice.below(27),
                    1 + self.dice.below(9),
                    self.dice.below(9)
                )
            }
            ("DateTime", _) => format!("\"20{}-06-01T00:00:00Z\"", 10 + self.dice.below(18)),
            ("ID", _) => self.id(within),
            ("String", _) => self.text(within),
            (_, Some(ExtendedType::Enum(choices))) => {
                let choices: Vec<String> =
                    choices.values.keys().map(|choice| choice.to_string()).collect();
                self.dice.pick(&choices).clone()
            }
            (_, Some(ExtendedType::InputObject(_))) => self.object(name, depth),
            _ => self.graph.example(ty),
        }
    }

    fn object(&mut self, name: &str, depth: usize) -> String {
        let (fields, one_of) = self.graph.input_fields(name).expect("an input object");
        let kind = name.strip_suffix("By").unwrap_or(name);
        let mut given: Vec<String> = Vec::new();
        if one_of {
            let field = *self.dice.pick(&fields);
            given.push(format!("{}: {}", field.name, self.value(&field.ty, kind, depth)));
        } else {
            let deeper = |ty: &Type| {
                matches!(
                    self.graph.schema.types.get(ty.inner_named_type()),
                    Some(ExtendedType::InputObject(_))
                )
            };
            let optional: Vec<_> = fields
                .iter()
                .filter(|field| !field.is_required() && (depth > 0 || !deeper(&field.ty)))
                .copied()
                .collect();
            let mut chosen: Vec<_> =
                fields.iter().filter(|field| field.is_required()).copied().collect();
            for _ in 0..1 + self.dice.below(2) {
                if !optional.is_empty() {
                    let field = *self.dice.pick(&optional);
                    if chosen.iter().all(|known| known.name != field.name) {
                        chosen.push(field);
                    }
                }
            }
            for field in chosen {
                given.push(format!(
                    "{}: {}",
                    field.name,
                    self.value(&field.ty, kind, depth.saturating_sub(1))
                ));
            }
        }
        format!("{{{}}}", given.join(", "))
    }

    /// The number of one of the records of a kind.
    fn record(&mut self, kind: &str) -> (&'static str, u32, &'static str, usize) {
        let known = KINDS.iter().find(|known| known.0 == kind);
        let (kind, number, key, many) =
            *known.unwrap_or_else(|| &KINDS[self.dice.below(KINDS.len())]);
        (kind, number, key, self.dice.below(many))
    }

    fn id(&mut self, within: &str) -> String {
        let (kind, number, _, record) = self.record(within);
        format!(
            "{:?}",
            URL_SAFE_NO_PAD.encode(format!("{kind}:01900000000070008{number:03x}{record:012x}"))
        )
    }

    fn text(&mut self, within: &str) -> String {
        format!(
            "{:?}",
            match within {
                "RegionalGroup" => (*self.dice.pick(&GROUPS)).to_owned(),
                "Topic" => (*self.dice.pick(&TOPICS)).to_owned(),
                "text" | "TextFilter" => (*self.dice.pick(&WORDS)).to_owned(),
                "language" => "en".to_owned(),
                kind => {
                    let (_, _, key, record) = self.record(kind);
                    format!("{key}-{record}")
                }
            }
        )
    }
}
