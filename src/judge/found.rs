//! A finding in the making.

use super::finding::Finding;
use super::rule::Rule;
use crate::model::layer::Layer;
use crate::model::place::Place;
use crate::model::verdict::Severity;

/// A finding in the making, with its rule's own severity and source.
pub(crate) struct Found(Finding);

impl Found {
    pub(crate) fn new(rule: &'static Rule, at: Place) -> Self {
        Self(Finding {
            rule,
            severity: rule.severity,
            at,
            expected: String::new(),
            actual: String::new(),
            source: rule.source.to_owned(),
            facet: String::new(),
            class: String::new(),
            promised_at: None,
            by_cause: false,
            for_all: false,
            repeats: None,
            author: None,
            waived: None,
            old: false,
        })
    }

    pub(crate) fn expected(mut self, text: impl Into<String>) -> Self {
        self.0.expected = text.into();
        self
    }

    pub(crate) fn severity(mut self, severity: Severity) -> Self {
        self.0.severity = severity;
        self
    }

    pub(crate) fn source(mut self, text: impl Into<String>) -> Self {
        self.0.source = text.into();
        self
    }

    pub(crate) fn facet(mut self, text: impl Into<String>) -> Self {
        self.0.facet = text.into();
        self
    }

    /// What came, as far as it tells one drift from another.
    pub(crate) fn class(mut self, text: impl Into<String>) -> Self {
        self.0.class = text.into();
        self
    }

    /// `is` where the contract promises the same for every cause.
    pub(crate) fn for_all(mut self, is: bool) -> Self {
        self.0.for_all = is;
        self
    }

    pub(crate) fn by_cause(mut self) -> Self {
        self.0.by_cause = true;
        self
    }

    pub(crate) fn author(mut self, author: Option<(Layer, &'static str)>) -> Self {
        self.0.author = author;
        self
    }

    pub(crate) fn actual(mut self, text: impl Into<String>) -> Finding {
        self.0.actual = text.into();
        self.0
    }
}
