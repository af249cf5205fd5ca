//! What a suite's meta-schema cannot say of one operation.

use std::collections::BTreeSet;

use super::contract;
use super::field;
use super::field::Site;
use super::mistakes::Mistakes;
use crate::catalog::document::closest_or_all;
use crate::catalog::suite::{Anchor, Body, Effect, Field, FieldType, Operation, Suite};
use crate::model::cause::Cause;
use crate::model::pointer::member;

/// Every mistake in one operation, which stands at `at`.
pub(crate) fn check(suite: &Suite, operation: &Operation, at: &str, mistakes: &mut Mistakes<'_>) {
    path(suite, operation, at, mistakes);
    methods(suite, operation, at, mistakes);
    effect(operation, at, mistakes);
    credential(suite, operation, at, mistakes);
    for (name, declared) in &operation.path_parameters {
        field::check(declared, Site::Path, &format!("{at}{}", member("/path_parameters", name)), mistakes);
    }
    for (name, declared) in &operation.query {
        field::check(declared, Site::Query, &format!("{at}{}", member("/query", name)), mistakes);
    }
    for (name, declared) in &operation.headers {
        let at = format!("{at}{}", member("/headers", name));
        if let Err(why) = suite.common_field(name, "errdrift") {
            mistakes.wrong(&at, why, "name a field that is a parameter of the operation alone, as `If-Match`");
        }
        field::check(declared, Site::Header, &at, mistakes);
    }
    if operation.query_required && operation.query.is_empty() {
        mistakes.wrong(
            format!("{at}/query_required"),
            "a query is required and none is declared",
            "declare its parameters under `query`",
        );
    }
    contract::substance(operation.statuses.as_ref(), &format!("{at}/statuses"), mistakes.document, &mut mistakes.wrong);
    if let Some(body) = &operation.body {
        content(body, &format!("{at}/body"), mistakes);
    }
    controlled_by(suite, operation, at, mistakes);
    existing(operation, at, mistakes);
    if operation.control.is_some() {
        control(operation, &format!("{at}/control"), mistakes);
    }
    let all_exist =
        !operation.path_parameters.is_empty() && operation.path_parameters.values().all(|declared| declared.exists);
    if !operation.reads() && !operation.may_create() && all_exist && !is_refused(operation) {
        mistakes.doubtful(
            format!("{at}/effect"),
            "the operation changes something, names only what exists, and nothing in it is sure to be refused",
            "few probes of it are safe: name a resource that does not exist, or give the body an anchor",
        );
    }
}

fn controlled_by(suite: &Suite, operation: &Operation, at: &str, mistakes: &mut Mistakes<'_>) {
    let Some(other) = &operation.controlled_by else { return };
    let at = format!("{at}/controlled_by");
    let controls: Vec<_> = suite.operation.iter().filter(|o| o.control.is_some()).map(|o| o.id.as_str()).collect();
    if operation.control.is_some() {
        mistakes.wrong(at, "the operation is its own control", "leave one of `control` and `controlled_by` out");
    } else if !controls.contains(&other.as_str()) {
        let help = closest_or_all(other, &controls).unwrap_or_else(|| "write `control = true` at one".to_owned());
        mistakes.wrong(at, format!("no operation `{other}` has a control"), help);
    }
}

/// Says that the path has no parameter of that name.
pub(super) fn no_parameter(operation: &Operation, name: &str, at: String, mistakes: &mut Mistakes<'_>) {
    let names: Vec<_> = operation.path_parameters.keys().map(String::as_str).collect();
    let help = closest_or_all(name, &names).unwrap_or_else(|| "leave it out".to_owned());
    mistakes.wrong(at, format!("the path has no parameter `{name}`"), help);
}

/// Ids of what exists: each parameter of the path has one, and no other.
fn existing(operation: &Operation, at: &str, mistakes: &mut Mistakes<'_>) {
    if !operation.known.is_empty() && !operation.reads() {
        mistakes.wrong(
            format!("{at}/known"),
            "a resource that exists is asked for by reads alone",
            "leave `known` out; what may be lost is `scratch`",
        );
    }
    if !operation.scratch.is_empty() && !operation.may_lose() {
        mistakes.wrong(
            format!("{at}/scratch"),
            "what may be lost is for operations that change or create something by a body, but not by PUT",
            "leave `scratch` out",
        );
    }
    for (word, ids) in [("known", &operation.known), ("scratch", &operation.scratch)] {
        let at = format!("{at}/{word}");
        for name in ids.keys().filter(|name| !operation.path_parameters.contains_key(*name)) {
            no_parameter(operation, name, member(&at, name), mistakes);
        }
        let unnamed = |(name, field): (&String, &Field)| !field.exists && !ids.contains_key(name);
        if !ids.is_empty() && operation.path_parameters.iter().any(unnamed) {
            mistakes.wrong(&at, "a parameter of the path has no id here", "name an id that exists for each");
        }
    }
}

