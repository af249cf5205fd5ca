//! Secrets that a target sends back, in every form and place: no output holds one, however it is decoded; and where a report
//! says to send one, it does not go.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

#[path = "secrets/away.rs"]
mod away;
#[path = "secrets/decoded.rs"]
mod decoded;
#[path = "secrets/echo.rs"]
mod echo;
#[path = "secrets/everywhere.rs"]
mod everywhere;
#[path = "secrets/forms.rs"]
mod forms;
#[path = "secrets/inside.rs"]
mod inside;
#[path = "secrets/words.rs"]
mod words;
