//! A body, read.

use serde_json::Value;

use super::finding::Finding;

/// A body as far as it could be read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// The first JSON value.
    pub(crate) json: Option<Value>,
    /// What had to be repaired or could not be read.
    pub(crate) defects: Vec<Finding>,
    /// JSON Pointers of whole numbers that are written with a fraction or an exponent, with how.
    pub(super) unplain: Vec<(String, String)>,
}
