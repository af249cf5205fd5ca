//! The layers of a deployment, of which each may write a reply.

use serde::{Deserialize, Serialize};

/// Who probably wrote a reply.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// The API itself.
    Service,
    /// The framework or server that the API is built on, by its default page.
    Framework,
    /// A proxy, load balancer or CDN, by its default page.
    Gateway,
}

impl Layer {
    /// The word that reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Framework => "framework",
            Self::Gateway => "gateway",
        }
    }
}
