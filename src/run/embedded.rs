//! The embedded deployment, for people: `serve` keeps one up, `demo` runs both suites against it.

use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::TcpListener;

use super::failure::Failure;
use super::session;
use crate::fault::Tier;
use crate::model::secret::Environment;
use crate::model::target::Target;
use crate::model::verdict::exit;
use crate::reference::{Api, Deployment, Drift};
use crate::render::drift::block;
use crate::render::human;
use crate::render::style::Style;
use crate::report::{Closing, Opening};
use crate::run::runtime::runtime;
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

    fn on_port(api: Api, drift: Option<&'static Drift>, port: u16) -> Result<Self, Failure> {
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
        let mut api = catalog::load(self.api.id()).map_err(|problems| Failure::Usage(problems.to_string()))?;
        let environment = self.environment();
        api.suite.know(&environment);
        let mut session = session::quick(vec![Arc::new(api)], self.target.clone(), environment);
        session.selection.tiers = tiers.to_vec();
        session.run()
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

/// How the demo is written: it is read in a log as often as on a terminal.
const PLAIN: Style = Style { color: false, width: 110 };

/// Drifts that the demo shows, by API: one of shape, one of status, one of credentials, one leak.
const SHOWN: &[(Api, &[&str])] = &[
    (
        Api::OzApi,
        &["code-as-string", "nginx-page-for-unknown-path", "ignores-credentials-at-companies", "python-traceback"],
    ),
    (Api::EscrowBox, &["credentials-with-401", "errors-with-200", "fields-dotted", "fields-leaf-number"]),
];

/// Runs both suites against the embedded deployment, then against it with drifts. Gives the exit code: 0 when the tester
/// said of each deployment what is true.
///
/// # Errors
/// The deployment cannot be started.
pub fn run(say: impl Fn(&str)) -> Result<u8, Failure> {
    let mut truthful = true;
    say("The embedded deployment, as documented:");
    for api in Api::ALL {
        let running = Running::start(api, None)?;
        let (opening, closing) = running.run(&[Tier::Core])?;
        truthful &= closing.exit_code == exit::CONFORMS;
        say(&format!("  {:<11} {}", api.id(), human::verdict(&opening, &closing, &PLAIN).trim_end()));
    }
    say("\nThe same with one drift each:");
    for (api, names) in SHOWN {
        for (index, drift) in names.iter().filter_map(|name| reference::drift(*api, name)).enumerate() {
            let running = Running::start(*api, Some(drift))?;
            let (_, closing) = running.run(&[Tier::Core])?;
            let reported = closing.drifts.iter().any(|found| found.rule == drift.rule);
            truthful &= reported;
            let mark = if reported { "reported" } else { "MISSED" };
            say(&format!("  {:<11} {:<34} {mark} as {} ({})", api.id(), drift.name, drift.rule, drift.about));
            if index == 0 {
                let blocks = closing.drifts.iter().map(|found| block(found, &PLAIN));
                let lines: String = blocks.collect::<String>().lines().map(|line| format!("      {line}\n")).collect();
                say(&format!("\n{lines}"));
            }
        }
    }
    let verdict =
        if truthful { "both APIs conform, and every planted drift was reported" } else { "the tester was wrong" };
    say(&format!("\nerrdrift demo: {verdict}"));
    Ok(if truthful { exit::CONFORMS } else { exit::DRIFT })
}

/// Serves one API until the process ends.
///
/// # Errors
/// An unknown API or drift, or a port that is taken.
pub fn serve(api: &str, drift: Option<&str>, port: u16, say: impl Fn(&str)) -> Result<u8, Failure> {
    let api =
        Api::from_id(api).ok_or_else(|| Failure::Usage(format!("no API `{api}`; there are oz-api and escrow-box")))?;
    let drift = drift.map(|name| reference::drift(api, name).ok_or_else(|| unknown(api, name))).transpose()?;
    let running = Running::on_port(api, drift, port)?;
    say(&format!(
        "{} on {}{}",
        api.id(),
        running.target.as_str(),
        drift.map_or_else(String::new, |drift| format!(", with a drift: {}", drift.about))
    ));
    for (name, value) in reference::environment(api) {
        say(&format!("export {name}={value}"));
    }
    for (name, value) in reference::existing(api) {
        say(&format!("# {name}={value} exists: whoever has no right to it must not see that"));
    }
    say(&format!("errdrift run {} --target {}", api.id(), running.target.as_str()));
    loop {
        std::thread::park();
    }
}

fn unknown(api: Api, name: &str) -> Failure {
    let known = reference::drifts().filter(|drift| drift.api == api);
    let known: Vec<_> = known.map(|drift| format!("  {:<34} {}", drift.name, drift.about)).collect();
    Failure::Usage(format!("no drift `{name}` of {}; there are\n{}", api.id(), known.join("\n")))
}
