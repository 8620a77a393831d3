//! What the pages of the site fetch: their stylesheet and their icon, as they stand in
//! `web/pages`. The pages themselves are templates, which `src/website` carries.

use std::path::Path;
use std::{env, fs};

use super::{File, Problem, hash, input, media_type};

const SOURCES: &str = "web/pages";
const FILES: [&str; 2] = ["style.css", "icon.svg"];

/// The files, each with the hash of its content in its name.
pub fn files() -> Result<Vec<File>, Problem> {
    let folder = env::current_dir()?.join(SOURCES);
    let file = |name: &&str| {
        let path = folder.join(name);
        input(&Path::new(SOURCES).join(name))?;
        let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
        let hash = hash(&fs::read(&path)?);
        Ok(File {
            name: format!("{stem}.{hash}.{ending}"),
            media_type: media_type(ending),
            hash,
            path,
        })
    };
    FILES.iter().map(file).collect()
}
