//! What a rule, a fault, a cause or a product is, and what an operation or a code of a suite: from their tables and files.

use std::fmt::Write as _;
use std::sync::Arc;

use super::codes::written;
use super::count::count;
use crate::catalog::Api;
use crate::catalog::contract::{Entry, Promise, Strength};
use crate::catalog::document::nearest;
use crate::catalog::suite::Operation;
use crate::judge::delivery::PAGE_OF_ANOTHER_LAYER;
use crate::judge::origin::remedies;
use crate::model::cause::{CAUSES, Cause};
use crate::{fault, judge};

/// Explains a rule, a fault, a cause, a product that answers in a service's place, or an operation or a code of these suites.
///
/// # Errors
/// There is none of that name; says which is closest.
pub fn explain(what: &str, apis: &[Arc<Api>]) -> Result<String, String> {
    if let Some(rule) = judge::find(what) {
        let rows =
            [("what", rule.what), ("why it matters", rule.why), ("example", rule.example), ("source", rule.source)];
        let mut page = page(&format!("rule {} ({})", rule.id, rule.severity.word()), &rows);
        for (api, own) in apis.iter().filter_map(|api| Some((api, api.contract.file.severity.get(rule.id)?))) {
            let title = &api.contract.file.title;
            let _ = writeln!(page, "\n  {title} makes it one of severity {} — {}", own.severity.word(), own.source);
        }
        return Ok(if *rule == PAGE_OF_ANOTHER_LAYER { page + &products() } else { page });
    }
    if let Some(fault) = fault::find(what) {
        let rows = [
            ("what is sent", fault.what),
            ("example", fault.example),
            ("cause", fault.cause.word()),
            ("tier", fault.tier.word()),
            ("source", fault.source),
        ];
        return Ok(page(&format!("fault {}", fault.id), &rows));
    }
    if let Some((cause, word, meaning)) = CAUSES.iter().find(|(_, word, _)| *word == what) {
        return Ok(cause_page(*cause, word, meaning, apis));
    }
    if let Some((product, layer)) = remedies::products().iter().find(|(name, _)| name.eq_ignore_ascii_case(what)) {
        let remedy = remedies::of(product).unwrap_or("none is known");
        return Ok(page(&format!("product {product} ({})", layer.word()), &[("remedy", remedy)]));
    }
    let of_suites = apis.iter().flat_map(|api| {
        let operations = api.suite.operation.iter().filter(|operation| operation.id == what);
        operations.map(|operation| operation_page(api, operation)).chain(code_pages(api, what))
    });
    let pages: Vec<_> = of_suites.collect();
    if pages.is_empty() { Err(unknown(what, apis)) } else { Ok(pages.join("\n")) }
}

/// Everything that can be explained, a line each.
#[must_use]
pub fn everything(apis: &[Arc<Api>]) -> String {
    let rules: Vec<_> = judge::rules().map(|rule| [rule.id, rule.severity.word(), rule.what]).collect();
    let faults: Vec<_> = fault::faults().map(|fault| [fault.id, fault.tier.word(), fault.what]).collect();
    let causes: Vec<_> = CAUSES.iter().map(|(_, word, meaning)| [*word, "", *meaning]).collect();
    let products: Vec<_> = remedies::products().iter().map(|(name, layer)| [*name, layer.word(), ""]).collect();
    let mut text = String::new();
    for (title, rows) in [("rule", rules), ("fault", faults), ("cause", causes), ("product", products)] {
        list(&mut text, &count(rows.len(), title), &rows);
    }
    for api in apis {
        let operations: Vec<_> = api.suite.operation.iter().map(|o| [o.id.as_str(), &o.method, &o.path]).collect();
        list(&mut text, &format!("{} of {}", count(operations.len(), "operation"), api.suite.id), &operations);
        let catalogue = &api.contract.file.catalogue;
        let codes: Vec<_> = catalogue.iter().map(|entry| written(&entry.code)).collect();
        let rows: Vec<_> = codes.iter().zip(catalogue).map(|(code, entry)| [code.as_str(), "", &entry.name]).collect();
        list(&mut text, &format!("{} of {}", count(rows.len(), "code"), api.contract.file.id), &rows);
    }
    text
}

