//! The table of rules: what a reply can be found to break, with the explanation that `explain` prints.
//!
//! A rule's id names the bad state and never changes. Its severity is the one where no contract says otherwise.

use crate::model::verdict::Severity;
use crate::model::verdict::Severity::{Error, Note, Warning};

/// One way in which a reply can be wrong.
#[derive(Debug)]
pub struct Rule {
    /// The stable id, in kebab case.
    pub id: &'static str,
    /// The severity where the contract's promise does not give one.
    pub severity: Severity,
    /// What the bad state is.
    pub what: &'static str,
    /// Why it matters to a client.
    pub why: &'static str,
    /// A reply that is in it.
    pub example: &'static str,
    /// Where it is written that it is bad.
    pub source: &'static str,
}

macro_rules! rules {
    ($($id:literal $severity:ident { what: $what:literal, why: $why:literal, example: $example:literal, source: $source:literal })*) => {
        &[$(Rule { id: $id, severity: $severity, what: $what, why: $why, example: $example, source: $source }),*]
    };
}

/// The rule of that id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// Every rule, in the order in which a reply is read.
pub static RULES: &[Rule] = rules! {
    "no-reply" Error {
        what: "The target closed, reset or held the connection and sent no reply.",
        why: "A client cannot tell a refused request from a broken network, and will send it again.",
        example: "TCP connection closed after the request, without a byte",
        source: "RFC 9112, section 2.2: a server that cannot read a request should answer 400 and close"
    }
    "reply-not-http" Error {
        what: "Bytes came that are no HTTP/1.1 reply.",
        why: "Every HTTP library fails before the client's own code sees the error.",
        example: "{\"error_code\": 3} without a status line",
        source: "RFC 9112, section 4"
    }
    "reply-truncated" Error {
        what: "The body ended before its framing said so.",
        why: "The error's text is lost, and many clients report a network failure instead of the error.",
        example: "Content-Length: 120, and 60 bytes before the connection was closed",
        source: "RFC 9112, section 8"
    }
    "head-malformed" Error {
        what: "The status line or a header field is not of HTTP's grammar: no colon, white space before it, a folded line, a control byte, a status code that is none. A bare line feed is a warning, a missing space behind the status code a note.",
        why: "Strict clients refuse the whole reply; where a proxy and a client read it differently, one smuggles past the other.",
        example: "X-Request-Id : 7",
        source: "RFC 9112, sections 4 and 5"
    }
    "framing-contradictory" Error {
        what: "The reply says the length of its body in two ways, or in none that can be read.",
        why: "Each client cuts the body elsewhere, and takes the rest for the next reply.",
        example: "Content-Length: 40 and Content-Length: 57",
        source: "RFC 9112, section 6.3"
    }
    "body-forbidden" Error {
        what: "Bytes follow a reply that must not have a body: one to HEAD, a 204 or a 304.",
        why: "A client takes them for the beginning of the next reply on the connection.",
        example: "204 with {\"error_code\": 0} behind its head",
        source: "RFC 9110, section 6.4.1; RFC 9112, section 6.3"
    }
    "bytes-after-reply" Error {
        what: "Bytes follow the end that the reply's framing announced.",
        why: "A client loses them, or takes them for the next reply on the connection.",
        example: "Content-Length: 40 before a body of 57 bytes",
        source: "RFC 9112, section 6.3"
    }
    "next-request-corrupted" Error {
        what: "The connection stayed open after a refused request, and the good request behind it was not answered by a success.",
        why: "What is left of one caller's request becomes the beginning of the next one's: requests fail at random, or are smuggled.",
        example: "401 without reading the body, then 400 for the body's bytes",
        source: "RFC 9112, section 9.3: close the connection, or read the whole request"
    }
    "reply-oversized" Error {
        what: "The error's body or head exceeds what errdrift reads of one reply (256 KiB, or a head of 1,000 lines).",
        why: "A client that reads the whole error runs out of memory or time.",
        example: "400 with a body of 100 MB",
        source: "errdrift: no documented error needs more"
    }
    "service-unavailable" Warning {
        what: "A layer before the service answered that the service is not available (502, 503, 504) or that there were too many requests (429).",
        why: "The service was not asked: the probe says nothing of it, and a client meets a page that is no documented error.",
        example: "502 with nginx's page",
        source: "RFC 9110, section 15.6; RFC 6585, section 4"
    }
    "page-of-another-layer" Warning {
        what: "A gateway or a framework answered a malformed or too large request with a page of its own, and the suite does not say that it owes the contract.",
        why: "A client that sends such a request by mistake meets a page that it cannot read. Most gateways can be given a page of the documented format.",
        example: "414 with nginx's page for a URL of 8 kB",
        source: "the suite's owed_by; RFC 9110, section 15.5"
    }
    "request-accepted" Error {
        what: "A request that must be refused was answered by a success (2xx).",
        why: "The caller believes that something was done. Where credentials were wrong, the data are open to anyone.",
        example: "200 for a request without a token",
        source: "the contract's promise for the cause; RFC 9110, section 15.3"
    }
    "request-tolerated" Note {
        what: "A request that a lenient server may take for right was answered by a success (2xx).",
        why: "Nothing is broken. Clients should not rely on it.",
        example: "200 for a JSON body under Content-Type: text/plain",
        source: "the document does not call it an error"
    }
    "error-under-success" Error {
        what: "An error body came under a success status (2xx).",
        why: "Clients, caches, gateways and monitors read the status first and take the error for a success.",
        example: "200 {\"error_code\": 6, \"error_message\": \"No token\"}",
        source: "the contract's statuses; RFC 9110, section 15.3"
    }
    "request-redirected" Error {
        what: "A request that must be refused was answered by a redirect (3xx).",
        why: "A client follows to a page that is no API and fails on its HTML, or sends its credentials elsewhere.",
        example: "302 with Location: /login",
        source: "the contract's promise for the cause; RFC 9110, section 15.4"
    }
    "status-class-unexpected" Error {
        what: "The status is of another class than the contract promises for the cause, as a 5xx for the caller's mistake.",
        why: "Clients retry a 5xx and give up on a 4xx; monitors wake people for a 5xx.",
        example: "500 for a body that is no JSON",
        source: "the contract's promise for the cause; RFC 9110, section 15"
    }
    "status-unexpected" Error {
        what: "The status is not one that the contract promises for the cause.",
        why: "Clients that tell errors apart by status take the wrong branch.",
        example: "422 where every handled error has 400",
        source: "the contract's promise for the cause"
    }
    "media-type-missing" Warning {
        what: "The reply has a body and no Content-Type.",
        why: "A client has to guess, and some libraries do not parse then.",
        example: "400 with a JSON body and no Content-Type",
        source: "RFC 9110, section 8.3"
    }
    "media-type-unexpected" Warning {
        what: "The body is JSON and the Content-Type is not application/json.",
        why: "Libraries that parse by media type hand the client a string, and browsers may run it as a page.",
        example: "Content-Type: text/html with {\"error_code\": 3, …}",
        source: "RFC 8259, section 11; RFC 9110, section 8.3"
    }
    "charset-unexpected" Warning {
        what: "The Content-Type names a charset other than UTF-8 for JSON.",
        why: "A client that obeys it reads the message as noise.",
        example: "Content-Type: application/json; charset=latin1",
        source: "RFC 8259, section 8.1"
    }
    "content-encoding-unexpected" Error {
        what: "The body is encoded though the request asked for identity.",
        why: "A client that did not ask for compression has no means to undo it.",
        example: "Content-Encoding: gzip under Accept-Encoding: identity",
        source: "RFC 9110, section 12.5.3"
    }
    "allow-missing" Warning {
        what: "A 405 came without an Allow header field.",
        why: "A client cannot find out which methods it may use.",
        example: "405 with no Allow",
        source: "RFC 9110, section 15.5.6: the server MUST generate it; the document is silent"
    }
    "allow-contradictory" Warning {
        what: "A 405 came with an Allow header field that lists the refused method.",
        why: "A client that obeys it sends the same request again.",
        example: "405 for PUT with Allow: GET, PUT",
        source: "RFC 9110, section 10.2.1"
    }
    "reply-ungoverned" Note {
        what: "The reply is not the contract's, and the document does not reach it.",
        why: "Clients will meet it all the same: know who answers.",
        example: "404 with an HTML page for a path outside the API",
        source: "the document is silent"
    }
    "body-empty" Error {
        what: "The error has no body.",
        why: "The client has nothing to show, to log or to decide by.",
        example: "401 with Content-Length: 0",
        source: "the contract's body schema; RFC 9110, section 15.5"
    }
    "body-not-json" Error {
        what: "The body is not JSON.",
        why: "The client's JSON parser fails, and the real error is hidden behind a parse error.",
        example: "404 with <html><h1>Not Found</h1></html>",
        source: "the contract's body schema; RFC 8259"
    }
    "body-not-utf-8" Error {
        what: "The JSON text is not UTF-8.",
        why: "Parsers fail, or turn letters into replacement characters.",
        example: "a body in UTF-16, or a message with a byte FF",
        source: "RFC 8259, section 8.1: MUST be UTF-8"
    }
    "body-byte-order-mark" Error {
        what: "The JSON text begins with a byte order mark.",
        why: "Many parsers fail on the first byte.",
        example: "EF BB BF {\"error_code\": 3, …}",
        source: "RFC 8259, section 8.1: MUST NOT add"
    }
    "body-bytes-after-value" Error {
        what: "Bytes follow the JSON value.",
        why: "Strict parsers fail, lenient ones ignore the rest.",
        example: "{\"error_code\": 3, …}</body>",
        source: "RFC 8259, section 2"
    }
    "body-duplicate-member" Error {
        what: "An object has the same member twice.",
        why: "Which of the values counts depends on the client's parser.",
        example: "{\"error_code\": 0, \"error_code\": 3, …}",
        source: "RFC 8259, section 4: names SHOULD be unique"
    }
    "body-integer-not-plain" Error {
        what: "An integer is written with a fraction or an exponent.",
        why: "JSON Schema takes 3.0 for an integer; typed parsers (Java, Go, Rust, C#) do not.",
        example: "{\"error_code\": 3.0, …}",
        source: "the contract's body schema: an integer; RFC 8259, section 6"
    }
    "schema-violation" Error {
        what: "The body does not conform to the contract's schema: a member is missing, or of another type.",
        why: "Typed clients fail to read the error, untyped ones take the wrong branch.",
        example: "{\"error_code\": \"3\", …}: a string where an integer is promised",
        source: "the contract's body schema"
    }
    "member-undocumented" Warning {
        what: "The body has a member that the document does not have.",
        why: "Clients that forbid unknown members fail; others come to depend on what nobody promised.",
        example: "error_details beside error_code",
        source: "the contract's body schema is closed"
    }
    "convention-broken" Warning {
        what: "A value is not what the document's own examples and descriptions suggest.",
        why: "It is legal and of little use: an empty message tells nothing.",
        example: "{\"error\": {\"code\": \"X\", \"message\": \"\"}}",
        source: "the contract's conventions"
    }
    "code-undocumented" Error {
        what: "The code is not in the catalogue, which lists all codes.",
        why: "Clients that map codes to actions have no line for it.",
        example: "{\"error_code\": 13, …}",
        source: "the contract's catalogue"
    }
    "code-unexpected" Error {
        what: "The code is documented, but not for what was wrong with the request.",
        why: "The client does the wrong thing: it logs in again when it should mend its request.",
        example: "code 7 (token does not exist) for a malformed body under a right token",
        source: "the contract's promise for the cause"
    }
    "code-contradicts-status" Error {
        what: "The code and the status say different things, whatever was wrong with the request.",
        why: "Two clients, one reading the code and one the status, do two different things.",
        example: "code 10 (does not exist, 404) under 400",
        source: "the contract's catalogue"
    }
    "operation-not-realized" Warning {
        what: "The deployment answers that the documented operation is not realised.",
        why: "The suite and the documentation promise an operation that nobody can use here.",
        example: "501 {\"error_code\": 2, …}",
        source: "the contract's catalogue"
    }
    "fault-unhandled" Warning {
        what: "The service answered a caller's mistake by its code for unhandled errors.",
        why: "The document sends the client to the support, for a mistake that the client could mend.",
        example: "400 {\"error\": {\"code\": \"UNKNOWN_ERROR\", …}} for a body that is no JSON",
        source: "the contract's catalogue"
    }
    "credentials-checked-late" Warning {
        what: "The request had no right credentials, and something else was answered first.",
        why: "Anyone can find out which resources exist. The documents leave the order of the checks open.",
        example: "404 code 10 for an unknown folder, without a token",
        source: "the order of checks is undocumented; the contract weighs this one"
    }
    "message-unexpected" Warning {
        what: "The message is another than the catalogue gives for the cause.",
        why: "Where one code has several messages, the message is all that tells them apart.",
        example: "NOT_ALLOWED with \"Client is not ACTIVE\" for a missing header",
        source: "the contract's catalogue"
    }
    "fields-mirror-nothing" Error {
        what: "The error's fields name a field that the operation does not have, or structure where it has a value.",
        why: "The client cannot put the error beside the field that it is about.",
        example: "{\"fields\": {\"payment.type\": \"REQUIRED\"}} for {\"payment\": {\"type\": …}}",
        source: "the contract's fields promise"
    }
    "answer-varies" Error {
        what: "The same mistake is answered in another way because something else of the request changed: what it accepts, who asks, over what it came.",
        why: "The client that a team tests with sees another API than the browser, the proxy or the library of its customers.",
        example: "401 with code 6 under Accept: application/json, and an HTML page under Accept: text/html",
        source: "RFC 9110, section 12.1; the document has one format for all clients"
    }
    "answer-intermittent" Error {
        what: "Identical requests are answered in different ways.",
        why: "One replica of several is old or broken, or a rollout is half done: a client sees the drift now and then, and nobody can reproduce it.",
        example: "3 of 4 requests: 404 with code 10; 1 of 4: 404 with code \"10\"",
        source: "the document gives one answer to one mistake"
    }
    "precedence-violated" Error {
        what: "Of two mistakes in one request, the service answers another one than the suite declares.",
        why: "What is looked at before the credentials can be learned without them.",
        example: "404 with code 10 without a token, where credentials come before resources",
        source: "the suite's precedence"
    }
    "precedence-differs" Warning {
        what: "Of two mistakes in one request, an operation answers another one than most operations of its API do.",
        why: "The order of the checks is usually the framework's; an operation of its own order has checks of its own, and may lack one.",
        example: "malformed body before missing token at one operation of forty",
        source: "no document says which of two mistakes is answered"
    }
    "existence-disclosed" Error {
        what: "Without the right to it, a resource that exists is answered in another way than one that does not.",
        why: "Whoever has no rights can learn by trying which ids exist.",
        example: "403 for a folder of somebody else, 404 for one that nobody has",
        source: "RFC 9110, section 15.5.5; CWE-204"
    }
    "message-shared-by-codes" Note {
        what: "One wording of the message comes with several codes.",
        why: "A reader of the message cannot tell what the code tells; one of the two is probably wrong.",
        example: "\"Bad request\" with the codes 3, 4 and 5",
        source: "the documents describe each code in words of its own"
    }
    "message-varies" Note {
        what: "The same mistake under the same code is worded in several ways by different operations.",
        why: "Clients that search logs by the message miss some; usually two code paths do the same check.",
        example: "\"No access token was given\" here, \"Unauthorized\" there",
        source: "the documents describe each code in words of its own"
    }
    "stack-trace-disclosed" Error {
        what: "The reply holds a stack trace.",
        why: "It tells an attacker the language, the framework and the code's layout, and the client nothing.",
        example: "Traceback (most recent call last): File \"/srv/app.py\", line 10",
        source: "OWASP ASVS 16.5.1; CWE-209"
    }
    "sql-disclosed" Error {
        what: "The reply holds SQL or a database's own error.",
        why: "It tells an attacker the tables and whether injection works.",
        example: "ERROR: syntax error at or near \"'\"",
        source: "OWASP ASVS 16.5.1; CWE-209"
    }
    "credential-disclosed" Error {
        what: "The reply holds the credential that the request carried.",
        why: "Error replies are logged by clients, proxies and monitors.",
        example: "{\"error_message\": \"token 3f5a… does not exist\"}",
        source: "CWE-532; OWASP ASVS 16.2.5"
    }
    "path-disclosed" Warning {
        what: "The reply holds a path of the server's file system.",
        why: "It tells an attacker the system's layout.",
        example: "No such file: /srv/app/config.py",
        source: "OWASP ASVS 16.5.1; CWE-209"
    }
    "version-disclosed" Warning {
        what: "The reply names the version of the server's software.",
        why: "It tells an attacker which known holes to try.",
        example: "Server: nginx/1.22.1",
        source: "RFC 9110, section 10.2.4; OWASP ASVS 13.4.6"
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_kebab_case_and_name_the_bad_state() {
        let mut seen = std::collections::BTreeSet::new();
        for rule in RULES {
            assert!(seen.insert(rule.id), "{} twice", rule.id);
            assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", rule.id);
            assert!(!["check", "avoid", "no-op", "must"].iter().any(|verb| rule.id.starts_with(verb)), "{}", rule.id);
        }
    }

    #[test]
    fn every_explanation_is_a_sentence() {
        for rule in RULES {
            for text in [rule.what, rule.why] {
                assert!(text.ends_with('.') && text.starts_with(char::is_uppercase), "{}: {text}", rule.id);
            }
        }
    }
}
