//! Questions about everything: each field of each type of the schema, on each list and on each
//! record around what is hidden.

use std::collections::{BTreeMap, BTreeSet};

use entity::vocabulary::RecordKind;
use serde_json::Value;

use super::scene::id_of;
use crate::example::schema::{Schema, name, named};

/// How many records are asked for at once.
const AT_ONCE: usize = 60;

/// Makes questions, and notes of which fields they are.
pub struct Walk {
    pub schema: Schema,
    asked: BTreeSet<(String, String)>,
}

/// Whether a field can be asked for without arguments.
fn is_plain(field: &Value) -> bool {
    let args = field["args"].as_array().expect("arguments");
    args.iter().all(|arg| !named(&arg["type"]).1 || !arg["defaultValue"].is_null())
}

impl Walk {
    pub fn new(schema: Schema) -> Self {
        Self { schema, asked: BTreeSet::new() }
    }

    fn is_record(&self, of: &str) -> bool {
        of == "Account"
            || self.schema.list("Node", "possibleTypes").into_iter().any(|one| name(one) == of)
    }

    /// All that an object shows, and what it leads to, `deep` records from here. Fields within a
    /// fragment have names of their own, as those of several types stand beside one another.
    fn selection(&mut self, of: &str, deep: usize, fragment: bool) -> String {
        let mut parts = Vec::new();
        for field in self.schema.list(of, "fields").into_iter().cloned().collect::<Vec<_>>() {
            if !is_plain(&field) {
                continue;
            }
            if let Some(part) = self.field(of, &field, deep) {
                let alias =
                    if fragment { format!("{of}_{}: ", name(&field)) } else { String::new() };
                parts.push(alias + &part);
            }
        }
        parts.join(" ")
    }

    /// One field with what it leads to; none where that is too far.
    fn field(&mut self, of: &str, field: &Value, deep: usize) -> Option<String> {
        let (to, _, _) = named(&field["type"]);
        let what = name(field);
        let inner = match self.schema.kind(&to) {
            "SCALAR" | "ENUM" => String::new(),
            "OBJECT" => match to.strip_suffix("Connection") {
                Some(node) if deep > 0 => {
                    let nodes = self.selection(node, deep - 1, false);
                    self.asked.insert((to.clone(), "nodes".to_owned()));
                    format!(" {{ totalCount edges {{ cursor }} nodes {{ {nodes} }} }}")
                }
                Some(_) => " { totalCount }".to_owned(),
                None if self.is_record(&to) && deep == 0 => return None,
                None => {
                    let next = if self.is_record(&to) { deep - 1 } else { deep };
                    // An object of the same type within itself, as a cell's total, would have no
                    // end.
                    let endless = to == of && !self.is_record(&to);
                    let inner =
                        if endless { String::new() } else { self.selection(&to, next, false) };
                    if inner.is_empty() {
                        return None;
                    }
                    format!(" {{ {inner} }}")
                }
            },
            _ if deep == 0 => return None,
            _ => {
                let types: Vec<String> = self
                    .schema
                    .list(&to, "possibleTypes")
                    .into_iter()
                    .map(|one| name(one).to_owned())
                    .collect();
                let fragments: Vec<String> = types
                    .iter()
                    .map(|one| format!("... on {one} {{ {} }}", self.selection(one, 0, true)))
                    .collect();
                format!(" {{ __typename {} }}", fragments.join(" "))
            }
        };
        self.asked.insert((of.to_owned(), what.to_owned()));
        let connection = to.ends_with("Connection") && self.schema.kind(&to) == "OBJECT";
        let arguments = if connection && deep > 0 { "(first: 5)" } else { "" };
        Some(format!("{what}{arguments}{inner}"))
    }

    /// Every list at the root, with all that its records show.
    pub fn lists(&mut self) -> Vec<String> {
        let mut queries = Vec::new();
        for field in self.schema.list("Query", "fields").into_iter().cloned().collect::<Vec<_>>() {
            let (connection, _, _) = named(&field["type"]);
            let Some(node) = connection.strip_suffix("Connection") else { continue };
            let list = name(&field);
            self.asked.insert(("Query".to_owned(), list.to_owned()));
            let nodes = self.selection(node, 0, false);
            queries.push(format!(
                "{{ {list}(first: 100) {{ totalCount edges {{ cursor node {{ {nodes} }} }} }} }}"
            ));
        }
        queries
    }

