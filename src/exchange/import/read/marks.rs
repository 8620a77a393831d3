//! What is known of a cell beside its text: signs in front of it that stand in no text, since they
//! are noncharacters, and are shown nowhere. They are kept with the cell, so that a row that is
//! planned again is told the same.

/// What a sign says of its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The row is hidden in the workbook; it stands in front of the first cell of the row.
    HiddenRow,
    /// The column is hidden in the workbook.
    HiddenColumn,
    /// It is one cell for several rows, so that of how many of them a number is, nobody can tell.
    Merged,
    /// The day is that of a moment in UTC, and nothing says in which zone it is to be told.
    Utc,
}

impl Mark {
    /// The sign.
    pub fn sign(self) -> char {
        match self {
            Self::HiddenRow => '\u{FDD0}',
            Self::Merged => '\u{FDD1}',
            Self::Utc => '\u{FDD2}',
            Self::HiddenColumn => '\u{FDD3}',
        }
    }
}

/// Whether a character is such a sign.
pub fn is_mark(c: char) -> bool {
    matches!(c, '\u{FDD0}'..='\u{FDD3}')
}

/// A cell without the signs in front of it.
pub fn unmarked(cell: &str) -> &str {
    cell.trim_start_matches(is_mark)
}

/// Whether a sign stands in front of a cell.
pub fn is_marked(cell: &str, mark: Mark) -> bool {
    cell.chars().take_while(|c| is_mark(*c)).any(|c| c == mark.sign())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_no_part_of_a_text() {
        let all = [Mark::HiddenRow, Mark::HiddenColumn, Mark::Merged, Mark::Utc];
        for mark in all {
            let cell = format!("{}{}22", Mark::HiddenRow.sign(), mark.sign());
            assert_eq!((unmarked(&cell), is_marked(&cell, mark)), ("22", true), "{mark:?}");
            assert!(is_mark(mark.sign()) && !is_marked("22", mark), "{mark:?}");
            assert_eq!(crate::text::tidy(&cell), "22", "they are shown nowhere");
        }
    }
}
