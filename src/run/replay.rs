//! One probe of an earlier run, planned afresh and sent once: what leaves, what comes, and whether what was found is still
//! there. It renders nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::error::Error;
use super::identity;
use super::resend::Resender;
use super::runtime::runtime;
use super::settings::Settings;
use crate::catalog::Api;
use crate::model::exchange::{ConnectionUse, Outcome, Reply};
use crate::model::masked;
use crate::model::masked::message::received;
use crate::model::secret::{Environment, unmaskable};
use crate::plan::{Plan, Probe, ProbeId, Selection};
use crate::report::replayed::{Piece, Replayed};
use crate::report::signature::signature;
use crate::wire::Conduct;
use crate::wire::address::Address;
use crate::wire::settings::Settings as Wire;
use crate::wire::tap::Tap;
use crate::{fault, judge};

/// A probe that is to be sent again.
pub struct Replay {
    /// Its id.
    pub probe: String,
    /// Its suite.
    pub api: Arc<Api>,
    /// How the target is reached.
    pub wire: Wire,
    /// The variables.
    pub environment: Environment,
    /// How it is sent and judged.
    pub engine: Settings,
    /// Whether a host that the suite takes for production is what is meant.
    pub yes_production: bool,
    /// The signatures of what was found of it.
    pub before: BTreeSet<String>,
    /// Whether the command line named the target. A report is a file that anybody may have written: where it goes by the
    /// report, no credential goes with it.
    pub named: bool,
}

impl Replay {
    /// Sends it, once.
    ///
    /// # Errors
    /// Where nothing was sent: no such probe, a host of production, a variable that is not set.
    pub fn run(self) -> Result<Replayed, Error> {
        let Self { probe, api, wire, environment, engine, yes_production, before, named } = self;
        let apis = [api];
        if !yes_production {
            identity::not_production(&apis, &wire.target)?;
        }
        let plan = Plan::new(&apis, &selection(&probe).map_err(Error::Usage)?);
        let Some(probe) = plan.probes.first() else {
            let suite = &apis[0].suite.id;
            return Err(Error::Usage(format!(
                "{probe} is no probe of today's {suite}; errdrift list {suite} has those that are"
            )));
        };
        let variables: BTreeSet<String> = probe.request.variables().into_iter().map(str::to_owned).collect();
        if let Some((name, why)) = unmaskable(variables.iter().map(String::as_str), &environment) {
            return Err(Error::variable(name, why));
        }
        if !named {
            refuse_credentials(&probe.id, &variables, &environment, wire.target.as_str())?;
        }
        let (sent, rewritten) = (leaves(probe, &wire).map_err(Error::Usage)?, rewritten(probe));
        runtime()?.block_on(async {
            let tap = Tap::default();
            let again = Resender::new(&plan, &wire, environment, engine, Some(tap.clone()), 0);
            let again = again.await.map_err(Error::Usage)?;
            let shared = &again.shared;
            if let Some(why) = shared.sender.unfit(&probe.request).await {
                return Err(Error::Usage(format!("{} is not for this target: {why}", probe.id)));
            }
            let headers = shared.resolve(&probe.request);
            let headers =
                headers.map_err(|name| Error::variable(&name, format!("is not set, and {} needs it", probe.id)))?;
            if let Some(why) = again.against(&plan, probe).await {
                return Err(Error::NotJudged(format!("{} was not sent: {why}", probe.id)));
            }
            let mut pass = shared.brake.pass(probe, &shared.recorder).await.map_err(Error::NotJudged)?;
            tap.clear();
            let fresh = pass.leaves();
            let request = fresh.as_ref().unwrap_or(&probe.request);
            let conduct = Conduct::Alone { place: &probe.id };
            let exchange = shared.sender.conducted(request, &headers, &shared.environment, conduct, &mut pass);
            let (exchange, ..) = exchange.await;
            pass.settle(&exchange.outcome);
            let mask = &shared.recorder.mask;
            let (received, put_together) = match &exchange.outcome {
                Outcome::Reply(reply) if rewritten.is_some() => {
                    (message(masked::reply(mask, reply).as_ref().unwrap_or(reply)), None)
                }
                Outcome::Reply(reply) => received(mask, &tap.bytes(), Some(reply)),
                Outcome::Silence(_) => received(mask, &tap.bytes(), None),
            };
            let rewritten = rewritten.or(put_together);
            let masked = |piece| match piece {
                Piece::Bytes(bytes) => Piece::Bytes(mask.own_bytes(&bytes)),
                other => other,
            };
            let judgement = judge::judge(probe, &exchange, &headers, &shared.settings.judge);
            let result = shared.recorder.result(probe, &exchange, judgement);
            let now = result.findings.iter().map(|finding| signature(&result, finding)).collect();
            let sent = sent.into_iter().map(masked).collect();
            let target = wire.target.as_str().to_owned();
            let may_have_changed = shared.brake.changed();
            Ok(Replayed { target, may_have_changed, sent, received, rewritten, result, before, now })
        })
    }
}

