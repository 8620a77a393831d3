//! The schema as its introspection tells it, and an example of each input.

use std::collections::BTreeMap;

use serde_json::Value;

/// The schema as it describes itself.
pub struct Schema(BTreeMap<String, Value>);

impl Schema {
    pub async fn read() -> Self {
        let schema = jejaring::schema::schema().finish();
        const TYPE: &str = "kind name ofType { kind name ofType { kind name ofType { kind name \
                            ofType { kind name } } } }";
        let query = format!(
            "{{ __schema {{ types {{ name kind fields {{ name args {{ name defaultValue type {{ \
             {TYPE} }} }} type {{ {TYPE} }} }} possibleTypes {{ name }} inputFields {{ name \
             defaultValue type {{ {TYPE} }} }} enumValues {{ name }} }} }} }}"
        );
        let answer = serde_json::to_value(schema.execute(query).await.data).expect("JSON");
        let types = answer["__schema"]["types"].as_array().expect("types").iter();
        Self(
            types
                .map(|one| (one["name"].as_str().expect("a name").to_owned(), one.clone()))
                .collect(),
        )
    }

    pub fn list(&self, of: &str, what: &str) -> Vec<&Value> {
        self.0.get(of).and_then(|one| one[what].as_array()).into_iter().flatten().collect()
    }

    pub fn kind(&self, of: &str) -> &str {
        self.0.get(of).and_then(|one| one["kind"].as_str()).unwrap_or_default()
    }
}

/// The named type within lists and non-nulls, and whether it is required and a list.
pub fn named(of: &Value) -> (String, bool, bool) {
    let required = of["kind"] == "NON_NULL";
    let (mut inner, mut list) = (of, false);
    while !inner["ofType"].is_null() {
        list |= inner["kind"] == "LIST";
        inner = &inner["ofType"];
    }
    (inner["name"].as_str().expect("a name").to_owned(), required, list)
}

/// The name of something that the schema describes.
pub fn name(of: &Value) -> &str {
    of["name"].as_str().expect("a name")
}

/// The fields of an input that must be given, with values of their type; ids of `records` by the
/// name of the field.
pub fn example(schema: &Schema, input: &str, records: &BTreeMap<&str, String>) -> String {
    let mut fields = Vec::new();
    for field in schema.list(input, "inputFields") {
        let (of, required, list) = named(&field["type"]);
        let given = records
            .get(format!("{input}.{}", name(field)).as_str())
            .or_else(|| records.get(name(field)));
        if !field["defaultValue"].is_null() || (!required && given.is_none()) {
            continue;
        }
        let value = match of.as_str() {
            "ID" => {
                format!(
                    "{:?}",
                    given.unwrap_or_else(|| panic!(
                        "tell this test what {}.{} is",
                        input,
                        name(field)
                    ))
                )
            }
            "String" => match name(field) {
                "language" => "\"en\"".to_owned(),
                "address" => "\"keeper@example.org\"".to_owned(),
                _ => "\"Something\"".to_owned(),
            },
            "Int" | "Float" => "1".to_owned(),
            "Boolean" => "true".to_owned(),
            "Date" => "\"2026-07-05\"".to_owned(),
            "CountryCode" => "\"VN\"".to_owned(),
            "URL" => "\"https://93.184.215.14/hook\"".to_owned(),
            _ if schema.kind(&of) == "ENUM" => match of.as_str() {
                "GrantRole" => "CURATOR".to_owned(),
                "ClaimProperty" => "TITLE".to_owned(),
                _ => name(schema.list(&of, "enumValues")[0]).to_owned(),
            },
            _ => format!("{{{}}}", example(schema, &of, records)),
        };
        fields.push(format!(
            "{}: {}",
            name(field),
            if list { format!("[{value}]") } else { value }
        ));
    }
    fields.join(", ")
}
