//! A run in ten lines: `cargo run --example ten_lines -- oz-api https://staging.example.com`. Without arguments it runs against
//! the embedded deployment, which drifts in one way.
#![expect(clippy::print_stdout, reason = "an example")]

use errdrift::{Embedded, Run, Suite};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let embedded = Embedded::drifting("oz-api", "code-as-string")?;
    let (suite, target, variables) = match arguments.as_slice() {
        [suite, target] => (suite.as_str(), target.as_str(), std::env::vars().collect()),
        _ => ("oz-api", embedded.url(), embedded.variables()),
    };
    let report = Run::new([Suite::load(suite)?], target)?.variables(variables).run()?;
    for drift in report.drifts() {
        println!("{} {}", drift.rule.id, drift.signature);
    }
    println!("{} drifts, exit code {}", report.drifts().count(), report.exit_code());
    Ok(())
}
