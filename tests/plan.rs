//! The plan: enough probes, each one once, in a fixed order, and none that could do harm.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod plan {
    mod lenient;
    mod lenient_body;
    mod lenient_json;
    mod one_fault;
    mod safety;
    mod secrets;
    mod shape;
    mod support;
}
