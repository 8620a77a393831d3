//! Puts GraphiQL together for `src/http/graphiql.rs` to carry: the packages of `web/`, the page,
//! and the examples.
//!
//! Everything is written under `OUT_DIR`. The packages are fetched once for each folder of build
//! output, and again only when the lock file changes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// The tabs that GraphiQL opens with, in order: operations that the tests run.
const EXAMPLES: [&str; 10] = [
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
];

/// What the packages give: under which name the page knows the file, and where it lies.
const FETCHED: [(&str, &str); 4] = [
    ("react.js", "react/umd/react.production.min.js"),
    ("react-dom.js", "react-dom/umd/react-dom.production.min.js"),
    ("graphiql.js", "graphiql/graphiql.min.js"),
    ("graphiql.css", "graphiql/graphiql.min.css"),
];

/// What decides which packages are fetched.
const LOCK: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// Files of our own.
const OWN: [&str; 3] = ["page.css", "icon.svg", "boot.js"];

const HELP: &str = "GraphiQL is fetched with npm when the program is built. Install Node.js 20 or newer, or build without \
                    GraphiQL: --no-default-features, or JEJARING_SKIP_WEB=1 in the environment";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=JEJARING_SKIP_WEB");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let skipped = env::var_os("JEJARING_SKIP_WEB").is_some_and(|value| value == "1");
    let files = if env::var_os("CARGO_FEATURE_GRAPHIQL").is_some() && !skipped {
        bundle(&out)
    } else {
        Ok(Vec::new())
    };
    if let Err(problem) =
        files.and_then(|files| Ok(fs::write(out.join("graphiql.rs"), table(&files))?))
    {
        println!("cargo::error={}", problem.0.replace('\n', " | "));
    }
}

/// Why it could not be done, in words for whoever builds.
struct Problem(String);

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self(format!("the files of GraphiQL cannot be put together: {error}"))
    }
}

/// A file to be served: its address beneath `/graphiql`, and where its content lies.
struct File {
    name: String,
    media_type: &'static str,
    hash: String,
    path: PathBuf,
}

/// All files, the page first.
fn bundle(out: &Path) -> Result<Vec<File>, Problem> {
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
    npm_ci(&work)?;
    let modules = work.join("node_modules");
    for (name, path) in FETCHED {
        let text = fs::read_to_string(modules.join(path))?;
        // The maps are not carried.
        let text: Vec<&str> =
            text.lines().filter(|line| !line.starts_with("//# sourceMappingURL=")).collect();
        fs::write(folder.join(name), text.join("\n"))?;
    }
    let mut licenses =
        "GraphiQL and React are carried in this program; these are the licences of all packages that they are \
                        made of.\n"
            .to_owned();
    collect_licenses(&modules, &modules, &mut licenses)?;
    fs::write(folder.join("licenses.txt"), licenses)?;
    fs::remove_dir_all(&work)?;
    fs::write(stamp, lock)?;
    Ok(folder)
}

fn npm_ci(folder: &Path) -> Result<(), Problem> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    let done = Command::new(npm).args(arguments).current_dir(folder).output();
    let done = done.map_err(|error| Problem(format!("npm cannot be run ({error}). {HELP}")))?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        let said: Vec<&str> = said.lines().take(4).collect();
        return Err(Problem(format!(
            "npm could not fetch the packages of web/: {}. {HELP}",
            said.join("; ")
        )));
    }
    Ok(())
}

/// The licences of all packages beneath `folder`, in the order of their names.
fn collect_licenses(modules: &Path, folder: &Path, text: &mut String) -> io::Result<()> {
    let mut entries =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let is_text = ["", ".md", ".txt"]
            .iter()
            .any(|ending| name == format!("license{ending}") || name == format!("licence{ending}"));
        if is_text && path.is_file() {
            let package = folder.strip_prefix(modules).unwrap_or(folder).display().to_string();
            let license = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
            let _ = write!(text, "\n\n=== {package}\n\n{}\n", license.trim());
        } else if path.is_dir() && !path.is_symlink() {
            // Licences lie at the top of a package; packages lie in node_modules, some under the
            // name of a scope.
            let inside = folder.file_name().is_some_and(|parent| {
                parent == "node_modules" || parent.to_string_lossy().starts_with('@')
            });
            if inside || name == "node_modules" {
                collect_licenses(modules, &path, text)?;
            }
        }
    }
    Ok(())
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

/// Reads a file that decides when this runs again.
fn input(path: &Path) -> Result<String, Problem> {
    println!("cargo::rerun-if-changed={}", path.display());
    fs::read_to_string(path).map_err(|error| Problem(format!("{}: {error}", path.display())))
}

fn hash(content: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn media_type(ending: &str) -> &'static str {
    match ending {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

/// The files as a table in Rust.
fn table(files: &[File]) -> String {
    let mut table = "&[\n".to_owned();
    for File { name, media_type, hash, path } in files {
        // Weak: the same file is sent compressed or not.
        let etag = format!("W/\"{hash}\"");
        let _ = writeln!(
            table,
            "    File {{ name: {name:?}, media_type: {media_type:?}, etag: {etag:?}, content: include_bytes!({path:?}) }},"
        );
    }
    table + "]\n"
}
