//! A request that may have changed the target, though it must be refused: what to look for, and where. Pure.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A request that may have changed the target, though it must be refused.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct MayHaveChanged {
    /// The probe.
    pub probe: String,
    /// Its operation.
    pub operation: String,
    /// The operation's effect, as the suite says.
    pub effect: String,
    /// The method.
    pub method: String,
    /// The whole URL, without secrets.
    pub url: String,
    /// When it left, in RFC 3339.
    pub time: String,
    /// The status of the answer; `None` where none came.
    pub status: Option<u16>,
    /// What to look for at the target.
    pub look_for: String,
}

impl MayHaveChanged {
    /// What came of it, in a few words.
    #[must_use]
    pub fn answer(&self) -> String {
        self.status.map_or_else(|| "no answer".to_owned(), |status| format!("answered {status}"))
    }
}

/// One line: the time, the request, what came, and what to look for.
impl fmt::Display for MayHaveChanged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { probe, method, url, time, look_for, .. } = self;
        write!(f, "{time} {method} {url}: {} ({probe}); look for {look_for}", self.answer())
    }
}

/// The most that are reported where people read; the JSON report has all.
const MAX_SHOWN: usize = 10;

/// The first of them in a line each, and how many there are besides.
#[must_use]
pub fn lines(changed: &[MayHaveChanged]) -> Vec<String> {
    let mut ordered: Vec<_> = changed.iter().collect();
    ordered.sort_by_key(|request| request.status.is_none());
    let mut lines: Vec<_> = ordered.iter().take(MAX_SHOWN).map(ToString::to_string).collect();
    if changed.len() > MAX_SHOWN {
        lines.push(format!("and {} more, in the JSON report", changed.len() - MAX_SHOWN));
    }
    lines
}

/// What is said before the list: that the target may have been changed, and by how many requests of which kind.
#[must_use]
pub fn headline(changed: &[MayHaveChanged]) -> String {
    let accepted = changed.iter().filter(|request| request.status.is_some()).count();
    let request = |number: usize| if number == 1 { "1 request".to_owned() } else { format!("{number} requests") };
    let were = |number: usize| if number == 1 { "was" } else { "were" };
    let mut parts = Vec::new();
    if accepted > 0 {
        parts.push(format!("{} that must be refused {} accepted", request(accepted), were(accepted)));
    }
    let unanswered = changed.len() - accepted;
    if unanswered > 0 {
        parts.push(format!("{} that must be refused had no answer", request(unanswered)));
    }
    format!("this run may have changed the target: {}", parts.join(", "))
}
