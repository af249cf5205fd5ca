//! Which operations share a path, and which methods the suite knows of it.

use super::file::{Operation, Suite};

impl Suite {
    /// The operations on the path, whatever its parameters are called, and with or without a slash at its end.
    pub fn on_path(&self, path: &str) -> impl Iterator<Item = &Operation> {
        self.operation.iter().filter(move |operation| same_path(&operation.path, path))
    }

    /// The operations that a path is one of, whatever its parameters are.
    pub fn at(&self, path: &str) -> impl Iterator<Item = &Operation> {
        let trimmed = |path: &str| {
            let path = if self.trailing_slash { path.trim_end_matches('/') } else { path };
            path.split('/').map(str::to_owned).collect::<Vec<_>>()
        };
        let segments = trimmed(path);
        self.operation.iter().filter(move |operation| {
            let parts = trimmed(&operation.path);
            let fits =
                |(part, segment): (&String, &String)| part == segment || (part.starts_with('{') && !segment.is_empty());
            parts.len() == segments.len() && parts.iter().zip(&segments).all(fits)
        })
    }

    /// Whether the path is known to have the method: it is an operation, or `methods` of one lists it.
    #[must_use]
    pub fn has_method(&self, path: &str, method: &str) -> bool {
        self.on_path(path).any(|operation| operation.method == method || operation.lists(method))
    }

    /// Whether a method that [`Suite::has_method`] does not know is known not to be there.
    #[must_use]
    pub fn lists_all_methods(&self, path: &str) -> bool {
        self.complete || self.on_path(path).any(|operation| operation.complete || operation.methods.is_some())
    }
}

/// Whether two path templates name the same path, whatever their parameters are called.
#[must_use]
pub fn same_path(one: &str, other: &str) -> bool {
    let segments = |path: &str| -> Vec<String> {
        let segment = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
        path.trim_end_matches('/').split('/').map(segment).collect()
    };
    segments(one) == segments(other)
}
