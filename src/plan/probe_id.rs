//! What a probe is called, in every report and on the command line.

use std::fmt;

/// The stable id of a probe, in its parts. Written as `suite/operation/fault`, with `/variant` where there are several.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ProbeId<'t> {
    /// The suite.
    pub suite: &'t str,
    /// The operation, or [`super::NO_OPERATION`].
    pub operation: &'t str,
    /// The fault.
    pub fault: &'t str,
    /// What tells it from the other probes of its fault and operation; often nothing.
    pub variant: &'t str,
}

impl<'t> ProbeId<'t> {
    /// The parts of an id; `None` where it names no fault. A variant may have slashes of its own.
    #[must_use]
    pub fn parse(text: &'t str) -> Option<Self> {
        let mut parts = text.splitn(4, '/');
        let (suite, operation, fault) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { suite, operation, fault, variant: parts.next().unwrap_or_default() })
    }
}

impl fmt::Display for ProbeId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { suite, operation, fault, variant } = self;
        write!(f, "{suite}/{operation}/{fault}")?;
        if variant.is_empty() { Ok(()) } else { write!(f, "/{variant}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written() {
        for text in ["oz-api/folders.list/method-invented", "oz-api/folders.get/path-unknown/id/nil"] {
            assert_eq!(ProbeId::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(ProbeId::parse("oz-api/folders.get/path-unknown/id/nil").unwrap().variant, "id/nil");
        assert_eq!(ProbeId::parse("oz-api/folders.list"), None);
    }
}
