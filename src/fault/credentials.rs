//! Faults of the credentials. None of them sends a real login with a wrong password: that may lock an account.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::acceptance::Acceptance::{Guarded, Never};
use super::draft;
use super::draft::{Draft, Subject, Variant, carried, pair};
use super::row::{Fault, fault};
use crate::catalog::suite::{Credential, Effect, Operation, Scheme};
use crate::model::cause::Cause;
use crate::model::secret::Template;

/// The table of this family.
pub static FAULTS: &[Fault] = &[
    fault!(
        "credentials-absent",
        NoCredentials,
        "The request without the header field that carries the credential.",
        "GET /api/folders/ without X-Forensic-Access-Token",
        "RFC 9110, section 11.6.2",
        absent
    ),
    fault!(
        "credentials-empty",
        NoCredentials,
        "The header field is there and empty.",
        "Authorization:",
        "RFC 9110, section 11.4",
        empty
    ),
    fault!(
        "credentials-unknown",
        InvalidCredentials,
        "A well-formed credential that nobody has.",
        "Authorization: Basic OTk5OTk5OTk5Ondyb25n",
        "RFC 9110, section 15.5.2",
        unknown
    ),
    fault!(
        "credentials-garbage",
        InvalidCredentials,
        "A token that is no token of the documented form.",
        "X-Forensic-Access-Token: errdrift",
        "the document's code for a token that does not exist",
        garbage
    ),
    fault!(
        "credentials-truncated",
        InvalidCredentials,
        "The right token without its last character; for Basic, an invented pair whose Base64 is cut.",
        "X-Forensic-Access-Token: ${OZ_TOKEN%?}",
        "RFC 9110, section 15.5.2",
        truncated
    ),
    fault!(
        "credentials-wrong-scheme",
        MalformedCredentials,
        "An invented credential under a scheme that the API does not have.",
        "Authorization: Bearer errdrift",
        "RFC 9110, section 11.1",
        wrong_scheme
    ),
    fault!(
        "credentials-bare-scheme",
        MalformedCredentials,
        "The scheme without a credential.",
        "Authorization: Basic",
        "RFC 7617, section 2",
        bare_scheme
    ),
    fault!(
        "credentials-not-base64",
        MalformedCredentials,
        "The scheme Basic with what is no Base64.",
        "Authorization: Basic !!!",
        "RFC 7617, section 2",
        not_base64
    ),
    fault!(
        "credentials-no-colon",
        MalformedCredentials,
        "The scheme Basic with Base64 of a text without a colon.",
        "Authorization: Basic ZXJyZHJpZnQ=",
        "RFC 7617, section 2",
        no_colon
    ),
    fault!(
        "credentials-unencoded",
        MalformedCredentials,
        "The scheme Basic with an invented pair in clear.",
        "Authorization: Basic 999999999:wrong",
        "RFC 7617, section 2",
        unencoded
    ),
    fault!(
        "credentials-in-query",
        NoCredentials,
        "An invented credential in the query, none in the header.",
        "GET /api/folders/?X-Forensic-Access-Token=0f3a…",
        "the document names the header field",
        in_query
    ),
    fault!(
        "credentials-twice",
        InvalidCredentials,
        "The header field twice, with two wrong credentials.",
        "Authorization: Basic …, Authorization: Basic …",
        "RFC 9110, section 5.3",
        twice
    ),
    fault!(
        "credentials-long",
        InvalidCredentials,
        "An invented credential of 8,000 bytes.",
        "X-Forensic-Access-Token: 000…0",
        "RFC 9110, section 5.4",
        long
    ),
    fault!(
        "credentials-expired",
        ExpiredCredentials,
        "A credential that was right and has expired, from the environment.",
        "X-Forensic-Access-Token: ${OZ_EXPIRED_TOKEN}",
        "the document's code for expired credentials",
        expired
    ),
    fault!(
        "credentials-forbidden",
        Forbidden,
        "A right credential without the right, from the environment: a weaker account at a privileged operation, or an account that is switched off.",
        "GET /api/companies/ with ${OZ_WEAK_TOKEN}",
        "the document's code for missing rights",
        forbidden
    ),
];

