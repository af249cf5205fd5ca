//! A run as a library user has it: suites, a target, variables; a report as a value.

use std::collections::BTreeSet;
use std::fmt;
use std::future::pending;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use super::error::Error;
use super::event::Event;
use super::session::{Session, quick};
use crate::catalog::Api;
use crate::catalog::contract::Contract;
use crate::fault::Tier;
use crate::model::secret::Environment;
use crate::model::target::Target;
use crate::render::format::Format;
use crate::render::human;
use crate::render::style::Style;
use crate::report::{Drift, Report, SCHEMA_VERSION};

/// The operations of an API with the contract that its errors are held to.
#[derive(Debug)]
pub struct Suite(Api);

impl Suite {
    /// A built-in suite by its id, such as `oz-api`, or the one in that file.
    ///
    /// # Errors
    /// [`Error::Documents`]: all that is wrong with the suite and its contract, or that there is none.
    pub fn load(name_or_path: &str) -> Result<Self, Error> {
        crate::judge::load(name_or_path).map(Self).map_err(Error::Documents)
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.suite.id
    }

    /// What its errors are held to.
    #[must_use]
    pub fn contract(&self) -> &Contract {
        &self.0.contract
    }
}

/// A run of suites against a target: what `errdrift run` does, without the command.
///
/// It sends what the safety model lets it (`docs/safety.md`), reads no variable but those of [`Self::variables`], prints
/// nothing, writes no file, and leaves signals to the program.
#[must_use]
pub struct Run {
    suites: Vec<Suite>,
    /// All but the suites, which take their variables from it.
    session: Session,
}

impl Run {
    /// A run of these suites against an origin, with a prefix if the API has one: `https://staging.example.com`.
    ///
    /// # Errors
    /// [`Error::Target`]: that is no http or https URL, or has credentials, a query or a fragment. [`Error::Usage`]: two of
    /// the suites have the same id.
    pub fn new(suites: impl IntoIterator<Item = Suite>, target: &str) -> Result<Self, Error> {
        let target = Target::parse(target).map_err(Error::Target)?;
        let suites: Vec<Suite> = suites.into_iter().collect();
        let mut ids = BTreeSet::new();
        if let Some(twice) = suites.iter().find(|suite| !ids.insert(suite.id())) {
            return Err(Error::Usage(format!("the suite {} is named twice", twice.id())));
        }
        let mut session = quick(Vec::new(), target, Environment::default());
        session.engine.records_all = true;
        Ok(Self { suites, session })
    }

    /// The variables that the suites may read, such as `OZ_TOKEN`: `std::env::vars()`, or some of your own. Their values are
    /// masked in everything that comes of the run.
    pub fn variables(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        self.session.environment = Environment::new(variables);
        self
    }

    /// The tiers of faults; [`Tier::Core`] alone unless said otherwise.
    pub fn tiers(mut self, tiers: impl IntoIterator<Item = Tier>) -> Self {
        self.session.selection.tiers = tiers.into_iter().collect();
        self
    }

    /// The operations, by id; all unless said otherwise.
    pub fn operations<S: Into<String>>(mut self, operations: impl IntoIterator<Item = S>) -> Self {
        self.session.selection.operations = operations.into_iter().map(Into::into).collect();
        self
    }

    /// The faults, by id; all of the tiers unless said otherwise.
    pub fn faults<S: Into<String>>(mut self, faults: impl IntoIterator<Item = S>) -> Self {
        self.session.selection.faults = faults.into_iter().map(Into::into).collect();
        self
    }

    /// Sends only what reads.
    pub fn read_only(mut self) -> Self {
        self.session.selection.harmless = true;
        self
    }

