//! Secrets that a target sends back, in every form and place: no output holds one, however it is decoded; and where a report
//! says to send one, it does not go.

mod away;
mod decoded;
mod echo;
mod everywhere;
mod forms;
mod inside;
mod words;