fn value(draft: &mut Draft, credential: &Credential, value: impl Into<Vec<u8>>) {
    draft.credential = vec![(credential.field(), Template::literal(value))];
}

/// The invented pair in clear, or the invented token.
fn invented(credential: &Credential) -> String {
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    match credential.scheme {
        Scheme::Basic => format!("{}:{}", text(&credential.unknown.login), text(&credential.unknown.password)),
        Scheme::Token | Scheme::Bearer => text(&credential.unknown.token),
    }
}

/// The invented credential as the value of its header field, with `addition` after the secret part.
fn invented_value(credential: &Credential, addition: &str) -> String {
    match credential.scheme {
        Scheme::Token => format!("{}{}{addition}", credential.prefix, invented(credential)),
        Scheme::Bearer => format!("Bearer {}{addition}", invented(credential)),
        Scheme::Basic => format!("Basic {}", BASE64.encode(format!("{}{addition}", invented(credential)))),
    }
}

fn absent(subject: &Subject<'_>) -> Vec<Variant> {
    subject.credential().map_or_else(Vec::new, |_| subject.only(Never, |draft| draft.credential.clear()))
}

fn empty(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(credential) = subject.credential() else { return Vec::new() };
    vec![
        subject
            .variant("", Never, |draft| value(draft, credential, ""))
            .also(&[Cause::MalformedCredentials, Cause::InvalidCredentials]),
    ]
}

fn unknown(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(credential) = subject.credential() else { return Vec::new() };
    subject.only(Never, |draft| draft.credential = carried(credential, &credential.unknown))
}

fn garbage(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(credential) = subject.credential().filter(|c| c.scheme != Scheme::Basic) else { return Vec::new() };
    let text = if credential.scheme == Scheme::Bearer { "Bearer errdrift" } else { "errdrift" };
    vec![subject.variant("", Never, |draft| value(draft, credential, text)).also(&[Cause::MalformedCredentials])]
}

fn truncated(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(credential) = subject.credential() else { return Vec::new() };
    vec![match credential.scheme {
        Scheme::Basic => {
            // One character beyond a group of four decodes to nothing (RFC 4648, section 4).
            let whole = BASE64.encode(invented(credential));
            let cut = &whole[..=(whole.len() / 4).saturating_sub(1) * 4];
            let change = |draft: &mut Draft| value(draft, credential, format!("Basic {cut}"));
            subject.variant("", Never, change).instead(Cause::MalformedCredentials).also(&[Cause::InvalidCredentials])
        }
        Scheme::Token | Scheme::Bearer => subject.variant("", Never, |draft| {
            draft.credential = carried(credential, &credential.valid)
                .into_iter()
                .map(|(name, value)| (name, value.shortened()))
                .collect();
        }),
    }]
}

fn wrong_scheme(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(credential) = subject.credential() else { return Vec::new() };
    let text = match credential.scheme {
        Scheme::Token | Scheme::Basic => format!("Bearer {}", BASE64.encode(invented(credential))),
        Scheme::Bearer => format!("Basic {}", BASE64.encode("errdrift:errdrift")),
    };
    let variant =
        subject.variant("", Never, |draft| draft.credential = vec![("authorization".into(), Template::literal(text))]);
    vec![variant.also(&[Cause::NoCredentials])]
}

fn of_basic(subject: &Subject<'_>, text: impl Fn(&Credential) -> String) -> Vec<Variant> {
    let Some(credential) = subject.credential().filter(|c| c.scheme == Scheme::Basic) else { return Vec::new() };
    subject.only(Never, |draft| value(draft, credential, text(credential)))
}

