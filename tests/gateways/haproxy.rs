//! The gateway `HAProxy`.

use super::support::{Gateway, installed, is_told_apart};
use errdrift::reference::Api;

fn configuration(_: &std::path::Path, port: u16, upstream: &str) -> String {
    format!(
        "global
    maxconn 200
defaults
    mode http
    timeout connect 5s
    timeout client 10s
    timeout server 10s
frontend front
    bind 127.0.0.1:{port}
    default_backend back
backend back
    server service {upstream}
"
    )
}

#[test]
fn haproxy_before_a_conforming_service_is_told_from_it() {
    let Some(program) = installed("haproxy") else { return };
    for api in Api::ALL {
        let gateway = Gateway::start(&program, &["-db", "-f"], api, configuration);
        is_told_apart(&gateway.report(), "HAProxy", &[400]);
    }
}