fn list(text: &mut String, title: &str, rows: &[[&str; 3]]) {
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    let gap = if text.is_empty() { "" } else { "\n" };
    let _ = writeln!(text, "{gap}{title}");
    for [name, word, what] in rows {
        let line = format!("  {name:first$}  {word:second$}  {what}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

fn operation_page(api: &Api, operation: &Operation) -> String {
    let line = format!("{} {}", operation.method, operation.path);
    let names = |names: Vec<&str>| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let parameters =
        names(operation.path_parameters.keys().chain(operation.query.keys()).map(String::as_str).collect());
    let members = operation.body.iter().flat_map(|body| body.members.keys()).map(String::as_str).collect();
    let (members, effect) = (names(members), operation.effect.word());
    let control = match (&operation.control, &operation.controlled_by, &operation.refused) {
        (Some(_), ..) => "its correct request is sent first, and must succeed".to_owned(),
        (None, Some(other), _) => format!("that of {other} stands for it"),
        (None, None, Some(refused)) => format!("none: its correct request is refused, since {}", refused.why),
        (None, None, None) => "none".to_owned(),
    };
    let rows = [
        ("request", line.as_str()),
        ("effect", effect),
        ("credential", operation.credential.as_deref().unwrap_or("none")),
        ("parameters", &parameters),
        ("members", &members),
        ("control", &control),
        ("source", operation.source.as_deref().unwrap_or("the suite does not say")),
    ];
    page(&format!("operation {} of {}", operation.id, api.suite.title), &rows)
}

fn code_pages(api: &Api, what: &str) -> Vec<String> {
    let of_code = api.contract.file.catalogue.iter().filter(|entry| written(&entry.code) == what);
    let one = |entry: &Entry| {
        let status = entry.status.as_ref().map(|status| line("status", status, ToString::to_string));
        let causes: Vec<_> = entry.causes.iter().map(|cause| cause.word()).collect();
        let (causes, message) = (causes.join(", "), entry.message.as_deref().map(|message| format!("«{message}»")));
        let rows = [
            ("name", Some(entry.name.as_str())),
            ("meaning", Some(entry.meaning.as_str())),
            ("message", message.as_deref()),
            ("promise", status.as_deref()),
            ("causes", Some(causes.as_str()).filter(|causes| !causes.is_empty())),
        ];
        let rows: Vec<_> = rows.into_iter().filter_map(|(name, text)| Some((name, text?))).collect();
        page(&format!("code {what} of {}", api.contract.file.title), &rows)
    };
    of_code.map(one).collect()
}

/// What makes each known product answer in the documented format.
fn products() -> String {
    let mut text = "\n  Known products, and what makes each answer in the documented format\n".to_owned();
    for (product, layer) in remedies::products() {
        let _ =
            writeln!(text, "    {product} ({}): {}", layer.word(), remedies::of(product).unwrap_or("none is known"));
    }
    text
}

fn unknown(what: &str, apis: &[Arc<Api>]) -> String {
    let rules = judge::rules().map(|rule| rule.id);
    let operations = apis.iter().flat_map(|api| &api.suite.operation).map(|operation| operation.id.as_str());
    let known: Vec<_> = rules
        .chain(fault::faults().map(|fault| fault.id))
        .chain(CAUSES.iter().map(|(_, word, _)| *word))
        .chain(operations)
        .collect();
    let closest = nearest(what, &known);
    format!("there is no `{what}`; did you mean `{closest}`? errdrift explain lists all that can be explained")
}

fn page(title: &str, rows: &[(&str, &str)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut page = format!("{title}\n\n");
    for (name, text) in rows {
        let _ = writeln!(page, "  {name:width$}  {text}");
    }
    page
}

fn cause_page(cause: Cause, word: &str, meaning: &str, apis: &[Arc<Api>]) -> String {
    let faults: Vec<_> = fault::faults().filter(|fault| fault.cause == cause).map(|fault| fault.id).collect();
    let faults = if faults.is_empty() { "none yet".to_owned() } else { faults.join(", ") };
    let mut page = page(&format!("cause {word}"), &[("what", meaning), ("faults", &faults)]);
    for api in apis {
        let _ = writeln!(page, "\n  {} promises", api.contract.file.title);
        for line in promises(api, cause) {
            let _ = writeln!(page, "    {line}");
        }
    }
    page
}

fn promises(api: &Api, cause: Cause) -> Vec<String> {
    let Some(promise) = api.contract.promise(cause) else { return vec!["nothing".to_owned()] };
    let mut lines = Vec::new();
    lines.extend(promise.code.as_ref().map(|promise| line("code", promise, ToString::to_string)));
    lines.extend(promise.class.as_ref().map(|promise| line("class", promise, ToString::to_string)));
    lines.extend(promise.status.as_ref().map(|promise| line("status", promise, ToString::to_string)));
    lines.extend(promise.message.as_ref().map(|promise| line("message", promise, |text| format!("«{text}»"))));
    lines.extend(promise.silent.as_ref().map(|why| format!("silent on the rest: {why}")));
    lines
}

fn line<T>(name: &str, promise: &Promise<T>, text: impl Fn(&T) -> String) -> String {
    let list = |values: &[T]| values.iter().map(&text).collect::<Vec<_>>().join(" or ");
    let values =
        if promise.any_of.is_empty() { format!("not {}", list(&promise.none_of)) } else { list(&promise.any_of) };
    let strength = match promise.strength {
        Strength::Must => "must be",
        Strength::Usually => "usually is",
        Strength::Silent => "may be",
    };
    let tolerated = if promise.tolerated.is_empty() {
        String::new()
    } else {
        format!(" (or {}: a warning)", list(&promise.tolerated))
    };
    format!("{name} {strength} {values}{tolerated} — {}", promise.source)
}
