//! What leaves, byte for byte: every probe of both suites, and one request of each fault written down by hand.

mod body;
mod capture;
mod compared;
mod credentials;
mod declared;
mod forwarded;
mod head;
mod json;
mod lines;
mod member_text;
mod requests;
mod scripts;
mod well_formed;
mod written;
