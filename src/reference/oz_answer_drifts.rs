//! Drifts of the Oz API in how a request is answered: what is accepted, the status, the code, the order of checks.
//! A table, nothing that decides.

use super::api::Api;
use super::decision::Check;
use super::drift::{Drift, table};
use super::pages;

/// One row for each.
pub(super) static TABLE: &[Drift] = table! { Api::OzApi:
    error "ignores-credentials": "request-accepted" on [NoCredentials WrongCredentials ExpiredCredentials Forbidden] =>
        Skip(Check::Credentials);
        "No token is needed anywhere.";
    error "ignores-credentials-at-companies": "request-accepted" on [NoCredentials WrongCredentials ExpiredCredentials Forbidden].at("companies.list") =>
        Skip(Check::Credentials);
        "One operation needs no token.";
    error "accepts-any-token": "request-accepted" on [WrongCredentials] => Skip(Check::Credentials);
        "Any token is as good as a known one.";
    error "accepts-expired-token": "request-accepted" on [ExpiredCredentials] => Skip(Check::Credentials);
        "Tokens do not expire.";
    error "ignores-rights": "request-accepted" on [Forbidden] => Skip(Check::Credentials);
        "Every account may do what administrators may.";
    error "accepts-malformed-json": "request-accepted" on [Syntax] => Skip(Check::Syntax);
        "A body that is no JSON counts as an empty object.";
    error "accepts-missing-fields": "request-accepted" on [Missing] => Skip(Check::Missing);
        "Required parameters may be left out.";
    error "accepts-wrong-types": "request-accepted" on [Type] => Skip(Check::Type);
        "Values of a wrong type are accepted.";
    error "accepts-negative-offset": "request-accepted" on [Value].at("folders.list") => Skip(Check::Value);
        "Values that are not allowed are accepted in a list of folders.";
    error "accepts-wrong-method": "request-accepted" on [WrongMethod] => Skip(Check::Method);
        "A method that a resource does not have is taken for one that it has.";
    error "finds-unknown-resources": "request-accepted" on [UnknownResource] => Skip(Check::Existence);
        "A resource that does not exist is answered as if it did.";
    error "single-page-for-unknown-path": "request-accepted" on [UnknownPath] =>
        Status(200), Template(pages::SINGLE_PAGE), MediaType(Some("text/html"));
        "An unknown path is answered by the page of an application, with status 200.";
    error "nothing-for-unknown-path": "request-accepted" on [UnknownPath] =>
        Status(200), Template(""), MediaType(None);
        "An unknown path is answered by status 200 and nothing.";
    error "errors-with-200": "error-under-success" always => Status(200);
        "Every error is sent with status 200.";
    error "no-token-with-200": "error-under-success" on [NoCredentials] => Status(200);
        "A missing token is reported with status 200.";
    error "malformed-body-with-500": "status-class-unexpected" on [Syntax] =>
        Status(500), Code("0"), Message("Unknown server side error occurred");
        "A body that is no JSON is answered by status 500 and an unknown error.";
    error "bad-uuid-with-500": "status-class-unexpected" on [Value] => Status(500);
        "A value that is not allowed is answered by status 500.";
    error "patch-with-500": "status-class-unexpected" always.method("PATCH") =>
        Status(500), Code("0"), Message("Unknown server side error occurred");
        "Only PATCH: every error has status 500.";
    warning "wrong-method-with-404": "status-unexpected" on [WrongMethod] => Status(404);
        "A wrong method is answered by status 404.";
    error "unknown-resource-with-400": "code-contradicts-status" on [UnknownResource UnknownPath] => Status(400);
        "An unknown resource is answered by code 10 with status 400.";
    error "no-token-with-500": "code-contradicts-status" on [NoCredentials] => Status(500);
        "A missing token is answered by code 6 with status 500.";
    error "undocumented-code": "code-undocumented" on [MediaType] => Code("13");
        "A media type that is not supported has a code of its own.";
    error "undocumented-code-for-no-token": "code-undocumented" on [NoCredentials] => Code("101");
        "A missing token has a code that is not documented.";
    error "wrong-method-is-structure": "code-unexpected" on [WrongMethod] => Code("3");
        "A wrong method is answered by code 3.";
    error "no-token-is-invalid": "code-unexpected" on [NoCredentials] => Code("7");
        "A missing token is answered by code 7.";
    error "malformed-body-is-unknown": "code-unexpected" on [Syntax] =>
        Code("0"), Message("Unknown server side error occurred");
        "A body that is no JSON is answered by code 0 with status 400.";
    error "expired-is-invalid": "code-unexpected" on [ExpiredCredentials] => Code("7");
        "An expired token is answered by code 7.";
    warning "images-not-realized": "operation-not-realized" always.at("images.list") =>
        Status(501), Code("2"), Message("Not realized");
        "One operation is documented, but not implemented.";
    warning "credentials-checked-last": "credentials-checked-late" on [NoCredentials WrongCredentials ExpiredCredentials Forbidden] =>
        CredentialsLast;
        "A token is only asked for when the resource exists and all else holds.";
    error "browsers-get-forbidden": "answer-varies" on [NoCredentials].for_browsers() => Status(403);
        "A missing token is answered 403 to a caller that accepts HTML, and 401 to others.";
    warning "credentials-checked-last-at-folders": "precedence-differs" on [NoCredentials WrongCredentials ExpiredCredentials Forbidden].at("folders.list") =>
        CredentialsLast;
        "One operation asks for a token when all else holds, the others before.";
    note "one-message-for-all": "message-shared-by-codes" always => Message("Bad request");
        "Every error has the same message.";
    note "unauthorized-at-companies": "message-varies" on [NoCredentials].at("companies.list") =>
        Message("Unauthorized");
        "One operation words a missing token in another way than the others.";
    error "existence-without-token": "existence-disclosed" on [NoCredentials].for_known() => Status(403);
        "Without a token, a folder that exists is answered 403 and one that does not 401.";
    warning "head-with-500": "answer-varies" always.method("HEAD") => Status(500);
        "HEAD fails where GET is refused as documented.";
};
