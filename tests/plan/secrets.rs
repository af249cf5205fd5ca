//! Where credentials go: whole or cut, to the API alone, and never a real login with a wrong password.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::support::{PLAN, everything, operation};
use errdrift::catalog::suite::{Credential, Scheme, Secret};
use errdrift::plan::{Plan, Probe};

/// The values of the header field that may hold variables, written down from the suite's own words.
fn allowed(credential: &Credential) -> BTreeSet<String> {
    let token = |secret: &Secret| secret.token.clone().unwrap_or_default();
    let secrets = [Some(&credential.valid), credential.expired.as_ref(), credential.forbidden.as_ref()];
    let whole = secrets.into_iter().flatten().map(|secret| match credential.scheme {
        Scheme::Token => token(secret),
        Scheme::Bearer => format!("Bearer {}", token(secret)),
        Scheme::Basic => {
            let part = |text: &Option<String>| text.clone().unwrap_or_default();
            format!("Basic base64({}:{})", part(&secret.login), part(&secret.password))
        }
    });
    let mut allowed: BTreeSet<_> = whole.collect();
    // A token may leave cut by a character. A pair may not: that is a real login with a wrong password.
    let cut = token(&credential.valid).replace('}', "%?}");
    match credential.scheme {
        Scheme::Token => drop(allowed.insert(cut)),
        Scheme::Bearer => drop(allowed.insert(format!("Bearer {cut}"))),
        Scheme::Basic => {}
    }
    allowed
}

#[test]
fn a_secret_leaves_whole_or_as_a_token_that_is_cut_and_in_its_own_field_only() {
    let mut with_secrets = 0;
    for probe in &PLAN.probes {
        let credentials = &probe.api.suite.credentials;
        let allowed: BTreeSet<_> = credentials.values().flat_map(allowed).collect();
        for (name, value) in &probe.request.headers {
            if value.variables().is_empty() {
                continue;
            }
            with_secrets += 1;
            let masked = String::from_utf8(value.masked()).unwrap();
            assert!(allowed.contains(&masked), "{}: {name}: {masked}", probe.id);
            let own = credentials.values().any(|credential| {
                let field = credential.header.as_deref().unwrap_or("authorization");
                field.eq_ignore_ascii_case(name)
            });
            assert!(own, "{}: {name}", probe.id);
        }
        // Only header fields are resolved: a variable elsewhere would leave by its name.
        assert!(!probe.request.target.contains("${"), "{}", probe.id);
        let body = String::from_utf8_lossy(probe.request.body.as_deref().unwrap_or_default()).into_owned();
        assert!(!body.contains("${"), "{}", probe.id);
    }
    assert!(with_secrets > 1_000, "{with_secrets}");
}

#[test]
fn no_real_login_is_sent_with_an_invented_password() {
    for probe in &PLAN.probes {
        for (_, value) in &probe.request.headers {
            let variables = value.variables();
            let logins = variables.iter().filter(|name| name.ends_with("LOGIN")).count();
            let passwords = variables.iter().filter(|name| name.ends_with("PASSWORD")).count();
            assert_eq!(logins, passwords, "{}", probe.id);
        }
    }
}

#[test]
fn no_credential_leaves_the_apis_own_paths() {
    for probe in &PLAN.probes {
        let prefix = format!("{}/", probe.api.suite.prefix.trim_end_matches('/'));
        if !probe.request.target.starts_with(&prefix) {
            assert!(probe.request.variables().is_empty(), "{}", probe.id);
        }
    }
    for control in &PLAN.controls {
        assert!(control.request.target.starts_with(&control.api.suite.prefix), "{}", control.operation);
    }
}

/// A suite may write its credential as it is, in the place of a variable.
#[test]
fn what_is_sent_without_a_credential_carries_none_however_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("literal.toml");
    let suite = include_str!("../../suites/oz-api.toml").replace("${OZ_TOKEN}", "the-token-itself");
    std::fs::write(&file, suite).unwrap();
    let api = Arc::new(errdrift::catalog::load(file.to_str().unwrap()).unwrap());
    let plan = Plan::new(&[api], &everything());
    let parts = |probe: &Probe| format!("{:?}", probe.request.script.as_ref().unwrap().parts);
    let token = format!("{:?}", errdrift::model::secret::Template::literal("the-token-itself"));
    let mut seen = 0;
    for probe in plan.probes.iter().filter(|probe| probe.request.script.is_some()) {
        let count = parts(probe).matches(&token).count();
        match probe.fault.id {
            "accept-absent" | "plain-http-on-tls-port" => assert_eq!(count, 0, "{}", probe.id),
            // The good request after it has its own.
            "request-after-refusal" => assert_eq!(count, 1, "{}", probe.id),
            _ => continue,
        }
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
}

/// "A client MUST NOT generate fields in a TRACE request containing sensitive data" (RFC 9110, section 9.3.8).
#[test]
fn a_trace_carries_no_credential() {
    let traces: Vec<_> = PLAN.probes.iter().filter(|probe| probe.request.method == "TRACE").collect();
    assert!(!traces.is_empty());
    for probe in traces {
        assert!(probe.request.variables().is_empty(), "{}", probe.id);
        assert!(probe.request.body.is_none(), "{}: TRACE has no content", probe.id);
    }
}

#[test]
fn credentials_are_not_probed_where_it_is_unsure_that_they_are_needed() {
    for probe in &PLAN.probes {
        if operation(probe).is_some_and(|operation| operation.credentials_unsure.is_some()) {
            assert!(!probe.fault.id.starts_with("credentials-"), "{}", probe.id);
        }
    }
}