/// A report is a file that anybody may have written: where it goes by the report, no credential goes with it.
///
/// # Errors
/// One of these variables, which `what` carries, is set.
pub(super) fn refuse_credentials(
    what: &str,
    variables: &BTreeSet<String>,
    environment: &Environment,
    target: &str,
) -> Result<(), Error> {
    let set = variables.iter().find(|name| environment.get(name).is_some());
    set.map_or(Ok(()), |name| {
        Err(Error::Usage(format!(
            "${{{name}}} would go with {what}, and a credential goes only where the command line says; the report says {target}: if that is right, --target {target}"
        )))
    })
}

/// The selection that plans one probe, whatever its tier.
///
/// # Errors
/// The id names no fault.
pub fn selection(probe: &str) -> Result<Selection, String> {
    let fault = ProbeId::parse(probe).and_then(|id| fault::find(id.fault));
    let fault = fault.ok_or_else(|| format!("`{probe}` names no fault; a probe's id is suite/operation/fault"))?;
    Ok(Selection {
        filter: Some(probe.to_owned()),
        exact: true,
        faults: vec![fault.id.to_owned()],
        ..Selection::default()
    })
}

/// Why the bytes that leave are not known, but only what they say.
fn rewritten(probe: &Probe) -> Option<&'static str> {
    match probe.request.connection {
        ConnectionUse::Http2 => Some("it went over HTTP/2: written here as HTTP/1.1 would"),
        ConnectionUse::Ordinary => Some("an HTTP library sent it and read the reply: written here as we would"),
        ConnectionUse::Any | ConnectionUse::Fresh => None,
    }
}

/// What leaves, with variables by name.
fn leaves(probe: &Probe, wire: &Wire) -> Result<Vec<Piece>, String> {
    let address = Address::of(wire)?.masked();
    let Some(script) = &probe.request.script else {
        let headers: Vec<_> =
            probe.request.headers.iter().map(|(name, value)| (name.clone(), value.masked())).collect();
        return Ok(vec![Piece::Bytes(address.request(&probe.request, &headers))]);
    };
    let mut pieces = Vec::new();
    for (pause, bytes) in address.script(script, |template| Ok::<_, String>(template.masked()))? {
        pieces.extend((!pause.is_zero()).then_some(Piece::Pause(pause)));
        pieces.push(Piece::Bytes(bytes));
    }
    pieces.extend(script.half_close.then_some(Piece::Closed));
    Ok(pieces)
}

/// A reply as HTTP/1.1 would write it.
fn message(reply: &Reply) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {}\r\n", reply.status).into_bytes();
    for (name, value) in &reply.headers {
        for piece in [name.as_bytes(), b": ", value, b"\r\n"] {
            bytes.extend_from_slice(piece);
        }
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&reply.body);
    bytes
}
