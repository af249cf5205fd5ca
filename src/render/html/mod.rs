//! The report as one page that a browser shows without anything else.

mod banner;
mod catalogue;
mod drift;
mod exchange;
mod heat_map;
mod markup;
mod omitted;
pub mod page;
mod precedence;
mod search;
