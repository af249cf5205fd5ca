//! Holds a reply against what its probe and its contract promise. Pure: no clock, no socket, no terminal.
//!
//! Every rule looks at the whole reply; none masks another. What one rule repairs to go on (a byte order mark, bytes after
//! the value) is a finding, and the rest of the body is still judged.

pub(crate) mod body;
mod carried;
mod case;
pub mod code;
pub mod comparison;
pub mod cors;
pub mod delivery;
pub mod describe;
pub mod disclosure;
pub mod fields;
pub mod finding;
mod format;
mod found;
pub(crate) mod framing;
pub mod header;
mod internals;
mod interoperable;
mod json;
mod judgement;
mod load;
pub mod mutation;
pub mod origin;
mod owed;
pub(crate) mod patterns;
mod promised_field;
mod reading;
pub mod rule;
mod settings;
pub(crate) mod status;
pub mod table;
#[cfg(test)]
mod tests;

use case::is_error;
pub(crate) use case::{Case, is_envelope};
pub use finding::Finding;
pub(crate) use found::Found;
pub use judgement::Judgement;
pub use load::{load, misnamed};
pub use rule::{Mark, Rule};
pub use settings::Settings;
pub use table::{UNKNOWN, find, rules};

use std::collections::BTreeMap;

use crate::catalog::contract::Strength;
use crate::fault::relation::Like;
use crate::model::answer::Answer;
use crate::model::cause::Cause;
use crate::model::content::Unpacked;
use crate::model::exchange::{Ending, Exchange, Outcome, Reply};
use crate::model::place::Place;
use crate::model::pointer::{first, pointed};
use crate::model::{answer, content, masked};
use crate::plan::Probe;

/// Judges what came back for a probe. `sent` are the header fields as they left, so that a leak of them is found.
#[must_use]
pub fn judge(probe: &Probe, exchange: &Exchange, sent: &[(String, Vec<u8>)], settings: &Settings) -> Judgement {
    let (mut judgement, envelope) = match &exchange.outcome {
        Outcome::Silence(silence) => (delivery::silence(probe, &masked::silence(&settings.mask, silence)), false),
        Outcome::Reply(came) => {
            let unpacked = Unpacked::of(came);
            let readable = content::readable(came, &unpacked);
            let recorded = masked::reply(&settings.mask, came);
            let reread = readable.as_ref().and_then(|readable| masked::reply(&settings.mask, readable));
            let reply = readable.as_ref().unwrap_or(came);
            let shown = if readable.is_some() { &reread } else { &recorded }.as_ref().unwrap_or(reply);
            let (mut judgement, envelope) = reply_to(probe, [came, reply, shown], &unpacked, sent, settings);
            judgement.shown = recorded.map(Box::new);
            (judgement, envelope)
        }
    };
    adjust(probe, &mut judgement, envelope);
    judgement
}

/// `replies` are what came, the same as its reader reads it, and that without secrets.
fn reply_to(
    probe: &Probe,
    replies: [&Reply; 3],
    unpacked: &Unpacked,
    sent: &[(String, Vec<u8>)],
    settings: &Settings,
) -> (Judgement, bool) {
    let [came, reply, shown] = replies;
    let contract = &probe.api.contract;
    let whole = reply.ending == Ending::Complete;
    let reading = if whole { body::read(came, unpacked, &settings.mask) } else { reading::Reading::default() };
    let form = probe.api.form(&probe.operation, reply.status);
    let envelope = reading.json.as_ref().is_some_and(|json| is_error(contract, form, reply.status, json));
    let origin = origin::of(reply, reading.json.as_ref(), envelope, settings);
    let mut reading = reading;
    for defect in reading.defects.iter_mut().filter(|defect| *defect.rule == body::BODY_NOT_JSON) {
        origin.product.unwrap_or_else(|| describe::kind(&reply.body)).clone_into(&mut defect.class);
    }
    let json = reading.json.as_ref();
    let case = Case { probe, contract, form, reply, unpacked, shown, json, envelope, origin: &origin, settings };
    let mut judgement = Judgement {
        origin: Some(origin.clone()),
        code: envelope.then(|| code::of(contract, reading.json.as_ref())).flatten(),
        answer: Some(answer(&case)),
        left_open: is_ungoverned(&case),
        applied: table::applied(&case),
        ..Judgement::default()
    };
    let ending = delivery::ending(reply, shown);
    judgement.inconclusive = ending.as_ref().and_then(delivery::oversized);
    judgement.findings.extend(ending);
    judgement.findings.extend(framing::findings(shown));
    judgement.findings.extend(disclosure::findings(&case, sent));
    if let Some(reason) = delivery::unavailable(&case) {
        if envelope {
            // What the service says of itself has nothing to do with the request; its form is promised all the same.
            judgement.findings.extend(header::findings(&case));
            judgement.findings.extend(reading.defects.iter().cloned());
            judgement.findings.extend(body::findings(&case, &reading));
        } else {
            judgement.findings.push(delivery::unavailability(&case));
        }
        judgement.findings.extend(owed::findings(&case, envelope));
        judgement.inconclusive = Some(reason);
        return (judgement, envelope);
    }
    if let Some(page) = delivery::foreign(&case) {
        judgement.findings.push(page);
        return (judgement, envelope);
    }
    judgement.findings.extend(cors::findings(&case));
    judgement.fits = probe.causes().into_iter().filter(|cause| code::fits(&case, *cause)).collect();
    match reply.status / 100 {
        // Its body is what it must not have; its status is compared with that of the GET.
        _ if probe.request.method == "HEAD" => {}
        2 if !envelope => judgement.findings.extend(delivery::success(&case)),
        3 => judgement.findings.extend(delivery::redirect(&case)),
        _ if is_ungoverned(&case) => judgement.findings.extend(delivery::ungoverned(&case)),
        class => {
            if case.has_body() {
                judgement.findings.extend(header::findings(&case));
                judgement.findings.extend(reading.defects.iter().cloned());
                if whole {
                    judgement.findings.extend(body::findings(&case, &reading));
                }
            }
            judgement.findings.extend(promised_field::findings(&case));
            judgement.findings.extend(status::repeated(&case));
            judgement.findings.extend(status::undocumented(&case));
            if class == 2 {
                judgement.findings.push(delivery::error_under_success(&case));
            }
            // No document says which error a browser gets that asks first: that it gets one is told.
            if !cors::is_preflight(&case) {
                judgement.findings.extend(code::findings(&case));
            }
            let promised = !judgement.findings.iter().any(|finding| finding.at == Place::STATUS);
            judgement.findings.extend(owed::findings(&case, promised));
            judgement.findings.extend(fields::findings(&case));
        }
    }
    (judgement, envelope)
}

