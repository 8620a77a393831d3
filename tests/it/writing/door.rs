//! Rows change through one door.

use std::path::Path;

/// The calls by which rows change, as far as they can be told by their names.
const WRITING_CALLS: [&str; 16] = [
    "insert_many(",
    "update_many(",
    "delete_many(",
    "delete_by_id(",
    ".exec(",
    ".exec_with",
    "execute_unprepared(",
    "execute_raw(",
    ".execute(&",
    ".save(",
    ".insert(w.",
    ".update(w.",
    ".delete(w.",
    "Query::insert(",
    "Query::update(",
    "Query::delete(",
];

/// Rows change through the write door alone, and so leave their event: nothing outside
/// `engine/src/db` calls what changes them.
#[test]
fn only_the_write_door_writes() {
    fn scan(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder of the sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                scan(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                // Unit tests stand at the end of a file, on databases of their own.
                let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                let lines = text
                    .lines()
                    .enumerate()
                    .filter(|(_, line)| WRITING_CALLS.iter().any(|call| line.contains(call)));
                found
                    .extend(lines.map(|(number, line)| {
                        format!("{}:{}: {line}", path.display(), number + 1)
                    }));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    scan(&root.join("src"), &mut found);
    scan(&root.join("engine/src"), &mut found);
    let door = root.join("engine/src/db").display().to_string();
    assert!(found.iter().any(|line| line.starts_with(&door)), "the door is not found");
    // The connections that only read refuse to write in the database itself.
    found.retain(|line| !line.starts_with(&door) && !line.contains(".reading()."));
    assert!(found.is_empty(), "{found:#?}");
}
