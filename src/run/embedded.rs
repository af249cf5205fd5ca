//! The embedded deployment on loopback, and a run against it.

use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::TcpListener;

use super::error::Error;
use super::runtime::runtime;
use super::session::{self, Session};
use crate::fault::Tier;
use crate::model::secret::Environment;
use crate::model::target::Target;
use crate::reference::{Api, Deployment, Drift};
use crate::report::{Closing, Opening};
use crate::{catalog, reference};

/// An embedded deployment that is up until it is dropped.
pub struct Running {
    /// Where it is.
    pub target: Target,
    /// What it has seen.
    pub witness: Arc<reference::Witness>,
    api: Api,
    runtime: Option<tokio::runtime::Runtime>,
    shutdown: Option<tokio::sync::oneshot::Sender<()>>,
}

impl Running {
    /// Starts a deployment on a free port of loopback.
    ///
    /// # Errors
    /// The system gives no port or no threads.
    pub fn start(api: Api, drift: Option<&'static Drift>) -> Result<Self, Error> {
        Self::on_port(api, drift, 0)
    }

    /// The same on a port of its own; 0 is a free one.
    ///
    /// # Errors
    /// As [`Self::start`], or the port is taken.
    pub fn on_port(api: Api, drift: Option<&'static Drift>, port: u16) -> Result<Self, Error> {
        let runtime = runtime()?;
        let wrong = |error: std::io::Error| Error::Usage(format!("cannot listen on 127.0.0.1:{port}: {error}"));
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port))).map_err(wrong)?;
        let address = listener.local_addr().map_err(wrong)?;
        let target = Target::parse(&format!("http://{address}")).map_err(Error::Target)?;
        let deployment = Deployment::new(api, drift);
        let witness = deployment.witness();
        let (shutdown, ended) = tokio::sync::oneshot::channel::<()>();
        runtime.spawn(async move {
            let ended = async {
                let _ = ended.await;
            };
            deployment.serve(listener, ended).await;
        });
        Ok(Self { target, witness, api, runtime: Some(runtime), shutdown: Some(shutdown) })
    }

    /// A deployment of a built-in suite's API that conforms.
    ///
    /// # Errors
    /// As [`Self::start`], or there is no such API.
    pub fn conforming(api: &str) -> Result<Self, Error> {
        Self::start(named(api)?, None)
    }

    /// A deployment that drifts as `errdrift serve API --drift DRIFT` does.
    ///
    /// # Errors
    /// As [`Self::start`], or there is no such API or drift.
    pub fn drifting(api: &str, drift: &str) -> Result<Self, Error> {
        let api = named(api)?;
        let found = reference::drift(api, drift);
        Self::start(api, Some(found.ok_or_else(|| Error::Usage(format!("{} has no drift `{drift}`", api.id())))?))
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        self.target.as_str()
    }

    /// The variables that it accepts.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, String)> {
        let pairs = reference::environment(self.api).iter().chain(reference::existing(self.api));
        pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// The same, as a run takes them.
    #[must_use]
    pub fn environment(&self) -> Environment {
        Environment::new(self.variables())
    }

    /// Runs the API's suite against it, with the faults of these tiers.
    ///
    /// # Errors
    /// The suite is broken, which its tests exclude.
    pub fn run(&self, tiers: &[Tier]) -> Result<(Opening, Closing), Error> {
        self.session(tiers)?.run()
    }

    /// What such a run is made of.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(crate) fn session(&self, tiers: &[Tier]) -> Result<Session, Error> {
        let mut api = catalog::load(self.api.id()).map_err(Error::Documents)?;
        let environment = self.environment();
        api.suite.know(&environment);
        let mut session = session::quick(vec![Arc::new(api)], self.target.clone(), environment);
        session.selection.tiers = tiers.to_vec();
        Ok(session)
    }
}

fn named(api: &str) -> Result<Api, Error> {
    Api::from_id(api).ok_or_else(|| Error::Usage(format!("no deployment of `{api}` is embedded")))
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.shutdown.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
