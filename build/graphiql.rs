//! GraphiQL: the packages of `web/`, the page, and the examples.
//!
//! The packages are fetched once for each folder of build output, and again only when the lock file
//! changes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::npm::{self, LOCK};
use super::{File, Problem, hash, input, media_type};

/// The tabs that GraphiQL opens with, in order: operations that the tests run.
const EXAMPLES: [&str; 26] = [
    "q01_attended",
    "q02_sent_nobody",
    "q03_members_of_today",
    "q06_how_many",
    "q07_open_findings",
    "cube",
    "search",
    "country_history",
    "q08_institutions_of_both",
    "follow",
    "past_batch",
    "report_states",
    "g01_largest_delegation",
    "g02_at_every_batch",
    "g03_at_one_not_at_the_next",
    "g04_top_ten",
    "g05_first_and_last_year",
    "g06_members_that_never_came",
    "g07_hosts_that_are_members",
    "g08_partners_in_several_countries",
    "g09_printed_names",
    "g10_people_at_several_batches",
    "g11_many_people_no_source",
    "g12_median_heads",
    "g13_published_and_counted",
    "g14_donor_table",
];

/// What the packages give: under which name the page knows the file, and where it lies.
const FETCHED: [(&str, &str); 4] = [
    ("react.js", "react/umd/react.production.min.js"),
    ("react-dom.js", "react-dom/umd/react-dom.production.min.js"),
    ("graphiql.js", "graphiql/graphiql.min.js"),
    ("graphiql.css", "graphiql/graphiql.min.css"),
];

/// Files of our own.
const OWN: [&str; 3] = ["page.css", "icon.svg", "boot.js"];

/// All files, the page first.
pub fn bundle(out: &Path) -> Result<Vec<File>, Problem> {
    let fetched = fetched(out)?;
    let mut contents: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for name in FETCHED.map(|(name, _)| name).into_iter().chain(["licenses.txt"]) {
        contents.insert(name, fs::read(fetched.join(name))?);
    }
    for name in OWN {
        contents.insert(name, input(&Path::new("web").join(name))?.into_bytes());
    }
    contents.insert("examples.js", examples()?.into_bytes());

    let folder = out.join("graphiql");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let mut page = input(Path::new("web/index.html"))?;
    let mut files = Vec::new();
    for (name, content) in contents {
        let (stem, ending) = name.rsplit_once('.').expect("every name has an ending");
        let hash = hash(&content);
        // An address names its content, so that a browser may keep it for good.
        let file = File {
            name: format!("{stem}.{hash}.{ending}"),
            media_type: media_type(ending),
            hash,
            path: folder.join(name),
        };
        fs::write(&file.path, content)?;
        page = page.replace(&format!("{{{{{name}}}}}"), &format!("graphiql/{}", file.name));
        files.push(file);
    }
    if page.contains("{{") {
        return Err(Problem("web/index.html refers to a file that is not there".to_owned()));
    }
    let path = folder.join("index.html");
    fs::write(&path, &page)?;
    files.insert(
        0,
        File {
            name: String::new(),
            media_type: media_type("html"),
            hash: hash(page.as_bytes()),
            path,
        },
    );
    Ok(files)
}

/// The files of the packages, from the last time if the lock file is the same.
fn fetched(out: &Path) -> Result<PathBuf, Problem> {
    let (folder, work) = (out.join("fetched"), out.join("npm"));
    let mut lock = format!("{FETCHED:?}\n");
    for name in LOCK {
        lock.push_str(&input(&Path::new("web").join(name))?);
    }
    let stamp = folder.join("stamp");
    if fs::read_to_string(&stamp).is_ok_and(|stamp| stamp == lock) {
        return Ok(folder);
    }
    for folder in [&folder, &work] {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder)?;
    }
    for name in LOCK {
        fs::copy(Path::new("web").join(name), work.join(name))?;
    }
    npm::fetch(&work, "web")?;
    let modules = work.join("node_modules");
    for (name, path) in FETCHED {
        let text = fs::read_to_string(modules.join(path))?;
        // The maps are not carried.
        let text: Vec<&str> =
            text.lines().filter(|line| !line.starts_with("//# sourceMappingURL=")).collect();
        fs::write(folder.join(name), text.join("\n"))?;
    }
    let mut licenses =
        "GraphiQL and React are carried in this program; these are the licences of all packages \
         that they are \
                        made of.\n"
            .to_owned();
    npm::collect_licenses(&modules, &modules, &mut licenses)?;
    fs::write(folder.join("licenses.txt"), licenses)?;
    fs::remove_dir_all(&work)?;
    fs::write(stamp, lock)?;
    Ok(folder)
}

/// The script that hands the operations to the page.
fn examples() -> Result<String, Problem> {
    let mut script = "'use strict';\n\nconst EXAMPLES = [\n".to_owned();
    for name in EXAMPLES {
        let operation =
            input(&Path::new("tests/it/operations").join(name).with_extension("graphql"))?;
        let _ = writeln!(script, "  {},", literal(&operation));
    }
    script.push_str("];\n");
    Ok(script)
}

/// A text as a literal of JavaScript.
fn literal(text: &str) -> String {
    let mut literal = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => literal.extend(['\\', character]),
            '\n' => literal.push_str("\\n"),
            character if character.is_control() => {
                let _ = write!(literal, "\\u{:04x}", u32::from(character));
            }
            character => literal.push(character),
        }
    }
    literal + "\""
}