    /// Every list at the root by what it can be grouped, and by what it cannot.
    pub fn groups(&mut self) -> Vec<String> {
        let mut queries = Vec::new();
        for field in self.schema.list("Query", "fields").into_iter().cloned().collect::<Vec<_>>() {
            let (connection, _, _) = named(&field["type"]);
            if !connection.ends_with("Connection") {
                continue;
            }
            let list = name(&field);
            let filter = field["args"]
                .as_array()
                .expect("arguments")
                .iter()
                .find(|arg| name(arg) == "filter");
            let filter = filter.map(|arg| named(&arg["type"]).0).unwrap_or_default();
            for by in self.schema.list(&filter, "inputFields") {
                let test = named(&by["type"]).0;
                if ["and", "or", "not"].contains(&name(by)) {
                    continue;
                }
                self.asked.insert((connection.clone(), "groups".to_owned()));
                queries.push(format!(
                    "{{ {list} {{ groups(by: [{:?}], first: 100) {{ nodes {{ values keys {{ record \
                     {{ id }} }} count }} }} }} }}",
                    name(by)
                ));
                if !test.ends_with("ListFilter") {
                    self.asked.insert((connection.clone(), "groupedBy".to_owned()));
                    queries.push(format!(
                        "{{ {list} {{ groupedBy(fields: [{:?}], first: 100) {{ values count }} \
                         }} }}",
                        name(by)
                    ));
                }
            }
        }
        queries
    }

    /// What is not a list of records: search, cube, attendance, the asker.
    pub fn others(&mut self, words: &[&str]) -> Vec<String> {
        let mut queries = Vec::new();
        for field in [
            "search",
            "attendance",
            "membersNotAttending",
            "serviceConfig",
            "viewer",
            "viewerReminders",
            "viewerScopes",
        ] {
            self.asked.insert(("Query".to_owned(), field.to_owned()));
        }
        let hit = self.selection("SearchHit", 1, false);
        for word in words {
            queries.push(format!(
                "{{ search(text: {word:?}, first: 100) {{ totalCount nodes {{ {hit} }} }} }}"
            ));
        }
        let cell = self.selection("AttendanceAggregates", 0, false);
        for rows in self.schema.list("AttendanceDimension", "enumValues").into_iter().map(name) {
            let columns = if rows == "YEAR" { "TOPIC" } else { "YEAR" };
            queries
                .push(format!("{{ attendance(rows: {rows}, columns: {columns}) {{ {cell} }} }}"));
        }
        let members = self.selection("MembersAttendanceAggregates", 1, false);
        queries
            .push(format!("{{ membersNotAttending(group: {{key: \"asean\"}}) {{ {members} }} }}"));
        let config = self.selection("ServiceConfig", 0, false);
        queries.push(format!("{{ viewerScopes serviceConfig {{ {config} }} }}"));
        let reminders = self.selection("ReminderMail", 0, false);
        queries.push(format!("{{ viewerReminders {{ {reminders} }} }}"));
        let account = self.selection("Account", 2, false);
        queries.push(format!("{{ viewer {{ {account} }} }}"));
        queries
    }

    /// Each field of the records with these ids, with what its records show and, `deep` records
    /// from here, lead to.
    pub fn around(&mut self, records: &BTreeSet<(RecordKind, String)>, deep: usize) -> Vec<String> {
        let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (kind, id) in records {
            kinds.entry(format!("{kind:?}")).or_default().push(format!("{:?}", id_of(*kind, id)));
        }
        let mut queries = Vec::new();
        for (of, ids) in kinds {
            for field in self.schema.list(&of, "fields").into_iter().cloned().collect::<Vec<_>>() {
                if !is_plain(&field) {
                    continue;
                }
                let Some(field) = self.field(&of, &field, deep) else { continue };
                for ids in ids.chunks(AT_ONCE) {
                    queries.push(format!(
                        "{{ nodes(ids: [{}]) {{ ... on {of} {{ {field} }} }} }}",
                        ids.join(", ")
                    ));
                }
            }
        }
        queries
    }

