//! A deployment held to its contract by somebody's own `cargo test`: copy the test into `tests/`, and say where the deployment is.
//!
//! `cargo test --example own_test` runs it against the embedded deployment, which conforms.

fn main() {}

#[cfg(test)]
mod tests {
    use errdrift::{Embedded, Run, Severity, Suite};

    #[test]
    fn our_errors_are_those_of_the_contract() -> Result<(), Box<dyn std::error::Error>> {
        // A deployment that your test starts, or that a variable names: std::env::var("STAGING")?.
        let deployment = Embedded::conforming("escrow-box")?;
        let suite = Suite::load("escrow-box")?; // or "suites/ours.toml"
        let report = Run::new([suite], deployment.url())?.variables(deployment.variables()).run()?;
        // 3 is a run that could not be judged: that is no pass either.
        assert_eq!(report.exit_code(), 0, "{}", report.summary());
        assert!(report.drifts().all(|drift| drift.severity < Severity::Warning), "{}", report.summary());
        Ok(())
    }
}
