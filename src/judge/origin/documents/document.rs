//! What a default document is.

use crate::model::layer::Layer;

/// A default document: who writes it, and its members.
#[derive(Debug)]
pub struct Document {
    /// The product.
    pub name: &'static str,
    /// Its layer.
    pub layer: Layer,
    /// The members that it must have, each with a pattern of its text: a string as it is, all else as JSON.
    pub has: &'static [(&'static str, &'static str)],
    /// Other members that it may have.
    pub may: &'static [&'static str],
}

/// A row of a gateway.
pub(super) const fn gateway(
    name: &'static str,
    has: &'static [(&'static str, &'static str)],
    may: &'static [&'static str],
) -> Document {
    Document { name, layer: Layer::Gateway, has, may }
}

/// A row of a framework.
pub(super) const fn framework(
    name: &'static str,
    has: &'static [(&'static str, &'static str)],
    may: &'static [&'static str],
) -> Document {
    Document { name, layer: Layer::Framework, has, may }
}

/// Whatever it says.
pub(super) const ANY: &str = "";
/// A status code.
pub(super) const STATUS: &str = r"^[1-5]\d\d$";
/// A phrase as that of a status.
pub(super) const PHRASE: &str = r"^[A-Z][A-Za-z' -]+$";
