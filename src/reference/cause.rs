//! Why a request is refused.

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    MalformedHttp,
    TooLarge,
    UnknownPath,
    WrongMethod,
    NoCredentials,
    MalformedCredentials,
    WrongCredentials,
    ExpiredCredentials,
    Forbidden,
    MediaType,
    Syntax,
    Missing,
    Type,
    Value,
    UnknownResource,
}