/// Whether some part of each request can be wrong beyond doubt.
fn is_refused(operation: &Operation) -> bool {
    let by_body = |body: &Body| body.anchor.is_some() || body.members.values().any(|member| member.required);
    operation.refused.is_some() || operation.body.as_ref().is_some_and(by_body)
}

/// The path with its parameters' names left out: what tells one route from another.
pub(crate) fn route(path: &str) -> String {
    path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect::<Vec<_>>().join("/")
}

fn path(suite: &Suite, operation: &Operation, at: &str, mistakes: &mut Mistakes<'_>) {
    let parameters = format!("{at}/path_parameters");
    let (at, path) = (format!("{at}/path"), operation.path.as_str());
    let below = path.strip_prefix(suite.prefix.trim_end_matches('/'));
    if below.is_none_or(|rest| !rest.is_empty() && !rest.starts_with('/')) {
        mistakes.wrong(
            &at,
            format!("`{path}` lies outside the suite's prefix"),
            format!("begin it with `{}/`", suite.prefix.trim_end_matches('/')),
        );
    }
    let mut names = BTreeSet::new();
    for segment in path.split('/').filter(|segment| segment.contains(['{', '}'])) {
        let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).filter(|name| !name.is_empty());
        let Some(name) = name.filter(|name| !name.contains(['{', '}'])) else {
            mistakes.wrong(
                &at,
                format!("`{segment}` is no parameter"),
                "a parameter is a whole segment, as `/{thing_id}/`",
            );
            continue;
        };
        if !names.insert(name) {
            mistakes.wrong(&at, format!("the path has two parameters `{name}`"), "give each a name of its own");
        } else if !operation.path_parameters.contains_key(name) {
            let help = format!("declare it: `path_parameters.{name} = {{ type = \"string\", example = \"nosuch\" }}`");
            mistakes.wrong(&at, format!("the path parameter `{name}` is not declared"), help);
        }
    }
    for name in operation.path_parameters.keys().filter(|name| !names.contains(name.as_str())) {
        let help = closest_or_all(name, &names.iter().copied().collect::<Vec<_>>())
            .unwrap_or_else(|| "leave it out".to_owned());
        mistakes.wrong(member(&parameters, name), format!("the path has no parameter `{name}`"), help);
    }
}

fn credential(suite: &Suite, operation: &Operation, at: &str, mistakes: &mut Mistakes<'_>) {
    let names: Vec<_> = suite.credentials.keys().map(String::as_str).collect();
    let Some(name) = operation.credential.as_deref() else {
        if operation.privileged {
            mistakes.wrong(
                format!("{at}/privileged"),
                "an operation without a credential has no privileges",
                "write its `credential`",
            );
        }
        if operation.credentials_unsure.is_some() {
            mistakes.wrong(
                format!("{at}/credentials_unsure"),
                "an operation without a credential has none to probe",
                "leave it out",
            );
        }
        return;
    };
    match suite.credentials.get(name) {
        None => {
            let help =
                closest_or_all(name, &names).unwrap_or_else(|| format!("declare it under `[credentials.{name}]`"));
            mistakes.wrong(format!("{at}/credential"), format!("no credential is named `{name}`"), help);
        }
        Some(credential) if operation.privileged && credential.forbidden.is_none() => mistakes.doubtful(
            format!("{at}/privileged"),
            format!("`{name}` has no weaker credential, so that the privilege is not probed"),
            format!("write `forbidden` under `[credentials.{name}]`"),
        ),
        Some(_) => {}
    }
}

fn content(body: &Body, at: &str, mistakes: &mut Mistakes<'_>) {
    let site = if is_form(body) { Site::Part } else { Site::Json };
    for (name, declared) in &body.members {
        field::check(declared, site, &format!("{at}{}", member("/members", name)), mistakes);
    }
    if let Some(anchor) = &body.anchor {
        anchored(body, anchor, &format!("{at}/anchor"), mistakes);
    }
}

