//! Layers of settings: read from a file or from the environment, put on top of one another.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{ConfigError, DEFAULTS};

/// One layer of settings: what it leaves out stays as the layer beneath has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer(pub(super) Table);

/// The prefix of all environment variables.
const PREFIX: &str = "JEJARING_";

impl Layer {
    /// Reads a file.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let told = |error: String| ConfigError(format!("{}: {error}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| told(error.to_string()))?;
        Self::from_toml(&text).map_err(|error| told(error.0))
    }

    /// Reads the text of a file.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let table: Table = toml::from_str(text)
            .map_err(|error| ConfigError(error.to_string().trim_end().to_owned()))?;
        check_keys(&table, &defaults(), "")?;
        Ok(Self(table))
    }

    /// Reads the environment variables `JEJARING_…`; also the path of a file, `JEJARING_CONFIG`. With
    /// `_FILE` behind its name, a variable names a file that has the value, so that secrets need not
    /// stand in the environment.
    pub fn from_env(
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<(Self, Option<PathBuf>), ConfigError> {
        let (mut layer, mut file) = (Self::default(), None);
        let defaults = defaults();
        for (name, value) in variables {
            let Some(key) = name.strip_prefix(PREFIX) else { continue };
            match key {
                "CONFIG" => file = Some(PathBuf::from(value)),
                // For the build (`build/main.rs`), which may share its environment with the
                // process.
                "SKIP_WEB" => {}
                _ => {
                    let key = key.to_lowercase();
                    let (key, value) = match key.strip_suffix("_file") {
                        Some(key) => (key, value_of_file(&name, &value)?),
                        None => (key.as_str(), value),
                    };
                    set_from_env(&mut layer.0, &defaults, key, &name, &value)?;
                }
            }
        }
        Ok((layer, file))
    }

    /// The layer with a setting at the top level more, where there is a value.
    #[must_use]
    pub fn with(mut self, key: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.0.insert(key.to_owned(), value.into());
        }
        self
    }
}

/// What stands in the file that the setting `name` names, without the end of its line.
pub(super) fn value_of_file(name: &str, path: &str) -> Result<String, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError(format!("{name}: {path:?} cannot be read: {error}")))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

pub(super) fn defaults() -> Table {
    toml::from_str(DEFAULTS).expect("the defaults are TOML, which a test reads")
}

fn check_keys(table: &Table, known: &Table, within: &str) -> Result<(), ConfigError> {
    for (key, value) in table {
        match (known.get(key), value) {
            (None, _) => return Err(ConfigError(format!("{within}{key} is not a setting"))),
            (Some(Value::Table(known)), Value::Table(inner)) => {
                check_keys(inner, known, &format!("{within}{key}."))?
            }
            _ => {}
        }
    }
    Ok(())
}

/// Puts the value of an environment variable where it belongs, as what the default is:
/// `limits_max_depth` is `max_depth` of `[limits]`.
fn set_from_env(
    into: &mut Table,
    known: &Table,
    key: &str,
    name: &str,
    value: &str,
) -> Result<(), ConfigError> {
    let inner = known.iter().find_map(|(section, inner)| {
        let rest = key.strip_prefix(section.as_str())?.strip_prefix('_')?;
        inner.as_table().map(|inner| (section, inner, rest))
    });
    if let Some((section, inner, rest)) = inner {
        let table = into.entry(section).or_insert_with(|| Value::Table(Table::new()));
        return match table {
            Value::Table(table) => set_from_env(table, inner, rest, name, value),
            _ => Err(ConfigError(format!("{name} is a section"))),
        };
    }
    let parsed = match known.get(key) {
        Some(Value::Boolean(_)) => Value::Boolean(parse(name, value)?),
        Some(Value::Integer(_)) => Value::Integer(parse(name, value)?),
        Some(Value::Array(_)) => Value::Array(
            value
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(Value::from)
                .collect(),
        ),
        Some(Value::String(_)) => Value::from(value),
        _ => return Err(ConfigError(format!("the environment variable {name} is not a setting"))),
    };
    into.insert(key.to_owned(), parsed);
    Ok(())
}

fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(
    name: &str,
    value: &str,
) -> Result<T, ConfigError> {
    value.parse().map_err(|error| ConfigError(format!("{name}: {value:?} cannot be read: {error}")))
}

/// Puts the settings of one layer on top of those beneath.
pub(super) fn merge(beneath: &mut Table, above: Table) {
    for (key, value) in above {
        match (beneath.get_mut(&key), value) {
            (Some(Value::Table(beneath)), Value::Table(above)) => merge(beneath, above),
            (_, value) => drop(beneath.insert(key, value)),
        }
    }
}
