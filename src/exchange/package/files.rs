//! The files of a package, before anybody has looked into them.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path};

use serde::Deserialize;

use super::problems::{Problem, Problems};

/// The largest file: far above what a register holds, and what a machine can well keep in memory
/// twice.
pub const FILE_LIMIT: u64 = 256 << 20;

/// The description of a package.
pub(super) const DESCRIPTION: &str = "datapackage.json";

/// The files of a package: for each table that it has, the name of the file and what stands in it.
#[derive(Clone, Debug)]
pub struct PackageFiles {
    /// What the package calls itself.
    pub name: String,
    pub(super) resources: Vec<Resource>,
}

/// One file, and the table that it is to be.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) table: String,
    pub(super) file: String,
    pub(super) bytes: Cow<'static, [u8]>,
}

/// What is read of a description. Its schemas are for other programs: the tables are known here.
#[derive(Deserialize)]
struct Description {
    #[serde(default)]
    name: String,
    resources: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    path: String,
}

impl PackageFiles {
    /// A package without files.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), resources: Vec::new() }
    }

    /// With a file for a table.
    pub fn with(
        mut self,
        table: impl Into<String>,
        file: impl Into<String>,
        bytes: impl Into<Cow<'static, [u8]>>,
    ) -> Self {
        self.resources.push(Resource {
            table: table.into(),
            file: file.into(),
            bytes: bytes.into(),
        });
        self
    }

    /// Reads the files that the `datapackage.json` of a folder lists. Files must lie in the folder,
    /// and none may be larger than [`FILE_LIMIT`].
    pub fn from_dir(folder: impl AsRef<Path>) -> Result<Self, Problems> {
        let folder = folder.as_ref();
        let bytes = bounded(&folder.join(DESCRIPTION)).map_err(|message| {
            Problem::of_file(
                DESCRIPTION,
                format!("{message}, so {} is not a data package", folder.display()),
            )
        })?;
        let described: Description = serde_json::from_slice(&bytes).map_err(|error| {
            Problem::of_file(DESCRIPTION, format!("does not describe a data package: {error}"))
        })?;
        let mut package = Self::new(described.name);
        let mut problems = Problems::default();
        for resource in described.resources {
            match inside(folder, &resource.path).and_then(|path| bounded(&path)) {
                Ok(bytes) => package = package.with(resource.name, resource.path, bytes),
                Err(message) => problems.push(
                    Problem::of_file(DESCRIPTION, message)
                        .in_column(format!("resource {:?}", resource.name))
                        .with(&resource.path, false),
                ),
            }
        }
        if problems.is_empty() { Ok(package) } else { Err(problems) }
    }
}

/// The path of a file that lies in the folder, links followed.
fn inside(folder: &Path, path: &str) -> Result<std::path::PathBuf, String> {
    let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    if path.is_empty() || !plain || path.contains('\\') {
        return Err("is not a path inside the folder of the package".to_owned());
    }
    let real =
        |path: &Path| path.canonicalize().map_err(|error| format!("cannot be read: {error}"));
    let (folder, path) = (real(folder)?, real(&folder.join(path))?);
    if path.starts_with(&folder) {
        Ok(path)
    } else {
        Err("leads out of the folder of the package".to_owned())
    }
}

/// What stands in a file, unless that is too much.
fn bounded(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    let file = File::open(path).map_err(unreadable)?;
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err("is not a file".to_owned());
    }
    let mut bytes = Vec::new();
    // One byte more than is allowed tells a file that is too large, even one that grows.
    file.take(FILE_LIMIT + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > FILE_LIMIT {
        return Err(format!("is larger than {} MiB", FILE_LIMIT >> 20));
    }
    Ok(bytes)
}
