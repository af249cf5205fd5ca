//! `serve`: one of the documented APIs on loopback.

use clap::Args;

use super::output::say;
use crate::reference;
use crate::reference::Api;
use crate::run::embedded::Running;
use crate::run::error::Error;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The API: oz-api or escrow-box
    api: String,
    /// The way in which it deviates; an unknown name lists all
    #[arg(long, value_name = "NAME")]
    drift: Option<String>,
    /// The port on 127.0.0.1; a free one unless given
    #[arg(long, default_value_t = 0, value_name = "N")]
    port: u16,
}

/// Serves one API until the process ends.
///
/// # Errors
/// An unknown API or drift, or a port that is taken.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Error> {
    let (api, drift, port) = (&arguments.api, arguments.drift.as_deref(), arguments.port);
    let api =
        Api::from_id(api).ok_or_else(|| Error::Usage(format!("no API `{api}`; there are oz-api and escrow-box")))?;
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
        say(&format!("# to ask for more, and optional: export {name}={value}"));
    }
    say(&format!("errdrift run {} --target {}", api.id(), running.target.as_str()));
    loop {
        std::thread::park();
    }
}

fn unknown(api: Api, name: &str) -> Error {
    let known = reference::drifts().filter(|drift| drift.api == api);
    let known: Vec<_> = known.map(|drift| format!("  {:<34} {}", drift.name, drift.about)).collect();
    Error::Usage(format!("no drift `{name}` of {}; there are\n{}", api.id(), known.join("\n")))
}
