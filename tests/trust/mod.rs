//! Why a green run means something and a red one is true: guards, comparisons, repetitions, and how a run ends.

mod browser;
mod circumstances;
mod ending;
mod ending_early;
mod front;
mod guards;
mod header_fields;
mod http2;
mod limits;
mod own_probes;
mod pauses;
mod repeats;
mod standards;
mod tails;
mod waiting;
