//! Every fault.

use super::row::Fault;
use super::{circumstance, existence, pair, plain};

/// Every fault, in the order in which an operation's probes are planned: what is compared comes after what it is compared with.
pub fn faults() -> impl Iterator<Item = &'static Fault> {
    plain::faults().chain([circumstance::FAULTS, existence::FAULTS, pair::FAULTS].into_iter().flatten())
}

/// The fault of that id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Fault> {
    faults().find(|fault| fault.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_kebab_case() {
        let mut seen = std::collections::BTreeSet::new();
        for fault in faults() {
            assert!(seen.insert(fault.id), "{} twice", fault.id);
            assert!(fault.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", fault.id);
        }
    }

    #[test]
    fn every_description_is_a_sentence() {
        for fault in faults() {
            assert!(
                fault.what.ends_with('.') && fault.what.starts_with(char::is_uppercase),
                "{}: {}",
                fault.id,
                fault.what
            );
        }
    }
}
