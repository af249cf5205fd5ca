//! What the judge says of replies made by hand.

mod conforming;
mod escrow_box;
mod lists;
mod owed;
mod oz_api;
pub(super) mod prelude;
mod promised;
mod replies;
mod rules;
mod strength;
mod support;
mod text;
