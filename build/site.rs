//! What the pages of the site fetch: their stylesheet and their icon, as they stand in
//! `web/pages`. The pages themselves are templates, which `src/website` carries.

use std::path::{Path, PathBuf};
use std::{env, fs};

use super::{File, Problem, hash, input, media_type};

const SOURCES: &str = "web/pages";
/// The parts of the stylesheet, in their order.
const STYLES: [&str; 3] = ["1-base.css", "2-parts.css", "3-lists.css"];
const ICON: &str = "icon.svg";

/// The files, each with the hash of its content in its name.
pub fn files(out: &Path) -> Result<Vec<File>, Problem> {
    let mut style = String::new();
    for name in STYLES {
        style.push_str(&input(&Path::new(SOURCES).join("style").join(name))?);
    }
    let path = out.join("style.css");
    fs::write(&path, style)?;
    let icon = Path::new(SOURCES).join(ICON);
    input(&icon)?;
    Ok(vec![file("style", "css", path)?, file("icon", "svg", env::current_dir()?.join(icon))?])
}

fn file(stem: &str, ending: &str, path: PathBuf) -> Result<File, Problem> {
    let hash = hash(&fs::read(&path)?);
    let name = format!("{stem}.{hash}.{ending}");
    Ok(File { name, media_type: media_type(ending), hash, path })
}
