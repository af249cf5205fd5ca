//! Drifts of the Oz API in how a reply arrives: its delivery, its headers, the bytes of its body.
//! A table, nothing that decides.

use super::api::Api;
use super::draft::Delivery;
use super::drift::{Drift, Encoding, table};
use super::pages;

/// One row for each.
pub(super) static TABLE: &[Drift] = table! { Api::OzApi:
    warning "unavailable-now-and-then": "service-unavailable" always.once_in(15) =>
        Status(502), Template(pages::NGINX_502), MediaType(Some("text/html"));
        "One error in fifteen is the gateway's page for a service that does not answer.";
    error "closes-without-reply": "no-reply" on [Syntax] => Deliver(Delivery::Close);
        "A body that is no JSON makes the deployment close the connection.";
    error "resets-connection": "no-reply" on [Value] => Deliver(Delivery::Reset);
        "A value that is not allowed makes the deployment reset the connection.";
    error "hangs-on-malformed-body": "no-reply" on [Syntax] => Deliver(Delivery::Hang);
        "A body that is no JSON is never answered.";
    error "answers-garbage": "reply-not-http" on [Syntax] =>
        Deliver(Delivery::Garbage(b"\x15\x03\x01\x00\x02\x02\x50"));
        "A body that is no JSON is answered by bytes that are no HTTP.";
    error "answers-without-status-line": "reply-not-http" on [UnknownPath] => Deliver(Delivery::Headless);
        "An unknown path is answered by a body without a status line or headers.";
    error "cuts-body-short": "reply-truncated" on [UnknownResource] => Deliver(Delivery::Cut);
        "The error of an unknown resource ends before the announced length.";
    error "leaves-chunks-unfinished": "reply-truncated" on [WrongMethod] => Deliver(Delivery::Unfinished);
        "The error of a wrong method is sent in chunks that do not end.";
    warning "pads-errors": "reply-oversized" on [Syntax] => Encode(Encoding::Padded(2100 * 1024));
        "The error of a malformed body is three hundred kilobytes long.";
    error "redirects-to-login": "request-redirected" on [NoCredentials] =>
        Status(302), Header("Location", "/login"), Template(pages::LOGIN), MediaType(Some("text/html"));
        "A request without a token is redirected to a page to sign in at.";
    warning "omits-media-type": "media-type-missing" always => MediaType(None);
        "Errors have no Content-Type.";
    warning "json-as-html": "media-type-unexpected" always => MediaType(Some("text/html"));
        "Errors are JSON, but are said to be HTML.";
    warning "json-as-plain-text-at-users": "media-type-unexpected" always.at("users.list") =>
        MediaType(Some("text/plain"));
        "The errors of one operation are JSON, but are said to be plain text.";
    warning "charset-latin1": "charset-unexpected" always => MediaType(Some("application/json; charset=latin1"));
        "Errors are said to be encoded in ISO 8859-1.";
    note "charset-utf8": "charset-unexpected" always => MediaType(Some("application/json; charset=utf8"));
        "Errors are said to be in `utf8`, which is no registered name.";
    error "gzip-unlabelled": "content-encoding-unexpected" always => Encode(Encoding::Gzip);
        "Errors are compressed, and nothing says so.";
    error "plain-labelled-gzip": "content-encoding-unexpected" always => Header("Content-Encoding", "gzip");
        "Errors are said to be compressed and are not.";
    error "gzip-unasked": "content-encoding-unexpected" always =>
        Encode(Encoding::Gzip), Header("Content-Encoding", "gzip");
        "Errors are compressed though the caller did not ask for it.";
    warning "omits-allow": "allow-missing" on [WrongMethod] => Allow(None);
        "A wrong method is answered without Allow.";
    warning "allow-lists-everything": "allow-contradictory" on [WrongMethod] =>
        Allow(Some("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE, CONNECT, FOO"));
        "A wrong method is answered by an Allow that lists the refused method.";
    warning "allow-lacks-methods": "allow-contradictory" on [WrongMethod] => Allow(Some("OPTIONS"));
        "A wrong method is answered by an Allow that lacks what the path has.";
    warning "omits-challenge": "www-authenticate-missing" always => Omit("WWW-Authenticate");
        "A 401 comes without WWW-Authenticate.";
    warning "challenge-without-scheme": "www-authenticate-unexpected" always =>
        Omit("WWW-Authenticate"), Header("WWW-Authenticate", "realm=\"oz\"");
        "The challenge of every error names a realm and no scheme.";
    warning "wants-proxy-login": "proxy-authenticate-missing" on [Value] => Status(407);
        "A value that is not allowed is answered as if a proxy wanted a login, without its challenge.";
    warning "wants-upgrade": "upgrade-missing" on [Value] => Status(426);
        "A value that is not allowed is answered as if another protocol were wanted, and none is named.";
    warning "retry-after-half-a-second": "retry-after-malformed" always => Header("Retry-After", "0.5");
        "Errors ask to be retried after half a second, which HTTP cannot say.";
    warning "cached-errors": "error-cacheable" always => Header("Cache-Control", "public, max-age=86400");
        "Every cache may keep an error for a day.";
    error "authenticates-preflights": "preflight-refused" on [NoCredentials] => RefusePreflights;
        "What a browser asks before a request of a page is refused, because it carries no token.";
    warning "cors-on-successes-alone": "cors-missing" always => Omit("Access-Control-Allow-Origin");
        "No page of a browser may read an error.";
    error "empty-errors": "body-empty" always => Template(""), MediaType(None);
        "Errors have no body.";
    error "empty-wrong-method": "body-empty" on [WrongMethod] => Template(""), MediaType(None);
        "A wrong method is answered without a body.";
    error "nginx-page-for-unknown-path": "body-not-json" on [UnknownPath] =>
        Template(pages::NGINX_404), MediaType(Some("text/html"));
        "An unknown path is answered by the gateway's HTML page.";
    error "bytes-behind-errors": "bytes-after-reply" always => Deliver(Delivery::Surplus);
        "Errors are followed by bytes that their length does not count.";
    error "two-lengths": "framing-contradictory" always => Deliver(Delivery::TwoLengths);
        "Errors announce two lengths.";
    error "folded-header": "head-malformed" always => Deliver(Delivery::Folded);
        "Errors have a folded header field.";
    note "white-space-in-chunks": "chunk-malformed" always => Deliver(Delivery::LooseChunks);
        "Errors come in chunks with white space after their size.";
    error "no-content-with-a-body": "body-forbidden" on [WrongMethod] => Status(204);
        "A wrong method is answered by 204 with a body.";
    error "slips-a-byte-after-an-error": "next-request-corrupted" always => Deliver(Delivery::Slip);
        "Behind an error the next request on the connection is read a byte too late.";
    warning "gateway-page-for-malformed-http": "page-of-another-layer" on [MalformedHttp] =>
        Template(pages::HAPROXY_400), MediaType(Some("text/html"));
        "A request that is no HTTP is answered by the gateway's HTML page.";
    warning "nginx-page-for-large-request": "page-of-another-layer" on [TooLarge] =>
        Status(413), Template(pages::NGINX_413), MediaType(Some("text/html"));
        "A request that is too large is answered by the gateway's HTML page.";
    error "django-debug-page": "body-not-json" on [Syntax] =>
        Status(500), Template(pages::DJANGO_DEBUG), MediaType(Some("text/html"));
        "A body that is no JSON is answered by a debug page with status 500.";
    error "html-for-browsers": "body-not-json" always.for_browsers() =>
        Template(pages::SORRY), MediaType(Some("text/html"));
        "Errors become HTML for a caller that accepts HTML.";
    error "plain-text-errors": "body-not-json" always => Template("<<text>>"), MediaType(Some("text/plain"));
        "Errors are plain text.";
    error "xml-errors": "body-not-json" always =>
        Template("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<root><error_code><<code>></error_code><error_message><<text>></error_message><details/></root>"), MediaType(Some("application/xml"));
        "Errors are XML.";
    error "json-cut-in-half": "body-not-json" on [Value] => Encode(Encoding::Half);
        "The error of a value that is not allowed is half a JSON document, with a right length.";
    error "python-repr": "body-not-json" always =>
        Template(r"{'error_code': <<code>>, 'error_message': '<<text>>', 'details': None}");
        "Errors are the text of a Python dictionary.";
    error "nan-in-details": "body-not-json" on [Type] =>
        Template(r#"{"error_code": <<code>>, "error_message": <<message>>, "details": NaN}"#);
        "The error of a wrong type carries a number that JSON does not have.";
    warning "half-an-emoji-in-details": "body-not-interoperable" on [Type] =>
        Template(r#"{"error_code": <<code>>, "error_message": <<message>>, "details": "\ud83d"}"#);
        "The error of a wrong type carries half a surrogate pair.";
    warning "huge-number-in-details": "body-not-interoperable" on [UnknownResource] =>
        Template(r#"{"error_code": <<code>>, "error_message": <<message>>, "details": 1e400}"#);
        "The error of an unknown resource carries a number that no double holds.";
    error "utf-16": "body-not-utf-8" always => Encode(Encoding::Utf16);
        "Errors are encoded in UTF-16.";
    error "latin-1-byte": "body-not-utf-8" on [UnknownResource] => Encode(Encoding::Windows);
        "The message of an unknown resource has a byte that is no UTF-8.";
    error "byte-order-mark": "body-byte-order-mark" always => Encode(Encoding::Mark);
        "Errors begin with a byte order mark.";
    error "comment-after-error": "body-bytes-after-value" always =>
        Template(r#"{"error_code": <<code>>, "error_message": <<message>>, "details": null}
<!-- rendered in 3 ms -->"#);
        "A comment of the debug mode follows every error.";
    error "two-documents": "body-bytes-after-value" on [WrongMethod] =>
        Template(r#"{"error_code": <<code>>, "error_message": <<message>>, "details": null}{"error_code": 0, "error_message": "Unknown server side error occurred", "details": null}"#);
        "A wrong method is answered by two JSON documents in one body.";
};
