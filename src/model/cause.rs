//! Why a request deserves an error.

use serde::{Deserialize, Serialize};

/// Why a request deserves an error. Contracts promise by cause, and every fault belongs to one.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The path exists, the method does not.
    WrongMethod,
    /// No credentials were sent.
    NoCredentials,
    /// Credentials were sent in a malformed form.
    MalformedCredentials,
    /// Well-formed credentials that nobody has.
    InvalidCredentials,
    /// Credentials that were right once.
    ExpiredCredentials,
    /// Right credentials without the right.
    Forbidden,
    /// A body that is not of the syntax, or not of the root type.
    MalformedBody,
    /// A required field is missing.
    MissingField,
    /// A field is of the wrong type.
    WrongType,
    /// A field is of the right type and outside its constraint.
    InvalidValue,
    /// The path is known, the resource it names does not exist.
    UnknownResource,
    /// The path is not known.
    UnknownPath,
    /// The body is of a media type or coding that the operation does not take.
    WrongMediaType,
    /// The reply's media type that is asked for cannot be given.
    NotAcceptable,
    /// The request is no HTTP, or its target is no URI.
    MalformedHttp,
    /// The request is larger than the target takes.
    TooLarge,
}

/// Each cause, with what it means and an example, in the order in which reports list them.
pub const CAUSES: &[(Cause, &str, &str)] = &[
    (
        Cause::WrongMethod,
        "wrong-method",
        "The path exists and the method does not: PUT where only GET and POST are documented.",
    ),
    (Cause::NoCredentials, "no-credentials", "The operation wants credentials and none were sent."),
    (
        Cause::MalformedCredentials,
        "malformed-credentials",
        "Credentials were sent, but not in the form that the document gives: another scheme, no Base64, no colon.",
    ),
    (
        Cause::InvalidCredentials,
        "invalid-credentials",
        "The credentials are well formed and nobody has them: a random token, an unknown login.",
    ),
    (Cause::ExpiredCredentials, "expired-credentials", "The credentials were right once and have expired."),
    (
        Cause::Forbidden,
        "forbidden",
        "The credentials are right and do not give the right to the operation, or the account is switched off.",
    ),
    (
        Cause::MalformedBody,
        "malformed-body",
        "The body does not parse, or its root is of another type than the operation takes.",
    ),
    (Cause::MissingField, "missing-field", "A required member, part or parameter is missing."),
    (Cause::WrongType, "wrong-type", "A field holds a value of another JSON type than the declared one."),
    (
        Cause::InvalidValue,
        "invalid-value",
        "A field is of the declared type and outside its constraint: no UUID, below the minimum, no member of the enumeration.",
    ),
    (Cause::UnknownResource, "unknown-resource", "The path is right and names a resource that does not exist."),
    (Cause::UnknownPath, "unknown-path", "No operation has the path."),
    (
        Cause::WrongMediaType,
        "wrong-media-type",
        "The body's media type or content coding is not one that the operation takes.",
    ),
    (
        Cause::NotAcceptable,
        "not-acceptable",
        "The request asks for a reply in a media type that the API does not have. The error stays in the documented format.",
    ),
    (
        Cause::MalformedHttp,
        "malformed-http",
        "The request breaks HTTP or the URI syntax itself, so that a gateway or the server below the application may answer.",
    ),
    (Cause::TooLarge, "too-large", "The request exceeds a limit of the service or of what stands before it."),
];

impl Cause {
    /// The kebab-case word of reports and the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        CAUSES.iter().find(|(cause, ..)| *cause == self).map_or("", |(_, word, _)| word)
    }

    /// Whether the request's credentials are what is wrong with it.
    #[must_use]
    pub fn is_about_credentials(self) -> bool {
        matches!(
            self,
            Self::NoCredentials
                | Self::MalformedCredentials
                | Self::InvalidCredentials
                | Self::ExpiredCredentials
                | Self::Forbidden
        )
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_a_cause_is_what_serde_reads() {
        for (cause, word, _) in CAUSES {
            assert_eq!(serde_json::to_value(cause).unwrap(), *word);
        }
    }
}
