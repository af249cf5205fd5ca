//! What a reply is judged with, beside its probe.

use super::origin::unrelated_path::Outside;
use crate::model::secret::Mask;

/// What a reply is judged with, beside the probe.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether what no document reaches is an error.
    pub strict: bool,
    /// What the target says of a path outside the API.
    pub outside: Option<Outside>,
    /// What hides secrets in all that is said of a reply.
    pub mask: Mask,
}
