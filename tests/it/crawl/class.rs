//! What records are to those who ask.

/// What a record is, to those who ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Public.
    Open,
    /// In a draft.
    Draft,
    /// Quoted in a draft, and engaged nowhere.
    Quoted,
    /// A participant, or what tells of one.
    Participant,
    /// A guess whom a record might be the same as.
    Guess,
    /// What somebody has handed in.
    Import,
}

impl Class {
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Draft, Self::Quoted, Self::Participant, Self::Guess, Self::Import];

    /// What stands in all texts of such records, and in no others.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Open => "zqopen",
            Self::Draft => "zqdraft",
            Self::Quoted => "zqquoted",
            Self::Participant => "zqpart",
            Self::Guess => "zqguess",
            Self::Import => "zqimport",
        }
    }
}
