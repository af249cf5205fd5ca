//! What a rule, a fault or a cause is, from their tables and from the built-in contracts.

use std::fmt::Write as _;

use crate::catalog::Api;
use crate::catalog::contract::{Promise, Strength};
use crate::catalog::document::nearest;
use crate::judge::delivery::PAGE_OF_ANOTHER_LAYER;
use crate::judge::origin::remedies;
use crate::model::cause::{CAUSES, Cause};
use crate::{catalog, fault, judge};

/// Explains a rule, a fault, a cause or a product that answers in a service's place.
///
/// # Errors
/// There is none of that name; says which is closest.
pub fn explain(what: &str) -> Result<String, String> {
    if let Some(rule) = judge::find(what) {
        let rows =
            [("what", rule.what), ("why it matters", rule.why), ("example", rule.example), ("source", rule.source)];
        let page = page(&format!("rule {} ({})", rule.id, rule.severity.word()), &rows);
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
        return Ok(cause_page(*cause, word, meaning));
    }
    if let Some((product, layer)) = remedies::products().iter().find(|(name, _)| name.eq_ignore_ascii_case(what)) {
        let remedy = remedies::of(product).unwrap_or("none is known");
        return Ok(page(&format!("product {product} ({})", layer.word()), &[("remedy", remedy)]));
    }
    Err(unknown(what))
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

fn unknown(what: &str) -> String {
    let rules = judge::rules().map(|rule| rule.id);
    let known: Vec<_> =
        rules.chain(fault::faults().map(|fault| fault.id)).chain(CAUSES.iter().map(|(_, word, _)| *word)).collect();
    format!("no rule, fault or cause `{what}`; did you mean `{}`?", nearest(what, &known))
}

fn page(title: &str, rows: &[(&str, &str)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut page = format!("{title}\n\n");
    for (name, text) in rows {
        let _ = writeln!(page, "  {name:width$}  {text}");
    }
    page
}

fn cause_page(cause: Cause, word: &str, meaning: &str) -> String {
    let faults: Vec<_> = fault::faults().filter(|fault| fault.cause == cause).map(|fault| fault.id).collect();
    let faults = if faults.is_empty() { "none yet".to_owned() } else { faults.join(", ") };
    let mut page = page(&format!("cause {word}"), &[("what", meaning), ("faults", &faults)]);
    for name in catalog::built_in_suites() {
        if let Ok(api) = catalog::load(name) {
            let _ = writeln!(page, "\n  {} promises", api.contract.file.title);
            for line in promises(&api, cause) {
                let _ = writeln!(page, "    {line}");
            }
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
