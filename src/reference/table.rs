//! Every drift of both APIs.

use super::api::Api;
use super::drift::Drift;
use super::{
    escrow_answer_drifts, escrow_body_drifts, escrow_reply_drifts, oz_answer_drifts, oz_body_drifts, oz_reply_drifts,
};

/// Every drift of both APIs.
pub fn drifts() -> impl Iterator<Item = &'static Drift> {
    [
        oz_reply_drifts::TABLE,
        oz_body_drifts::TABLE,
        oz_answer_drifts::TABLE,
        escrow_reply_drifts::TABLE,
        escrow_body_drifts::TABLE,
        escrow_answer_drifts::TABLE,
    ]
    .into_iter()
    .flatten()
}

/// The drift of that name.
#[must_use]
pub fn drift(api: Api, name: &str) -> Option<&'static Drift> {
    drifts().find(|drift| drift.api == api && drift.name == name)
}
