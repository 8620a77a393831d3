//! What is wrong with a package, and where.

use std::fmt;

use crate::rule::check::short;

/// How many problems are told one by one; of the rest, how many there are.
pub const LISTED: usize = 100;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// In which file of the package.
    pub file: String,
    /// In which line of it, from 1; none where it is about the file as a whole.
    pub line: Option<u64>,
    /// In which column.
    pub column: Option<String>,
    /// What stands there, cut short; never personal data.
    pub value: Option<String>,
    /// What is wrong, as the rest of a sentence that begins with the value, or a whole one where
    /// there is none.
    pub message: String,
}

impl Problem {
    /// Something that is wrong with a file as a whole.
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, column: None, value: None, message: message.into() }
    }

    /// In a line.
    pub fn at(self, line: u64) -> Self {
        Self { line: Some(line), ..self }
    }

    /// In a column.
    pub fn in_column(self, column: impl Into<String>) -> Self {
        Self { column: Some(column.into()), ..self }
    }

    /// With what stands there; where that is personal data, without.
    pub fn with(mut self, value: &str, personal: bool) -> Self {
        if personal {
            self.message = format!("what stands there {}", self.message);
        } else {
            self.value = Some(short(value));
        }
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, " {column}")?;
        }
        f.write_str(": ")?;
        if let Some(value) = &self.value {
            write!(f, "{value:?} ")?;
        }
        f.write_str(&self.message)
    }
}

/// All that is wrong with a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    listed: Vec<Problem>,
    more: usize,
}

impl Problems {
    /// The first of them, up to [`LISTED`], in the order in which they were found.
    pub fn listed(&self) -> &[Problem] {
        &self.listed
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.listed.len() + self.more
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    pub(super) fn push(&mut self, problem: Problem) {
        if self.listed.len() < LISTED {
            self.listed.push(problem);
        } else {
            self.more += 1;
        }
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self { listed: vec![problem], more: 0 }
    }
}

impl fmt::Display for Problems {
    /// A line for each, and one for those that are not listed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, problem) in self.listed.iter().enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        if self.more > 0 {
            write!(f, "\n… and {} more", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
