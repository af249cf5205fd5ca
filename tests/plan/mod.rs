//! The plan: enough probes, each one once, in a fixed order, and none that could do harm.

mod lenient;
mod lenient_body;
mod lenient_json;
mod one_fault;
mod safety;
mod secrets;
mod shape;
mod support;
mod words;
