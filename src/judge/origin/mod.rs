//! Who probably wrote a reply: the service, the framework below it, or a gateway before it, with the evidence.
//!
//! What carries a member of the contract is the service's, whoever else may have touched it. Else the tables of default
//! pages are asked, then the header fields by which a product shows that it wrote the reply itself, then what the target
//! says of a path outside the API.

pub mod pages;
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
    if let Some(page) = pages::page(&reply.body) {
        let evidence = format!("the body is a default page of {}", page.name).into();
        return Origin { layer: page.layer, product: Some(page.name), kind: Evidence::DefaultPage, evidence };
    }
    if let Some((mark, value)) = pages::mark(reply).filter(|_| json.is_none()) {
        let shown = settings.mask.field(mark.field, value.as_bytes());
        let value = shown.map_or(value, |shown| String::from_utf8_lossy(&shown).into_owned());
        let evidence = format!("the body is no JSON, and {}: {value}", mark.field).into();
        return Origin { layer: mark.layer, product: Some(mark.name), kind: Evidence::HeaderField, evidence };
    }
    if settings.outside.as_ref().is_some_and(|outside| outside.wrote(reply)) {
        let evidence = Cow::Borrowed("the target answers a path outside the API in the same form");
        return Origin { layer: Layer::Gateway, product: None, kind: Evidence::SameForm, evidence };
    }
    service(Evidence::Nothing, "nothing shows that another layer wrote it")
}
