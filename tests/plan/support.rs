//! The built-in suites and their plans.

use std::sync::{Arc, LazyLock};

use errdrift::catalog;
use errdrift::catalog::Api;
use errdrift::catalog::suite::Operation;
use errdrift::fault::Tier;
use errdrift::plan::{Plan, Probe, Selection};

/// Both built-in suites, and one that uses every constraint that a field can declare.
pub(crate) static APIS: LazyLock<Vec<Arc<Api>>> = LazyLock::new(|| {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/plan/constraints.toml");
    let own = catalog::load(file).unwrap_or_else(|problems| panic!("{problems}"));
    built_in().chain([Arc::new(own)]).collect()
});

pub(crate) fn built_in() -> impl Iterator<Item = Arc<Api>> {
    catalog::built_in_suites().map(|id| Arc::new(catalog::load(id).unwrap()))
}

/// Everything that can be selected.
pub(crate) fn everything() -> Selection {
    Selection { tiers: Tier::ALL.iter().map(|(tier, _)| *tier).collect(), ..Selection::default() }
}

pub(crate) static PLAN: LazyLock<Plan> = LazyLock::new(|| Plan::new(&APIS, &everything()));

pub(crate) fn operation(probe: &Probe) -> Option<&Operation> {
    probe.api.suite.operation.iter().find(|operation| operation.id == probe.operation)
}

/// The request line, the header fields with variables by name, and the body.
pub(crate) fn bytes(probe: &Probe) -> Vec<u8> {
    let request = &probe.request;
    let mut bytes = format!("{} {}\r\n", request.method, request.target).into_bytes();
    for (name, value) in &request.headers {
        bytes.extend([name.as_bytes(), b": ", &value.masked(), b"\r\n"].concat());
    }
    bytes.extend(b"\r\n");
    bytes.extend(request.body.iter().flatten());
    // No content is not empty content.
    bytes.push(u8::from(request.body.is_some()));
    bytes.extend(format!("{:?} {:?}", request.script, request.connection).into_bytes());
    bytes
}