    /// How many requests are under way at once; 16 unless said otherwise.
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.session.engine.jobs = jobs.max(1);
        self
    }

    /// How many requests leave in a second at most, whatever they are for; as many as are answered unless said otherwise.
    pub fn rate(mut self, requests: u32) -> Self {
        self.session.engine.rate = Some(requests.max(1));
        self
    }

    /// How long a reply is waited for; 5 seconds unless said otherwise.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.session.wire.timeout = timeout;
        self
    }

    /// Trusts the certificates of this file (PEM) in place of the system's.
    pub fn certificates(mut self, file: impl Into<PathBuf>) -> Self {
        self.session.wire.ca = Some(file.into());
        self
    }

    /// Sends through this proxy; proxies of the environment are not used.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.session.wire.proxy = Some(url.into());
        self
    }

    /// Sends to a host that a suite takes for production, too.
    pub fn yes_production(mut self) -> Self {
        self.session.yes_production = true;
        self
    }

    /// Lets warnings fail.
    pub fn strict(mut self) -> Self {
        self.session.strict = true;
        self.session.engine.judge.strict = true;
        self
    }

    /// Sends the probes, and gives the report when the last one is judged. The report holds every exchange, masked.
    ///
    /// # Errors
    /// The run did not begin. What it found, and what could not be judged, is in the report.
    ///
    /// # Panics
    /// In asynchronous code on tokio, whose threads must not be blocked: [`Self::run_async`] is for that.
    pub fn run(self) -> Result<Report, Error> {
        self.until(pending())
    }

    /// The same on a thread of its own, for asynchronous code on any executor. A future that is dropped ends the run: what is
    /// under way is still answered, and nothing more is sent.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn run_async(self) -> Result<Report, Error> {
        let (wanted, dropped) = oneshot::channel::<()>();
        let (done, report) = oneshot::channel();
        let stop = async {
            let _ = dropped.await;
            "its caller".to_owned()
        };
        let run = move || {
            let _ = done.send(self.until(stop));
        };
        let thread = thread::Builder::new().name("errdrift".to_owned()).spawn(run);
        let thread =
            thread.map_err(|error| Error::Local(format!("no thread for the run: {error}; nothing was sent")))?;
        let report = report.await;
        drop(wanted);
        match (report, thread.join()) {
            (_, Err(panic)) => resume_unwind(panic),
            (report, Ok(())) => report.unwrap_or_else(|_| Err(Error::Local("the run came to no report".to_owned()))),
        }
    }

    fn until(self, stop: impl Future<Output = String> + Send + 'static) -> Result<Report, Error> {
        let Self { suites, mut session } = self;
        for Suite(mut api) in suites {
            session.unknown.extend(api.suite.know(&session.environment));
            session.apis.push(Arc::new(api));
        }
        let mut results = Vec::new();
        let (opening, closing) = session.prepare()?.run(stop, &mut |event| {
            if let Event::Result(result) = event {
                results.push((**result).clone());
            }
        })?;
        Ok(Report { schema_version: SCHEMA_VERSION, opening, results, closing })
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = self.session.wire.target.as_str();
        f.debug_struct("Run").field("suites", &self.suites).field("target", &target).finish_non_exhaustive()
    }
}

impl Report {
    /// What drifted: first what is gravest. What follows from another drift comes after those that follow from none.
    pub fn drifts(&self) -> impl Iterator<Item = &Drift> {
        self.closing.all()
    }

    /// What `errdrift run` would exit with: 0 conforms, 1 drift, 3 not judged.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        self.closing.exit_code
    }

    /// The summary that people read, without colour.
    #[must_use]
    pub fn summary(&self) -> String {
        human::summary(&self.opening, &self.closing, &Style::default())
    }

    /// The report in a format: `report.render(Format::named("junit")?)`.
    #[must_use]
    pub fn render(&self, format: &Format) -> String {
        let mut renderer = (format.open)();
        let mut text = Vec::new();
        let written = renderer
            .begin(&self.opening, &mut text)
            .and_then(|()| self.results.iter().try_for_each(|result| renderer.result(result, &mut text)))
            .and_then(|()| renderer.end(&self.opening, &self.closing, &mut text));
        debug_assert!(written.is_ok(), "memory takes all that is written");
        String::from_utf8_lossy(&text).into_owned()
    }
}