/// What a client can tell of the reply.
fn answer(case: &Case<'_>) -> Answer {
    let Case { contract, shown, json, .. } = *case;
    let mask = case.mask();
    let message = contract.file.message.as_ref().and_then(|place| first(json?, &place.at)?.as_str());
    Answer {
        status: shown.status,
        code: code::of(contract, json).map(|code| mask.value(code)),
        media_type: answer::media_type(shown),
        layer: case.origin.layer,
        shape: json.map_or_else(Vec::new, |json| answer::shape(json, |name| mask.name(name))),
        template: message.map(|message| answer::template(&mask.text(message))),
    }
}

/// Whether the document does not reach this reply: outside the API's paths, or where it leaves a router its own page.
fn is_ungoverned(case: &Case<'_>) -> bool {
    if !case.probe.expectation.governed {
        return true;
    }
    let leaves = |cause: &Cause| {
        let promise = case.probe.promise(*cause);
        promise.is_some_and(|promise| promise.ungoverned.iter().any(|status| status.covers(case.reply.status)))
    };
    // What is no URI may find a router before it finds an operation.
    // Of two mistakes, a router may find one before the service finds the other.
    let router = matches!(case.probe.like, Some(Like::Either(_))) || case.probe.cause == Cause::MalformedHttp;
    let router = router && case.probe.expectation.also.iter().any(leaves);
    // A null in the place of the error is the service's own, and wrong.
    let own = case.envelope || case.json.is_some_and(|json| pointed(json, &case.contract.file.envelope).is_some());
    !own && (leaves(&case.probe.cause) || router)
}

/// Findings of one rule in one reply that are kept: a reply with a thousand foreign members is told by a few.
const MAX_FINDINGS: usize = 20;

/// Puts the contract's own severities in place, caps what is not the service's own word where the document does not reach
/// whoever else may answer, and keeps a bounded number.
fn adjust(probe: &Probe, judgement: &mut Judgement, envelope: bool) {
    let file = &probe.api.contract.file;
    let cap = probe.promise(probe.cause).and_then(|promise| promise.gateway).map(Strength::severity);
    let mut kept: BTreeMap<&str, usize> = BTreeMap::new();
    judgement.findings.retain(|finding| {
        let count = kept.entry(finding.rule.id).or_default();
        *count += 1;
        *count <= MAX_FINDINGS
    });
    // What mirrors the request has one promise for every field.
    let fields = file.fields.as_ref().map(|place| format!("{}/", place.at));
    for finding in &mut judgement.findings {
        if let Some(fields) = fields.as_ref().filter(|fields| finding.at.starts_with(fields.as_str())) {
            finding.promised_at = Some(Place::pointer(format!("{fields}*")));
        }
        if let Some(own) = file.severity.get(finding.rule.id) {
            finding.severity = own.severity;
            finding.source.clone_from(&own.source);
        }
        if let Some(cap) = cap.filter(|_| !finding.rule.is(Mark::Uncapped) && !envelope) {
            finding.severity = finding.severity.min(cap);
        }
    }
}
