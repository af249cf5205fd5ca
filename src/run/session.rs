//! What a run is made of.

use std::sync::Arc;
use std::time::Duration;

use super::progress::Live;
use super::settings::{DEFAULT_JOBS, DEFAULT_MAX_WAIT, DEFAULT_TIMEOUT, Settings};
use super::writer::Request;
use crate::catalog::Api;
use crate::model::secret::Environment;
use crate::model::target::Target;
use crate::plan::Selection;
use crate::policy::gate::Policies;
use crate::wire::settings::Settings as Wire;

/// What a run needs.
pub struct Session {
    /// The suites with their contracts.
    pub apis: Vec<Arc<Api>>,
    /// The probes that are wanted.
    pub selection: Selection,
    /// How the target is reached.
    pub wire: Wire,
    /// How the engine sends.
    pub engine: Settings,
    /// The variables that suites may read.
    pub environment: Environment,
    /// The reports that were asked for.
    pub reports: Vec<Request>,
    /// Whether warnings fail.
    pub strict: bool,
    /// Whether a host that a suite takes for production is what is meant.
    pub yes_production: bool,
    /// Known resources whose variables are not set: suite and operation, and the variable.
    pub unknown: Vec<(String, String)>,
    /// What is shown while the run goes on.
    pub live: Live,
    /// What decides beside the probes.
    pub gates: Policies,
}

/// A session for a conformance test: the built-in suites' environment, no reports.
#[must_use]
pub fn quick(apis: Vec<Arc<Api>>, target: Target, environment: Environment) -> Session {
    Session {
        apis,
        selection: Selection::default(),
        wire: Wire { target, timeout: DEFAULT_TIMEOUT, insecure: false, ca: None, proxy: None },
        engine: Settings {
            jobs: DEFAULT_JOBS,
            rate: None,
            max_wait: DEFAULT_MAX_WAIT,
            wait: Duration::ZERO,
            repeat: 1,
            insecure: false,
            records_all: false,
            judge: crate::judge::Settings::default(),
        },
        environment,
        reports: Vec::new(),
        strict: false,
        yes_production: false,
        unknown: Vec::new(),
        live: Live::Nothing,
        gates: Policies::default(),
    }
}
