//! The faults that stand for themselves: each is one mistake, sent as it is.

use super::row::Fault;
use super::{
    body, credentials, header_parameter, http_framing, http_head, json_syntax, limit, media_type, member_text, method,
    multipart, own, path, query, value,
};

/// Every such fault, in the order in which an operation's probes are planned.
pub(super) fn faults() -> impl Iterator<Item = &'static Fault> {
    [
        method::FAULTS,
        credentials::FAULTS,
        path::FAULTS,
        query::FAULTS,
        header_parameter::FAULTS,
        json_syntax::FAULTS,
        body::FAULTS,
        value::FAULTS,
        member_text::FAULTS,
        media_type::FAULTS,
        multipart::FAULTS,
        http_head::FAULTS,
        http_framing::FAULTS,
        limit::FAULTS,
        own::FAULTS,
    ]
    .into_iter()
    .flatten()
}

/// The fault of that id among them.
pub(super) fn find(id: &str) -> Option<&'static Fault> {
    faults().find(|fault| fault.id == id)
}
