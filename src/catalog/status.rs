//! The statuses that a document promises: one, or a class.

use serde::Deserialize;

/// A status code or a class of them, written `404` or `4xx`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(try_from = "String")]
pub enum Status {
    /// One status code.
    Code(u16),
    /// All of one class, by its first digit.
    Class(u16),
}

impl Status {
    /// Whether the status code is this one, or of this class.
    #[must_use]
    pub fn covers(self, status: u16) -> bool {
        match self {
            Self::Code(code) => code == status,
            Self::Class(class) => status / 100 == class,
        }
    }

    /// The class, by its first digit.
    #[must_use]
    pub fn class(self) -> u16 {
        match self {
            Self::Code(code) => code / 100,
            Self::Class(class) => class,
        }
    }
}

impl TryFrom<String> for Status {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no status: write three digits as \"404\", or a class as \"4xx\"");
        if let Some(class) = text.strip_suffix("xx") {
            return class.parse().ok().filter(|c| (1..=5).contains(c)).map(Self::Class).ok_or_else(wrong);
        }
        text.parse().ok().filter(|c| (100..=599).contains(c)).map(Self::Code).ok_or_else(wrong)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Class(class) => write!(f, "{class}xx"),
        }
    }
}
