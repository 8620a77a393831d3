//! Knowledge runs one way: the table of the house in `docs/ARCHITECTURE.md` gives the modules in
//! their order, and no file uses a module that stands above its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What points back today, each file with the modules that it should not know. Whoever cuts one
/// takes it out here; none is added.
const EXCEPTIONS: &[(&str, &[&str])] = &[
    ("delivery/batch/object.rs", &["analysis", "plans"]),
    ("delivery/batch/query.rs", &["plans"]),
    ("delivery/delegation/object.rs", &["plans"]),
    ("delivery/delegation/query.rs", &["plans"]),
    ("network/country/object.rs", &["delivery"]),
    ("network/country/query.rs", &["delivery"]),
    ("network/institution/involved.rs", &["delivery"]),
    ("network/institution/merge.rs", &["accounts", "delivery", "people", "plans"]),
    ("network/institution/object.rs", &["delivery", "people", "plans"]),
    ("network/institution/query.rs", &["delivery", "people", "plans"]),
    ("network/programme/object.rs", &["delivery"]),
    ("network/programme/query.rs", &["delivery"]),
    ("network/regional_group/object.rs", &["delivery"]),
    ("network/regional_group/query.rs", &["delivery"]),
    ("people/engagement/object.rs", &["delivery"]),
    ("people/engagement/query.rs", &["delivery"]),
    ("people/person/merge.rs", &["plans"]),
    ("people/person/object.rs", &["plans"]),
    ("people/person/query.rs", &["plans"]),
    ("provenance/citation/query.rs", &["delivery"]),
    ("provenance/claim/object.rs", &["delivery", "network", "people"]),
    ("provenance/claim/query.rs", &["delivery", "network", "people"]),
    ("provenance/claim/words.rs", &["network"]),
    ("provenance/finding/object.rs", &["delivery"]),
    ("provenance/finding/query.rs", &["delivery"]),
    ("provenance/observation/object.rs", &["delivery", "network", "people"]),
    ("provenance/observation/query.rs", &["delivery", "network", "people"]),
    ("provenance/source/object.rs", &["network"]),
    ("provenance/source/query.rs", &["network"]),
];

/// The modules of both crates, from the one that knows all to those that know nothing.
fn order(document: &str) -> Vec<String> {
    let rows = document.lines().filter_map(|line| {
        line.strip_prefix("| `src/").or_else(|| line.strip_prefix("| `engine/src/"))
    });
    let name =
        |row: &str| row.split_once('`').map(|(name, _)| name.trim_end_matches(".rs").to_owned());
    rows.filter_map(name).collect()
}

/// The modules that a source names behind `crate::`, its comments and tests left out.
fn known(source: &str) -> BTreeSet<String> {
    let source = source.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let code = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    let code = code.collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (place, _) in code.match_indices("crate::") {
        let rest = &code[place + "crate::".len()..];
        // `use crate::{a::b, c}` names each at the top of the braces.
        match rest.strip_prefix('{') {
            Some(list) => found.extend(firsts(list)),
            None => found.extend(word(rest)),
        }
    }
    found
}

/// The first word of each item of a list in braces.
fn firsts(list: &str) -> Vec<String> {
    let (mut depth, mut begins, mut found) = (0_usize, true, Vec::new());
    for (place, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            _ if begins && !letter.is_whitespace() => {
                found.extend(word(&list[place..]));
                begins = false;
            }
            _ => {}
        }
    }
    found
}

fn word(text: &str) -> Option<String> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let word: String = text.chars().take_while(|letter| is_part(*letter)).collect();
    (!word.is_empty()).then_some(word)
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
        if path.is_dir() {
            if !is_test {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
            found.push(path);
        }
    }
}

#[test]
fn knowledge_runs_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document =
        std::fs::read_to_string(root.join("docs/ARCHITECTURE.md")).expect("the document");
    let order = order(&document);
    let rank: BTreeMap<&str, usize> = order.iter().map(String::as_str).zip(0..).collect();
    let mut files = Vec::new();
    for src in ["engine/src", "src"].map(|folder| root.join(folder)) {
        let mut found = Vec::new();
        sources(&src, &mut found);
        assert!(found.len() > 100, "{} files were found", found.len());
        files.extend(found.into_iter().map(|file| (src.clone(), file)));
    }
    let mut back: BTreeSet<(String, String)> = BTreeSet::new();
    for (src, file) in files {
        let name = file.strip_prefix(&src).expect("below src").to_string_lossy().replace('\\', "/");
        let module = name.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        if matches!(module, "lib" | "main") {
            continue;
        }
        let own = *rank
            .get(module)
            .unwrap_or_else(|| panic!("{module} is not in the table of the house"));
        for known in known(&std::fs::read_to_string(&file).expect("a source")) {
            // What is no module is an item of the crate's root, such as a macro.
            if rank.get(known.as_str()).is_some_and(|other| *other < own) {
                back.insert((name.clone(), known));
            }
        }
    }
    let listed = EXCEPTIONS
        .iter()
        .flat_map(|(file, modules)| modules.iter().map(move |module| (file, module)));
    let listed: BTreeSet<(String, String)> =
        listed.map(|(file, module)| ((*file).to_owned(), (*module).to_owned())).collect();
    let added: Vec<_> = back.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&back).collect();
    assert!(added.is_empty(), "these files use a module above their own: {added:#?}");
    assert!(gone.is_empty(), "these exceptions are gone, take them out of the list: {gone:#?}");
}

#[test]
fn what_a_source_names_is_found() {
    let source = "use crate::{access::Actor, db::{Db, write}, text};\n\
                  use crate::rule::put; // crate::http\n\
                  fn f() { $crate::graphql::x() }\n#[cfg(test)]\nmod tests {\n use crate::cli;\n}";
    let found: Vec<String> = known(source).into_iter().collect();
    assert_eq!(found, ["access", "db", "graphql", "rule", "text"]);
}
