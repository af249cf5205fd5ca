//! A run that has all it needs: opens the reports, runs the engine, shows what happens, closes the reports.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use super::error::Error;
use super::event::Event;
use super::opening::opening;
use super::runtime::runtime;
use super::session::Session;
use super::writer::Sink;
use super::{engine, identity, outputs};
use crate::model::exchange::ConnectionUse;
use crate::model::file::Output;
use crate::model::secret::{Template, unmaskable};
use crate::plan::Plan;
use crate::report::Reason;
use crate::report::tally::Tally;
use crate::report::{Closing, Inactive, Opening};
use crate::wire::sender::Sender;

impl Session {
    /// Everything that can be found out and opened before anything is sent.
    pub(crate) fn prepare(self) -> Result<Prepared, Error> {
        let started_at = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
        let opening = opening(&self.apis, self.wire.target.as_str(), started_at, self.wire.insecure, self.strict);
        if !self.yes_production {
            identity::not_production(&self.apis, &self.wire.target)?;
        }
        let sender = Sender::new(&self.wire).map_err(Error::Usage)?;
        let mut plan = self.plan()?;
        let inactive = self.leave_out(&mut plan);
        let sinks = outputs::reports(&self.reports, &opening)?;
        let written = outputs::of_gates(&self.gates)?;
        let is_whole = self.selection.is_whole();
        Ok(Prepared { opening, plan, sender, sinks, written, session: self, inactive, is_whole })
    }

    /// The plan, once every probe of it is known to leave as it is meant.
    fn plan(&self) -> Result<Plan, Error> {
        let unknown = self.selection.unknown(&self.apis);
        if !unknown.is_empty() {
            return Err(Error::Usage(unknown.join("\n")));
        }
        let plan = Plan::new(&self.apis, &self.selection);
        let requests = plan.probes.iter().map(|probe| (&probe.id, &probe.request));
        let controls = plan.controls.iter().map(|control| (&control.operation, &control.request));
        for (id, request) in requests.chain(controls).filter(|(_, request)| request.script.is_none()) {
            if let Some(why) = request.breach() {
                return Err(Error::Usage(format!("{id} cannot be sent as it is meant: {why}")));
            }
        }
        let templates =
            plan.probes.iter().map(|probe| &probe.request).flat_map(crate::model::exchange::Request::templates);
        let names: BTreeSet<&str> =
            templates.filter(|template| template.has_variables()).flat_map(Template::variables).collect();
        let broken = |name: &&str| self.environment.get(name).is_some_and(|value| value.chars().any(char::is_control));
        if let Some((name, why)) = unmaskable(names.iter().copied(), &self.environment) {
            return Err(Error::variable(name, why));
        }
        if let Some(name) = names.into_iter().find(broken) {
            let why = "holds a line break or another control byte, which no header field can carry; set it to the credential alone";
            return Err(Error::variable(name, why));
        }
        Ok(plan)
    }

    /// Leaves out what the target cannot take, and says so, with what the environment does not know.
    fn leave_out(&self, plan: &mut Plan) -> Vec<Inactive> {
        let mut inactive = Vec::new();
        let before = plan.probes.len();
        plan.probes.retain(|probe| self.wire.target.is_tls() || probe.request.connection != ConnectionUse::Http2);
        if plan.probes.len() < before {
            let why = format!("{} probes are for https targets", before - plan.probes.len());
            inactive.push(Inactive { what: "alike-http-2".to_owned(), why });
        }
        for (place, variable) in &self.unknown {
            inactive.push(Inactive { what: place.clone(), why: format!("${{{variable}}} is not set") });
        }
        inactive
    }
}

/// A run that has all it needs, and of which nothing was sent yet.
pub(crate) struct Prepared {
    opening: Opening,
    pub(crate) plan: Plan,
    sender: Sender,
    sinks: Vec<(Sink, String)>,
    /// The files that the gates may write in the end.
    written: BTreeMap<PathBuf, Output>,
    pub(crate) session: Session,
    /// What cannot be put to the test on this target.
    inactive: Vec<Inactive>,
    /// Whether all of it was chosen.
    pub(crate) is_whole: bool,
}

impl Prepared {
    /// Sends until it is done or somebody ends it, and shows all that happens to whoever watches.
    pub(crate) fn run(
        self,
        stop: impl Future<Output = String> + Send + 'static,
        watch: &mut (dyn FnMut(&Event) + Send),
    ) -> Result<(Opening, Closing), Error> {
        let Self { opening, plan, sender, mut sinks, mut written, mut session, inactive, is_whole } = self;
        session.engine.records_all |= !sinks.is_empty();
        let start = Instant::now();
        let mut tally = Tally::default();
        for api in &session.apis {
            tally.open(&api.contract);
        }
        tally.plan(&plan);
        for (probe, reason) in &plan.withheld {
            tally.withheld(probe.clone(), reason.to_string());
        }
        let mut broken = None;
        let mut gates = std::mem::take(&mut session.gates);
        let emit = |mut event: Event| {
            match &mut event {
                Event::Result(result) => gates.result(result),
                Event::Compared(compared) => gates.compared(&mut compared.findings),
                Event::NotExercised { probe, .. } => gates.not_exercised(probe),
                _ => {}
            }
            watch(&event);
            take_in(event, &mut tally, &mut sinks, &mut broken);
        };
        let Session { engine, environment, wire, strict, apis, .. } = session;
        let run = engine::Run { plan, sender, target: wire.target.as_str().to_owned(), environment, settings: engine };
        runtime()?.block_on(async { engine::run(run, stop, emit).await });
        let elapsed = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        for inactive in inactive {
            tally.inactive(inactive);
        }
        tally.covers(&apis, is_whole);
        let mut closing = tally.close(elapsed, strict);
        let writings = gates.close(&mut closing);
        for (sink, name) in sinks {
            if let Err(error) = sink.close(&opening, &closing) {
                broken.get_or_insert(format!("cannot write the report {name}: {error}"));
            }
        }
        for writing in writings {
            if let Err(error) = outputs::write(&writing, written.remove(&writing.path)) {
                broken.get_or_insert(format!("cannot write {}: {error}", writing.path.display()));
            }
        }
        broken.map_or(Ok((opening, closing)), |broken| Err(Error::Report(broken)))
    }
}

fn take_in(event: Event, tally: &mut Tally, sinks: &mut Vec<(Sink, String)>, broken: &mut Option<String>) {
    match event {
        Event::Result(result) => {
            tally.result(&result);
            sinks.retain_mut(|(sink, name)| match sink.result(&result) {
                Ok(()) => true,
                Err(error) => {
                    broken.get_or_insert(format!("cannot write the report {name}: {error}"));
                    false
                }
            });
        }
        Event::NotExercised { probe, reason, weighs } => {
            if weighs {
                tally.not_judged(Reason::Seen, reason.clone());
            }
            tally.not_exercised(probe, reason);
        }
        Event::NotJudged(kind, reason) => tally.not_judged(kind, reason),
        Event::MayHaveChanged { requests, held_back } => tally.may_have_changed(requests, held_back),
        Event::Repeated { signature, repeats } => tally.repeated(&signature, repeats),
        Event::Inactive(inactive) => tally.inactive(inactive),
        Event::Compared(compared) => tally.compared(*compared),
        Event::Ended { connection_failures, interrupted, load } => {
            tally.load(load);
            tally.ended(connection_failures, interrupted);
        }
    }
}
