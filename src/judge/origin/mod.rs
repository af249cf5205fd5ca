//! Who probably wrote a reply: the service, the framework below it, or a gateway before it, with the evidence.
//!
//! What carries a member of the contract is the service's, whoever else may have touched it. Else the header fields are
//! asked that a product has only on what it writes itself, then the tables of default pages and documents, then, of a body
//! that no API writes, the fields that it has on everything, then what the target says of a path outside the API.

pub mod documents;
pub mod marks;
pub mod pages;
pub mod remedies;
pub mod unrelated_path;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::settings::Settings;
use crate::model::exchange::Reply;
use crate::model::layer::Layer;

/// What may show who wrote a reply.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The body is the contract's.
    Contract,
    /// It is a default page of a product.
    DefaultPage,
    /// A product names itself in a header field.
    HeaderField,
    /// The target answers a path outside the API in the same form.
    SameForm,
    /// Nothing shows that another layer than the service wrote it.
    Nothing,
}

/// Who probably wrote a reply, and what shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Origin {
    /// The layer.
    pub layer: Layer,
    /// The product, where it is known.
    pub product: Option<&'static str>,
    /// What kind of evidence shows it.
    pub kind: Evidence,
    /// What shows it, in words.
    pub evidence: Cow<'static, str>,
}

/// Who probably wrote the reply. `json` is its body, as far as it is JSON; `envelope`: whether that is the contract's own.
#[must_use]
pub fn of(reply: &Reply, json: Option<&Value>, envelope: bool, settings: &Settings) -> Origin {
    let service =
        |kind, evidence| Origin { layer: Layer::Service, product: None, kind, evidence: Cow::Borrowed(evidence) };
    if envelope {
        return service(Evidence::Contract, "the body is the contract's");
    }
    if let Some((mark, value)) = marks::own(reply) {
        return marked(mark, &value, "", settings);
    }
    if let Some((layer, name)) = default_of(reply, json) {
        let evidence = format!("the body is a default page of {name}").into();
        return Origin { layer, product: Some(name), kind: Evidence::DefaultPage, evidence };
    }
    if let Some((mark, value)) = marks::mark(reply).filter(|_| json.is_none()) {
        return marked(mark, &value, "the body is no JSON, and ", settings);
    }
    if let Some(name) = marks::bare(reply) {
        let evidence =
            Cow::Borrowed("no service was asked: the reply has no body, no Date and nothing else of its own");
        return Origin { layer: Layer::Framework, product: Some(name), kind: Evidence::DefaultPage, evidence };
    }
    if settings.outside.as_ref().is_some_and(|outside| outside.wrote(reply)) {
        let evidence = Cow::Borrowed("the target answers a path outside the API in the same form");
        return Origin { layer: Layer::Gateway, product: None, kind: Evidence::SameForm, evidence };
    }
    service(Evidence::Nothing, "nothing shows that another layer wrote it")
}

/// Who writes such a body by default. What stands within a document is its writer's, whatever page it quotes.
fn default_of(reply: &Reply, json: Option<&Value>) -> Option<(Layer, &'static str)> {
    match json.filter(|json| json.is_object() || json.is_array()) {
        Some(json) => documents::document(json).map(|document| (document.layer, document.name)),
        None => pages::page(&reply.body).map(|page| (page.layer, page.name)),
    }
}

fn marked(mark: &marks::Mark, value: &str, why: &str, settings: &Settings) -> Origin {
    let shown = settings.mask.field(mark.field, value.as_bytes());
    let value = shown.map_or_else(|| value.to_owned(), |shown| String::from_utf8_lossy(&shown).into_owned());
    let evidence = format!("{why}{}: {value}", mark.field).into();
    Origin { layer: mark.layer, product: Some(mark.name), kind: Evidence::HeaderField, evidence }
}
