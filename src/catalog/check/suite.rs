//! What a suite's meta-schema cannot say of the suite as a whole and of its credentials.

use std::collections::BTreeMap;

use super::mistakes::{Mistakes, pattern};
use super::{operation, own};
use crate::catalog::document::{Document, Problem, closest_or_all};
use crate::catalog::suite::{Credential, Scheme, Secret, Suite};
use crate::model::pointer::member;
use crate::model::secret::Template;

/// Every mistake, and what only deserves a look.
pub(crate) fn check(suite: &Suite, document: &Document) -> (Vec<Problem>, Vec<Problem>) {
    let mut mistakes = Mistakes { document, wrong: Vec::new(), doubtful: Vec::new() };
    for (name, credential) in &suite.credentials {
        mistakes.credential(&member("/credentials", name), credential);
    }
    for (name, value) in &suite.request.headers {
        if let Err(why) = suite.common_field(name, value) {
            mistakes.wrong(
                member("/request/headers", name),
                why,
                "name a field of the gateway or the tenant, as `X-Tenant`",
            );
        }
    }
    declarations(suite, &mut mistakes);
    named(suite, &mut mistakes);
    own::check(suite, &mut mistakes);
    let mut ids = BTreeMap::new();
    let mut routes = BTreeMap::new();
    for (index, op) in suite.operation.iter().enumerate() {
        let at = format!("/operation/{index}");
        if let Some(first) = ids.insert(op.id.as_str(), index) {
            let line = mistakes.line_of(first);
            mistakes.wrong(
                format!("{at}/id"),
                format!("the operation `{}` stands already{line}", op.id),
                "give each a name of its own",
            );
        }
        if let Some(first) = routes.insert((op.method.as_str(), operation::route(&op.path)), index) {
            let (line, other) = (mistakes.line_of(first), &suite.operation[first].id);
            let message = format!("`{other}` has this method and path already{line}");
            mistakes.wrong(format!("{at}/path"), message, "leave one of the two out");
        }
        operation::check(suite, op, &at, &mut mistakes);
    }
    (mistakes.wrong, mistakes.doubtful)
}

/// What the suite says of its deployment.
fn declarations(suite: &Suite, mistakes: &mut Mistakes<'_>) {
    let patterns = suite.production.iter().enumerate().map(|(index, text)| (format!("/production/{index}"), text));
    let identity = suite.identity.iter().map(|identity| ("/identity/matches".to_owned(), &identity.matches));
    for (at, text) in patterns.chain(identity) {
        if let Err(why) = pattern(text) {
            mistakes.wrong(at, why, "write it as `^staging\\.`");
        }
    }
}

/// Operations that are named and do not exist.
fn named(suite: &Suite, mistakes: &mut Mistakes<'_>) {
    let operations: Vec<_> = suite.operation.iter().map(|operation| operation.id.as_str()).collect();
    let skipped = suite.skip.iter().enumerate();
    let skipped =
        skipped.filter_map(|(index, skip)| Some((format!("/skip/{index}/operation"), skip.operation.as_ref()?)));
    let called = suite.browser.iter().flat_map(|browser| browser.operations.iter().enumerate());
    let called = called.map(|(index, name)| (format!("/browser/operations/{index}"), name));
    let own = suite.probe.iter().enumerate();
    let own = own.map(|(index, own)| (format!("/probe/{index}/operation"), &own.operation));
    for (at, name) in skipped.chain(called).chain(own).filter(|(_, name)| !operations.contains(&name.as_str())) {
        let help = closest_or_all(name, &operations).unwrap_or_default();
        mistakes.wrong(at, format!("no operation `{name}`"), help);
    }
}

impl Mistakes<'_> {
    fn credential(&mut self, at: &str, credential: &Credential) {
        match (credential.scheme, &credential.header) {
            (Scheme::Token, None) => {
                self.wrong(
                    at,
                    "the scheme `token` needs `header`",
                    "write the header field that carries it, as `header = \"X-Access-Token\"`",
                );
            }
            (Scheme::Basic | Scheme::Bearer, _) if !credential.prefix.is_empty() => {
                self.wrong(
                    format!("{at}/prefix"),
                    "only the scheme `token` has something of its own before the token",
                    "leave it out: this scheme has its name there",
                );
            }
            (Scheme::Basic | Scheme::Bearer, Some(_)) => {
                self.wrong(
                    format!("{at}/header"),
                    "only the scheme `token` has a header field of its own",
                    "leave it out: this scheme uses Authorization",
                );
            }
            _ => {}
        }
        let secrets = [
            ("valid", Some(&credential.valid)),
            ("unknown", Some(&credential.unknown)),
            ("expired", credential.expired.as_ref()),
            ("forbidden", credential.forbidden.as_ref()),
        ];
        for (name, secret) in secrets {
            if let Some(secret) = secret {
                self.secret(&member(at, name), credential.scheme, secret, name == "unknown");
            }
        }
    }

    fn secret(&mut self, at: &str, scheme: Scheme, secret: &Secret, invented: bool) {
        let wanted: &[&str] = if scheme == Scheme::Basic { &["login", "password"] } else { &["token"] };
        let mut variables = 0;
        for (name, text) in [("token", &secret.token), ("login", &secret.login), ("password", &secret.password)] {
            let at = member(at, name);
            let Some(text) = text else {
                if wanted.contains(&name) {
                    self.wrong(
                        at,
                        format!("`{name}` is missing"),
                        format!("this scheme takes `{}`", wanted.join("` and `")),
                    );
                }
                continue;
            };
            if !wanted.contains(&name) {
                self.wrong(
                    &at,
                    format!("`{name}` is not of this scheme"),
                    format!("it takes `{}`", wanted.join("` and `")),
                );
            }
            match Template::parse(text) {
                Ok(template) => variables += template.variables().len(),
                Err(message) => self.wrong(at, message, "write it as `${MY_TOKEN}`"),
            }
        }
        if invented && variables > 0 {
            self.wrong(
                at,
                "a credential that nobody has cannot come from the environment",
                "write an invented one out",
            );
        }
        if !invented && variables == 0 {
            self.doubtful(
                at,
                "the credential is written out, and what is written out is not masked in reports",
                "write it as `${MY_TOKEN}`",
            );
        }
    }
}
