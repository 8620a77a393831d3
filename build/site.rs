//! What the pages of the site fetch: their stylesheet, their icon and the one script, as they stand
//! in `web/pages`. The pages themselves are templates, which `src/website` carries.

use std::path::{Path, PathBuf};
use std::{env, fs};

use super::{File, Problem, hash, input, media_type};

const SOURCES: &str = "web/pages";
/// The parts of the stylesheet, in their order.
const STYLES: [&str; 3] = ["1-base.css", "2-parts.css", "3-lists.css"];
const WHOLE: [(&str, &str); 2] = [("icon", "svg"), ("changes", "js")];

/// The files, each with the hash of its content in its name.
pub fn files(out: &Path) -> Result<Vec<File>, Problem> {
    let mut style = String::new();
    for name in STYLES {
        style.push_str(&input(&Path::new(SOURCES).join("style").join(name))?);
    }
    let path = out.join("style.css");
    fs::write(&path, style)?;
    let mut files = vec![hashed("style", "css", path)?];
    for (stem, ending) in WHOLE {
        let path = Path::new(SOURCES).join(format!("{stem}.{ending}"));
        input(&path)?;
        files.push(hashed(stem, ending, env::current_dir()?.join(path))?);
    }
    Ok(files)
}

/// A file with the hash of its content in its name.
pub fn hashed(stem: &str, ending: &str, path: PathBuf) -> Result<File, Problem> {
    let hash = hash(&fs::read(&path)?);
    let name = format!("{stem}.{hash}.{ending}");
    Ok(File { name, media_type: media_type(ending), hash, path })
}
