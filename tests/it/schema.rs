//! The schema as clients get it.

use jejaring::app::sdl;

/// The checked-in SDL is what the program says. `UPDATE_SCHEMA=1` writes it.
#[test]
fn the_checked_in_schema_is_current() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(file, sdl()).expect("schema.graphql is written");
    }
    let checked_in = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        checked_in == sdl(),
        "schema.graphql is stale: run `cargo run -- schema > schema.graphql`"
    );
}

/// Every type, field, argument, input field and enum value says what it is.
#[tokio::test]
async fn everything_in_the_schema_has_a_description() {
    let schema = jejaring::schema::schema().finish();
    let query = "{ __schema { types { name description kind
        fields(includeDeprecated: true) { name description args { name description } }
        inputFields { name description } enumValues(includeDeprecated: true) { name description } \
        } } }";
    let answer = serde_json::to_value(schema.execute(query).await.data).expect("JSON");
    let mut missing = Vec::new();
    for kind in answer["__schema"]["types"].as_array().expect("types") {
        let name = kind["name"].as_str().expect("a name");
        // What GraphQL itself defines is described there.
        if name.starts_with("__") || ["ID", "Int", "Float", "String", "Boolean"].contains(&name) {
            continue;
        }
        let mut check = |path: String, item: &serde_json::Value| {
            if item["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
                missing.push(path);
            }
        };
        check(name.to_owned(), kind);
        for list in ["fields", "inputFields", "enumValues"] {
            for item in kind[list].as_array().into_iter().flatten() {
                let path = format!("{name}.{}", item["name"].as_str().expect("a name"));
                check(path.clone(), item);
                for argument in item["args"].as_array().into_iter().flatten() {
                    check(
                        format!("{path}({})", argument["name"].as_str().expect("a name")),
                        argument,
                    );
                }
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}
