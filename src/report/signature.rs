//! What tells one drift from another: how it is written, and what is read from it.
//!
//! Findings are one drift if one change would mend them: the same rule at the same place, by the same that came, as grave.

use super::result::ProbeResult;
use crate::judge::finding::Finding;
use crate::model::layer::Layer;
use crate::model::verdict::Severity;

/// Suite, rule, place with facet, cause, layer, what came and how grave it is. The cause counts where the contract promises
/// something of its own for it; elsewhere one broken member is one drift, however many causes show it.
#[must_use]
pub fn signature(result: &ProbeResult, finding: &Finding) -> String {
    let cause = if finding.by_cause && !finding.for_all { result.cause.word() } else { ANY };
    // What holds a credential is another thing for another account.
    let is_any = finding.class.is_empty() || finding.class.contains("${");
    let class = if is_any { ANY.to_owned() } else { finding.class.replace(':', ".") };
    let place = place(finding, finding.promised_at.as_ref().unwrap_or(&finding.at).pattern());
    let layer = layer(result, finding);
    format!("{}:{}:{place}:{cause}:{layer}:{class}:{}", result.suite, finding.rule, finding.severity.word())
}

/// What stands for any cause, and for whatever came.
const ANY: &str = "*";

/// The signature as errdrift 0.1 wrote it: without what came and how grave it is. Waivers, ratchets and baselines of that time
/// hold it.
#[must_use]
pub fn earlier(result: &ProbeResult, finding: &Finding) -> String {
    let cause = if finding.by_cause { result.cause.word() } else { ANY };
    let place = place(finding, finding.at.anywhere());
    format!("{}:{}:{place}:{cause}:{}", result.suite, finding.rule, layer(result, finding))
}

/// What stands for the signatures of a rule that are too many to be told apart.
#[must_use]
pub fn rest(result: &ProbeResult, finding: &Finding) -> String {
    let severity = finding.severity.word();
    format!("{}:{}:{ANY}:{ANY}:{}:{ANY}:{severity}", result.suite, finding.rule, layer(result, finding))
}

fn place(finding: &Finding, at: String) -> String {
    if finding.facet.is_empty() { at } else { format!("{at}#{}", finding.facet) }
}

/// Who wrote what was found, as signatures say it.
#[must_use]
pub fn layer(result: &ProbeResult, finding: &Finding) -> &'static str {
    finding.author.map(|(layer, _)| layer).or(result.layer).map_or("none", Layer::word)
}

/// Whether a signature is one of errdrift 0.1, which do not say how grave the drift is.
#[must_use]
pub fn is_earlier(signature: &str) -> bool {
    let last = signature.rsplit(':').next().unwrap_or_default();
    ![Severity::Error, Severity::Warning, Severity::Note].iter().any(|severity| severity.word() == last)
}

/// The word of the cause that a signature names; `None` where its promise is the same for all causes.
#[must_use]
pub fn named_cause(signature: &str) -> Option<&str> {
    signature.rsplit(':').nth(if is_earlier(signature) { 1 } else { 3 }).filter(|word| *word != ANY)
}
