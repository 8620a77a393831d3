//! npm, which fetches and builds what browsers get.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

use super::{Problem, input};

/// What decides which packages are fetched.
pub const LOCK: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

const HELP: &str = "GraphiQL, the desk and the map are made with npm when the program is built. \
                    Install Node.js 20.19 or newer, or build without them: \
                    --no-default-features, or JEJARING_SKIP_WEB=1 in the environment";

/// Fetches the packages that the lock file in `folder` names; `of` is whose they are.
pub fn fetch(folder: &Path, of: &str) -> Result<(), Problem> {
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    run(folder, &arguments, &[], &format!("fetch the packages of {of}/")).map(|_| ())
}

/// Fetches the packages of the lock file in `sources` into `work`, unless they are those of the
/// last time.
pub fn fetch_once(work: &Path, sources: &str) -> Result<(), Problem> {
    let mut lock = String::new();
    for name in LOCK {
        lock.push_str(&input(&Path::new(sources).join(name))?);
    }
    let stamp = work.join("stamp");
    if fs::read_to_string(&stamp).is_ok_and(|stamp| stamp == lock) {
        return Ok(());
    }
    let _ = fs::remove_dir_all(work);
    fs::create_dir_all(work)?;
    for name in LOCK {
        fs::copy(Path::new(sources).join(name), work.join(name))?;
    }
    fetch(work, sources)?;
    fs::write(stamp, lock)?;
    Ok(())
}

/// Runs npm in `folder`, with these variables besides, and gives what it writes. `task` is what it
/// is to do.
pub fn run(
    folder: &Path,
    arguments: &[&str],
    variables: &[(&str, &Path)],
    task: &str,
) -> Result<String, Problem> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let done = Command::new(npm)
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(folder)
        .output()
        .map_err(|error| Problem(format!("npm cannot be run ({error}). {HELP}")))?;
    if !done.status.success() {
        let said = [done.stderr, done.stdout].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        let said: Vec<&str> = said.lines().take(8).collect();
        return Err(Problem(format!("npm could not {task}: {}. {HELP}", said.join("; "))));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// The licences of all packages beneath `folder`, in the order of their names.
pub fn collect_licenses(modules: &Path, folder: &Path, text: &mut String) -> io::Result<()> {
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