fn bare_scheme(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(credential) = subject.credential().filter(|c| c.scheme != Scheme::Token) else { return Vec::new() };
    let text = if credential.scheme == Scheme::Basic { "Basic" } else { "Bearer" };
    vec![subject.variant("", Never, |draft| value(draft, credential, text)).also(&[Cause::NoCredentials])]
}

fn not_base64(subject: &Subject<'_>) -> Vec<Variant> {
    of_basic(subject, |_| "Basic !!!".into())
}

fn no_colon(subject: &Subject<'_>) -> Vec<Variant> {
    of_basic(subject, |_| format!("Basic {}", BASE64.encode("errdrift")))
}

fn unencoded(subject: &Subject<'_>) -> Vec<Variant> {
    of_basic(subject, |credential| format!("Basic {}", invented(credential)))
}

fn in_query(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(credential) = subject.credential() else { return Vec::new() };
    let carried = pair(&credential.field(), &invented_value(credential, ""));
    let variant = subject.variant("", Never, |draft| {
        draft.credential.clear();
        draft.query = Some(draft.query.take().map_or_else(|| carried.clone(), |query| format!("{query}&{carried}")));
    });
    vec![variant.also(&[Cause::MalformedCredentials, Cause::InvalidCredentials])]
}

fn twice(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(credential) = subject.credential() else { return Vec::new() };
    let wrong = |addition: &str| (credential.field(), Template::literal(invented_value(credential, addition)));
    let variant = subject.variant("", Never, |draft| draft.credential = vec![wrong("1"), wrong("2")]);
    // Two fields where one is defined may be refused before either is read.
    vec![variant.also(&[Cause::MalformedCredentials, Cause::NoCredentials, Cause::MalformedHttp])]
}

fn long(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(credential) = subject.credential() else { return Vec::new() };
    let text = match credential.scheme {
        Scheme::Token => format!("{}{}", credential.prefix, "0".repeat(8_000)),
        Scheme::Bearer => format!("Bearer {}", "0".repeat(7_993)),
        Scheme::Basic => format!("Basic {}", BASE64.encode(format!("{}:{}", "9".repeat(9), "0".repeat(5_984)))),
    };
    let variant = subject.variant("", Never, |draft| value(draft, credential, text));
    vec![variant.also(&[Cause::MalformedCredentials, Cause::TooLarge])]
}

// A token that is not expired after all, or an account that is active again, would be accepted: hence guarded.
fn expired(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(credential) = subject.credential() else { return Vec::new() };
    let Some(secret) = &credential.expired else { return Vec::new() };
    subject.only(Guarded, |draft| draft.credential = carried(credential, secret))
}

fn forbidden(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(credential) = subject.credential() else { return Vec::new() };
    let Some(secret) = &credential.forbidden else { return Vec::new() };
    let asks_for_nothing = subject.operation.is_some_and(asks_for_nothing);
    if !has_no_right(subject, credential) && !asks_for_nothing {
        return Vec::new();
    }
    let variants = subject.only(Guarded, |draft| draft.credential = carried(credential, secret));
    // That there is no such thing is as right an answer as that the account may not ask.
    let also = if asks_for_nothing { [Cause::UnknownResource].as_slice() } else { &[] };
    variants.into_iter().map(|variant| variant.also(also)).collect()
}

/// Whether the weaker account surely has no right to the operation: a pair that is switched off may do nothing at all, a weaker
/// token may do what is not privileged.
pub(super) fn has_no_right(subject: &Subject<'_>, credential: &Credential) -> bool {
    credential.scheme == Scheme::Basic || subject.operation.is_some_and(|operation| operation.privileged)
}

/// Whether a weaker account may ask for it whatever its rights: a read that is compared with one of what exists, and a
/// deletion, each of an invented thing.
fn asks_for_nothing(operation: &Operation) -> bool {
    let is_compared = draft::is_safe(operation) && operation.has_known();
    draft::names_nothing(operation) && (is_compared || operation.effect == Effect::Deletes)
}
