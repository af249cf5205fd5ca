//! What tells one drift from another: how it is written, and what is read from it.

use super::result::ProbeResult;
use crate::judge::finding::Finding;
use crate::model::layer::Layer;

/// What tells one drift from another. The cause counts where the promise is made by cause; elsewhere one broken member is
/// one drift, however many causes show it.
#[must_use]
pub fn signature(result: &ProbeResult, finding: &Finding) -> String {
    let cause = if finding.by_cause { result.cause.word() } else { "*" };
    let layer = layer(result, finding);
    let facet = if finding.facet.is_empty() { String::new() } else { format!("#{}", finding.facet) };
    format!("{}:{}:{}{facet}:{cause}:{layer}", result.suite, finding.rule, finding.at.anywhere())
}

/// Who wrote what was found, as signatures say it.
#[must_use]
pub fn layer(result: &ProbeResult, finding: &Finding) -> &'static str {
    finding.author.map(|(layer, _)| layer).or(result.layer).map_or("none", Layer::word)
}

/// The word of the cause that a signature names; `None` where its promise is the same for all causes.
#[must_use]
pub fn named_cause(signature: &str) -> Option<&str> {
    signature.rsplit(':').nth(1).filter(|word| *word != "*")
}
