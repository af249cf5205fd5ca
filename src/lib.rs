//! errdrift tests whether the error replies of an API conform to their documented format: it sends requests that must be
//! refused, and holds every reply against a contract.
//!
//! ```no_run
//! use errdrift::{Format, Run, Suite};
//!
//! let suite = Suite::load("oz-api")?; // or a path
//! let report = Run::new([suite], "https://staging.example.com")?.variables(std::env::vars()).run()?;
//! for drift in report.drifts() {
//!     println!("{} {}", drift.rule.id, drift.signature);
//! }
//! std::fs::write("report.html", report.render(Format::named("html")?))?;
//! std::process::exit(report.exit_code().into());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is named here is the face of the crate, and kept as semantic versioning has it; structs of it may gain fields. The
//! features `cli` (default) and `harness` are for the command and for one trial a probe; a library user does without both.
//!
//! The modules are the rooms of the house (`docs/architecture.md`). The command and the tests are built on them; they may change
//! with every version, and are hidden for that.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test may fail loudly"))]

#[doc(hidden)]
pub mod catalog;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod fault;
#[doc(hidden)]
pub mod judge;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod plan;
#[doc(hidden)]
pub mod policy;
#[doc(hidden)]
pub mod reference;
#[doc(hidden)]
pub mod render;
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod run;
#[doc(hidden)]
pub mod wire;

pub use catalog::contract::Contract;
pub use catalog::document::{Problem, Problems};
pub use fault::{Fault, Tier, faults};
pub use judge::finding::Finding;
pub use judge::rule::Rule;
pub use judge::rules;
pub use model::cause::Cause;
pub use model::layer::Layer;
pub use model::place::Place;
pub use model::verdict::{Severity, Verdict};
pub use render::format::{FORMATS, Format};
pub use report::{Closing, Coverage, Drift, MayHaveChanged, NotExercised, Opening, ProbeResult, Reason, Report};
pub use run::embedded::Running as Embedded;
pub use run::error::Error;
pub use run::library::{Run, Suite};
