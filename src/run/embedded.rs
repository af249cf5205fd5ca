//! The embedded deployment on loopback, and a run against it.

use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::TcpListener;

use super::failure::Failure;
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
    pub fn start(api: Api, drift: Option<&'static Drift>) -> Result<Self, Failure> {
        Self::on_port(api, drift, 0)
    }

    /// The same on a port of its own; 0 is a free one.
    ///
    /// # Errors
    /// As [`Self::start`], or the port is taken.
    pub fn on_port(api: Api, drift: Option<&'static Drift>, port: u16) -> Result<Self, Failure> {
        let runtime = runtime()?;
        let wrong = |error: std::io::Error| Failure::Usage(format!("cannot listen on 127.0.0.1:{port}: {error}"));
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port))).map_err(wrong)?;
        let address = listener.local_addr().map_err(wrong)?;
        let target = Target::parse(&format!("http://{address}")).map_err(Failure::Usage)?;
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

    /// The variables that it accepts.
    #[must_use]
    pub fn environment(&self) -> Environment {
        let pairs = reference::environment(self.api).iter().chain(reference::existing(self.api));
        Environment::new(pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    /// Runs the API's suite against it, with the faults of these tiers.
    ///
    /// # Errors
    /// The suite is broken, which its tests exclude.
    pub fn run(&self, tiers: &[Tier]) -> Result<(Opening, Closing), Failure> {
        self.session(tiers)?.run()
    }

    /// What such a run is made of.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(crate) fn session(&self, tiers: &[Tier]) -> Result<Session, Failure> {
        let mut api = catalog::load(self.api.id()).map_err(|problems| Failure::Usage(problems.to_string()))?;
        let environment = self.environment();
        api.suite.know(&environment);
        let mut session = session::quick(vec![Arc::new(api)], self.target.clone(), environment);
        session.selection.tiers = tiers.to_vec();
        Ok(session)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.shutdown.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
