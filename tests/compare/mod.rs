//! Two targets held against each other by the binary: what differs is found and weighed, and nothing else is.

mod differences;
mod front;
mod sides;
