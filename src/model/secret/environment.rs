//! The variables of the process, of which some are secrets. It shows names and never a value.

use std::collections::BTreeMap;

/// The variables that suites may read, taken from the process once, at the edge.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The variables of the given pairs. An empty value counts as unset: CI systems set missing secrets to it.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The same, in which `PREFIX_NAME` stands for `NAME` where it is set.
    #[must_use]
    pub fn with_own(&self, prefix: &str) -> Self {
        let own = |(name, value): (&String, &String)| Some((name.strip_prefix(prefix)?.to_owned(), value.clone()));
        Self(self.0.clone().into_iter().chain(self.0.iter().filter_map(own)).collect())
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
