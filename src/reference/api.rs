//! The two documented APIs.

/// Which of the two documented APIs is deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Api {
    /// The API whose errors carry `error_code`, `error_message` and `details`.
    OzApi,
    /// The API whose errors carry one object `error`, always with status 400.
    EscrowBox,
}

impl Api {
    /// Both, in the order of the documents.
    pub const ALL: [Self; 2] = [Self::OzApi, Self::EscrowBox];

    /// The name that the command line uses.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::OzApi => "oz-api",
            Self::EscrowBox => "escrow-box",
        }
    }

    /// The API of that name, if there is one.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|api| api.id() == id)
    }
}
