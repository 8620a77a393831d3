//! Makes what the program carries for browsers: GraphiQL for `src/http/graphiql.rs`, the desk for
//! `src/http/desk.rs`, and what pages fetch for `src/http/website.rs`.
//!
//! Everything is written under `OUT_DIR`.

mod desk;
mod graphiql;
mod map;
mod npm;
mod site;

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-env-changed=JEJARING_SKIP_WEB");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    if let Err(problem) = write(&out) {
        println!("cargo::error={}", problem.0.replace('\n', " | "));
    }
}

/// Writes a table of the files of each page; an empty one of what is left out.
fn write(out: &Path) -> Result<(), Problem> {
    let skipped = env::var_os("JEJARING_SKIP_WEB").is_some_and(|value| value == "1");
    let wanted = |feature: &str| !skipped && env::var_os(feature).is_some();
    let files = if wanted("CARGO_FEATURE_GRAPHIQL") { graphiql::bundle(out)? } else { Vec::new() };
    fs::write(out.join("graphiql.rs"), table(&files))?;

    let (files, documents) = if wanted("CARGO_FEATURE_DESK") {
        desk::bundle(out)?
    } else {
        (Vec::new(), "{}".to_owned())
    };
    fs::write(out.join("desk.rs"), table(&files))?;
    fs::write(out.join("desk-documents.json"), documents)?;
    let mut files = site::files(out)?;
    let places = if wanted("CARGO_FEATURE_MAP") {
        let (map, places) = map::draw(out)?;
        files.push(map);
        places
    } else {
        "{}".to_owned()
    };
    fs::write(out.join("site.rs"), table(&files))?;
    fs::write(out.join("map-places.json"), places)?;
    Ok(())
}

/// Why it could not be done, in words for whoever builds.
struct Problem(String);

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self(format!("what browsers get cannot be put together: {error}"))
    }
}

/// A file to be served: its address beneath the page's, and where its content lies.
struct File {
    name: String,
    media_type: &'static str,
    hash: String,
    path: PathBuf,
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

/// The files as a table in Rust, for `src/http/carried.rs`.
fn table(files: &[File]) -> String {
    let mut table = "&[\n".to_owned();
    for File { name, media_type, hash, path } in files {
        // Weak: the same file is sent compressed or not.
        let etag = format!("W/\"{hash}\"");
        let _ = writeln!(
            table,
            "    File {{ name: {name:?}, media_type: {media_type:?}, etag: {etag:?}, \
             content: include_bytes!({path:?}) }},"
        );
    }
    table + "]\n"
}
