//! The judge against replies made by hand: every rule, every reading of the two documents, and silence where a reply is
//! what the document promises.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod judging {
    mod conforming;
    mod escrow_box;
    mod oz_api;
    mod promised;
    mod rules;
    mod strength;
    mod support;
}
