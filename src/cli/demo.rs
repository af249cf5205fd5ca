//! `demo`: both suites against the embedded deployment, conforming and not.

use super::output::say;
use crate::fault::Tier;
use crate::model::verdict::exit;
use crate::reference;
use crate::reference::Api;
use crate::render::drift::block;
use crate::render::human;
use crate::render::style::Style;
use crate::run::embedded::Running;
use crate::run::error::Error;

/// How the demo is written: it is read in a log as often as on a terminal.
const PLAIN: Style = Style { color: false, width: 110, verbose: false };

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
pub(super) fn run() -> Result<u8, Error> {
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
            let reported = closing.all().any(|found| found.rule.id == drift.rule);
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