    /// Records by their ids and keys.
    pub fn named(&mut self, records: &[(RecordKind, String, String)]) -> Vec<String> {
        let mut queries = Vec::new();
        for (place, (kind, id, key)) in records.iter().enumerate() {
            let kind_name = format!("{kind:?}");
            let field = kind_name[..1].to_lowercase() + &kind_name[1..];
            self.asked.insert(("Query".to_owned(), field.clone()));
            let (id, wanted) = (id_of(*kind, id), self.selection(&kind_name, 0, false));
            queries.push(format!(
                "a{place}: {field}(by: {{id: {id:?}}}) {{ {wanted} }} b{place}: {field}(by: {{key: \
                 {key:?}}}) {{ id }} c{place}: node(id: {id:?}) {{ id }}"
            ));
        }
        queries.chunks(10).map(|some| format!("{{ {} }}", some.join("\n"))).collect()
    }

    /// For each list, filters that ask for words and keys that hidden records have, on its records
    /// and through `deep` edges at most.
    pub fn filters(&self, words: &[String], keys: &[String], deep: usize) -> Vec<String> {
        let mut probes = Vec::new();
        for field in self.schema.list("Query", "fields") {
            let filter = field["args"]
                .as_array()
                .expect("arguments")
                .iter()
                .find(|arg| name(arg) == "filter");
            if name(field) == "events" {
                continue;
            }
            let Some(filter) = filter.map(|arg| named(&arg["type"]).0) else { continue };
            for (path, of) in self.relations(&filter, deep) {
                let tests = self.tests(&of, words, keys);
                if !tests.is_empty() {
                    let filter = path.replace('$', &format!("{{or: [{}]}}", tests.join(", ")));
                    probes.push(format!("{}(filter: {filter}) {{ totalCount }}", name(field)));
                }
            }
        }
        probes
    }

    /// The filters that a filter leads to, through `deep` edges at most, each with the way there.
    fn relations(&self, filter: &str, deep: usize) -> Vec<(String, String)> {
        let mut found = vec![("$".to_owned(), filter.to_owned())];
        if deep == 0 {
            return found;
        }
        for field in self.schema.list(filter, "inputFields") {
            if ["and", "or", "not"].contains(&name(field)) {
                continue;
            }
            let (to, _, _) = named(&field["type"]);
            let inner = self.schema.list(&to, "inputFields");
            let some =
                inner.iter().find(|one| name(one) == "some").map(|one| named(&one["type"]).0);
            let keyed = inner.iter().any(|one| name(one) == "or");
            let (to, before, after) = match some {
                Some(some) => (some, format!("{{{}: {{some: ", name(field)), "}}"),
                None if keyed => (to, format!("{{{}: ", name(field)), "}"),
                None => continue,
            };
            found.extend(
                self.relations(&to, deep - 1)
                    .into_iter()
                    .map(|(path, of)| (format!("{before}{path}{after}"), of)),
            );
        }
        found
    }

    /// The tests of texts and keys that a filter has.
    fn tests(&self, filter: &str, words: &[String], keys: &[String]) -> Vec<String> {
        let mut tests = Vec::new();
        for field in self.schema.list(filter, "inputFields") {
            let test = named(&field["type"]).0;
            let has = |what: &str| {
                self.schema.list(&test, "inputFields").into_iter().any(|one| name(one) == what)
            };
            if has("contains") {
                tests.extend(
                    words.iter().map(|word| format!("{{{}: {{contains: {word:?}}}}}", name(field))),
                );
            } else if name(field) == "key" && has("in") {
                let keys: Vec<String> = keys.iter().map(|key| format!("{key:?}")).collect();
                tests.push(format!("{{key: {{in: [{}]}}}}", keys.join(", ")));
            }
        }
        tests
    }

    /// The fields of records that have not been asked for.
    pub fn missed(&self) -> Vec<String> {
        let records =
            self.schema.list("Node", "possibleTypes").into_iter().map(|one| name(one).to_owned());
        let fields = records.chain(["Query".to_owned()]).flat_map(|of| {
            let fields =
                self.schema.list(&of, "fields").into_iter().map(|field| name(field).to_owned());
            fields.map(move |field| (of.clone(), field)).collect::<Vec<_>>()
        });
        fields
            .filter(|pair| !self.asked.contains(pair))
            .map(|(of, field)| format!("{of}.{field}"))
            .collect()
    }
}
