//! What the families of rules write their replies with.

pub(crate) use std::time::Duration;

pub(crate) use serde_json::json;

pub(crate) use super::support::{NGINX, escrow, oz, probe, reply, text, typed, with};
pub(crate) use crate::model::exchange::{Defect, Ending, Flaw, Outcome, Reply, Silence};

pub(crate) const OFFSET: &str = "oz-api/folders.list/query-negative/offset";
pub(crate) const METHOD: &str = "oz-api/version/method-unsupported/PATCH";
pub(crate) const NO_TOKEN: &str = "oz-api/users.list/credentials-absent";
pub(crate) const UNKNOWN: &str = "oz-api/folders.get/path-unknown-id";
pub(crate) const DEAL: &str = "escrow-box/deals.get/path-unknown-id";
pub(crate) const CITIES: &str = "escrow-box/handlers.cities/credentials-absent";
pub(crate) const CITIES_PREFLIGHT: &str = "escrow-box/handlers.cities/preflight";
pub(crate) const NEW_DEAL: &str = "escrow-box/deals.create/credentials-absent";

/// A finding as `severity rule at`, the probe, and what came.
pub(crate) type Row = (&'static str, &'static str, Outcome);

pub(crate) fn message(text: &str) -> Outcome {
    Outcome::Reply(reply(400, &json!({"error_code": 4, "error_message": text})))
}

pub(crate) fn ended(ending: Ending) -> Outcome {
    Outcome::Reply(Reply { ending, ..oz(400, 4) })
}

pub(crate) fn flawed(kind: Flaw) -> Outcome {
    Outcome::Reply(Reply { defects: vec![Defect { kind, what: "it".into() }], ..oz(400, 4) })
}

/// With what came for the good request after the probe's own.
pub(crate) fn followed(next: Outcome) -> Outcome {
    Outcome::Reply(Reply { next: Some(Box::new(next)), ..oz(400, 4) })
}

pub(crate) fn typed_as(media_type: &str) -> Outcome {
    Outcome::Reply(typed(400, media_type, oz(400, 4).body))
}

/// An error of Oz API without a field that its status owes.
pub(crate) fn bare(status: u16, code: i64) -> Outcome {
    Outcome::Reply(oz(status, code))
}

pub(crate) fn untyped(reply: Reply) -> Outcome {
    Outcome::Reply(Reply { headers: Vec::new(), ..reply })
}

/// The code as it is written in the body.
pub(crate) fn code(text: &str) -> Outcome {
    Outcome::Reply(self::text(400, format!("{{\"error_code\":{text},\"error_message\":\"an error\"}}")))
}

pub(crate) fn around(before: &[u8], after: &[u8]) -> Outcome {
    Outcome::Reply(text(400, [before, &oz(400, 4).body, after].concat()))
}

pub(crate) fn token() -> String {
    let pairs = crate::reference::environment(crate::reference::Api::OzApi);
    pairs.iter().find(|(name, _)| *name == "OZ_TOKEN").map(|(_, value)| (*value).to_owned()).unwrap()
}
