//! A run as a library user has it: suites, a target, variables; a report as a value.

use std::sync::Arc;
use std::time::Duration;

use super::error::Error;
use super::event::Event;
use super::session::quick;
use crate::catalog::Api;
use crate::catalog::contract::Contract;
use crate::fault::Tier;
use crate::model::secret::Environment;
use crate::model::target::Target;
use crate::plan::Selection;
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
/// It sends what the safety model lets it (`docs/safety.md`), reads no variable but those of [`Self::variables`], prints nothing
/// and writes no file. Ctrl-C, SIGTERM and SIGHUP end it, with a report of what was done.
#[derive(Debug)]
#[must_use]
pub struct Run {
    suites: Vec<Suite>,
    target: Target,
    environment: Environment,
    selection: Selection,
    jobs: Option<usize>,
    timeout: Option<Duration>,
    strict: bool,
}

impl Run {
    /// A run of these suites against an origin, with a prefix if the API has one: `https://staging.example.com`.
    ///
    /// # Errors
    /// [`Error::Usage`]: the target is not an http or https URL, or has credentials, a query or a fragment.
    pub fn new(suites: impl IntoIterator<Item = Suite>, target: &str) -> Result<Self, Error> {
        Ok(Self {
            suites: suites.into_iter().collect(),
            target: Target::parse(target).map_err(Error::Usage)?,
            environment: Environment::default(),
            selection: Selection::default(),
            jobs: None,
            timeout: None,
            strict: false,
        })
    }

    /// The variables that the suites may read, such as `OZ_TOKEN`: `std::env::vars()`, or some of your own. Their values are
    /// masked in everything that comes of the run.
    pub fn variables(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        self.environment = Environment::new(variables);
        self
    }

    /// The tiers of faults; [`Tier::Core`] alone unless said otherwise.
    pub fn tiers(mut self, tiers: impl IntoIterator<Item = Tier>) -> Self {
        self.selection.tiers = tiers.into_iter().collect();
        self
    }

    /// The operations, by id; all unless said otherwise.
    pub fn operations<S: Into<String>>(mut self, operations: impl IntoIterator<Item = S>) -> Self {
        self.selection.operations = operations.into_iter().map(Into::into).collect();
        self
    }

    /// The faults, by id; all of the tiers unless said otherwise.
    pub fn faults<S: Into<String>>(mut self, faults: impl IntoIterator<Item = S>) -> Self {
        self.selection.faults = faults.into_iter().map(Into::into).collect();
        self
    }

    /// Sends only what reads.
    pub fn read_only(mut self) -> Self {
        self.selection.harmless = true;
        self
    }

    /// How many requests are under way at once; 16 unless said otherwise.
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.jobs = Some(jobs.max(1));
        self
    }

    /// How long a reply is waited for; 5 seconds unless said otherwise.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Lets warnings fail.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Sends the probes, and gives the report when the last one is judged. It blocks: in asynchronous code it belongs on a
    /// thread of its own (`tokio::task::spawn_blocking`). The report holds every exchange, masked.
    ///
    /// # Errors
    /// The run did not begin. What it found, and what could not be judged, is in the report.
    pub fn run(self) -> Result<Report, Error> {
        let mut unknown = Vec::new();
        let known = |Suite(mut api): Suite| {
            let unset = api.suite.know(&self.environment);
            let place = |operation: &str| format!("{}/{operation}", api.suite.id);
            unknown.extend(unset.iter().map(|(operation, variable)| (place(operation), variable.clone())));
            Arc::new(api)
        };
        let apis: Vec<_> = self.suites.into_iter().map(known).collect();
        let mut session = quick(apis, self.target, self.environment);
        session.selection = self.selection;
        session.unknown = unknown;
        session.strict = self.strict;
        session.engine.judge.strict = self.strict;
        session.engine.records_all = true;
        session.engine.jobs = self.jobs.unwrap_or(session.engine.jobs);
        session.wire.timeout = self.timeout.unwrap_or(session.wire.timeout);
        let mut results = Vec::new();
        let (opening, closing) = session.prepare()?.run(&mut |event| {
            if let Event::Result(result) = event {
                results.push((**result).clone());
            }
        })?;
        Ok(Report { schema_version: SCHEMA_VERSION, opening, results, closing })
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