fn is_form(body: &Body) -> bool {
    body.media_type == "multipart/form-data"
}

/// An anchor that a server may take for right would let a probe change something.
fn anchored(body: &Body, anchor: &Anchor, at: &str, mistakes: &mut Mistakes<'_>) {
    let way = anchor.way();
    if is_form(body) && way.len() > 1 {
        mistakes.wrong(format!("{at}/member"), "a form has parts and no members below them", "name a part");
        return;
    }
    let Some(declared) = declared(body, &way) else {
        let names: Vec<_> = body.members.keys().map(String::as_str).collect();
        let help = closest_or_all(&anchor.member, &names).unwrap_or_else(|| "declare it under `members`".to_owned());
        mistakes.wrong(format!("{at}/member"), format!("the body has no member `{}`", anchor.member), help);
        return;
    };
    let text = anchor.value.as_str();
    if is_form(body) && text.is_none() {
        mistakes.wrong(format!("{at}/value"), "the value of a form part is its text", "write it in quotes");
        return;
    }
    let right = match (declared.kind, text) {
        (FieldType::Json, Some(text)) => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
        _ => field::misfit(declared, &anchor.value).is_none(),
    };
    if right && anchor.cause != Cause::MissingField {
        let message = format!("the value of the anchor is a right one for `{}`", anchor.member);
        mistakes.wrong(format!("{at}/value"), message, "write one that no correct server accepts");
    }
}

/// The declaration of the member at the end of the way: members by name, elements of an array by their index.
fn declared<'b>(body: &'b Body, way: &[String]) -> Option<&'b Field> {
    let (first, rest) = way.split_first()?;
    rest.iter().try_fold(body.members.get(first)?, |field, name| match field.kind {
        FieldType::Array => field.items.as_deref(),
        _ => field.members.get(name),
    })
}

/// What the suite says of the methods of the operation's path.
fn methods(suite: &Suite, operation: &Operation, at: &str, mistakes: &mut Mistakes<'_>) {
    let Some(methods) = &operation.methods else { return };
    for other in suite.on_path(&operation.path).filter(|other| !methods.contains(&other.method)) {
        let message = format!("`{}` is not among all methods of the path, and {} has it", other.method, other.id);
        mistakes.wrong(format!("{at}/methods"), message, "list every method that the path has");
    }
}

/// An effect that the method belies, and what cannot be probed for want of an anchor.
fn effect(operation: &Operation, at: &str, mistakes: &mut Mistakes<'_>) {
    if operation.effect == Effect::None && !operation.reads() {
        let message = format!("{} changes something by what it is (RFC 9110, section 9.3)", operation.method);
        mistakes.doubtful(format!("{at}/effect"), message, "it is treated as `changes`; write so");
    }
    let anchor = operation.body.as_ref().and_then(|body| body.anchor.as_ref());
    if operation.needs_anchor() && anchor.is_none() {
        mistakes.doubtful(
            format!("{at}/effect"),
            "the operation may create something, and no member of its body is named that is wrong beyond doubt",
            "most of its probes are withheld: write `documented = true` if its required members and its credential are, or `anchor` in its body, as anchor = { member = \"size\", value = \"no number\", cause = \"wrong-type\" }",
        );
    }
}

fn control(operation: &Operation, at: &str, mistakes: &mut Mistakes<'_>) {
    if !operation.reads() {
        mistakes.wrong(at, "a control is sent as it is, and this operation changes something", "leave `control` out");
    }
    if operation.refused.is_some() {
        mistakes.wrong(
            at,
            "a control must succeed, and this operation is refused",
            "leave one of `control` and `refused` out",
        );
    }
    for (name, declared) in &operation.path_parameters {
        if !declared.exists {
            let message = format!("a control must succeed, and `{name}` names what does not exist");
            mistakes.wrong(
                at,
                message,
                "leave `control` out, or write `exists = true` with an example that every deployment has",
            );
        }
    }
    if operation.query_required && !operation.query.values().any(|declared| declared.example.is_some()) {
        mistakes.wrong(at, "the control's query is required and none of its parameters has an example", "write one");
    }
    if let Some(body) = operation.body.as_ref().filter(|body| !body.optional)
        && !body.members.values().any(field::is_exemplified)
    {
        mistakes.wrong(at, "the control's body is required and none of its members has an example", "write one");
    }
}
