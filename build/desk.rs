//! The desk: the application of `web/desk`, built by its own tools in a copy under `OUT_DIR`, so
//! that nothing is written beside the sources.
//!
//! The packages are fetched once for each folder of build output, and again only when the lock file
//! changes.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use super::npm;
use super::{File, Problem, hash, input, media_type};

const SOURCES: &str = "web/desk";

/// The files beside `src`.
const TOP: [&str; 4] = ["codegen.ts", "index.html", "tsconfig.json", "vite.config.ts"];

/// What `src` has that is made from the rest.
const MADE: &str = "gql";

/// All files, the page first, and the manifest of the documents with which the desk asks.
pub fn bundle(out: &Path) -> Result<(Vec<File>, String), Problem> {
    let work = out.join("desk");
    npm::fetch_once(&work, SOURCES)?;
    copy(&work)?;
    println!("cargo::rerun-if-changed=schema.graphql");
    let schema = env::current_dir()?.join("schema.graphql");
    npm::run(&work, &["run", "build"], &[("JEJARING_SCHEMA", &schema)], "build the desk")?;

    let built = work.join("dist");
    let mut files = vec![file("", &built.join("index.html"))?];
    for path in sorted(&built.join("assets"))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push(file(&format!("assets/{name}"), &path)?);
    }
    let licenses = work.join("licenses.txt");
    fs::write(&licenses, carried_licenses(&work)?)?;
    files.push(file("licenses.txt", &licenses)?);
    let made = work.join("src").join(MADE);
    Ok((files, fs::read_to_string(made.join("persisted-documents.json"))?))
}

fn file(name: &str, path: &Path) -> Result<File, Problem> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    Ok(File {
        name: name.to_owned(),
        media_type: media_type(&ending),
        hash: hash(&fs::read(path)?),
        path: path.to_owned(),
    })
}

/// Copies what the desk is built from.
fn copy(work: &Path) -> Result<(), Problem> {
    let sources = Path::new(SOURCES);
    for name in TOP {
        fs::write(work.join(name), input(&sources.join(name))?)?;
    }
    let _ = fs::remove_dir_all(work.join("src"));
    fs::create_dir_all(work.join("src"))?;
    for path in sorted(&sources.join("src"))? {
        let name = path.file_name().unwrap_or_default();
        if name == MADE {
            continue;
        }
        // Of a folder, whatever in it changes.
        println!("cargo::rerun-if-changed={}", path.display());
        copy_all(&path, &work.join("src").join(name))?;
    }
    Ok(())
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(|_| ());
    }
    fs::create_dir_all(to)?;
    for path in sorted(from)? {
        copy_all(&path, &to.join(path.file_name().unwrap_or_default()))?;
    }
    Ok(())
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// The licences of the packages that are in the built files; those of tools are not.
fn carried_licenses(work: &Path) -> Result<String, Problem> {
    let mut text = "These packages are carried in this program as parts of the desk; these are \
                    their licences.\n"
        .to_owned();
    let listed = npm::run(
        work,
        &["ls", "--omit=dev", "--all", "--parseable"],
        &[],
        "list the packages of the desk",
    )?;
    let modules = work.join("node_modules");
    // The first line is the desk itself.
    for folder in listed.lines().skip(1) {
        npm::collect_licenses(&modules, Path::new(folder), &mut text)?;
    }
    Ok(text)
}
