//! The table of default documents: bodies in JSON that gateways and frameworks write by themselves.
//!
//! A document is known by its whole set of members and by what some of them say, never by one word alone. They are asked in
//! order, the most telling first, and only of a body that is not the contract's.

mod document;
mod frameworks;
mod gateways;

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

pub use document::Document;

/// All of them, in the order in which they are asked.
pub fn documents() -> impl Iterator<Item = &'static Document> {
    gateways::TABLE.iter().chain(frameworks::TABLE)
}

type Compiled = Vec<Option<Vec<(&'static str, Regex)>>>;

/// The patterns by document, compiled once.
static PATTERNS: LazyLock<Compiled> = LazyLock::new(|| {
    let compiled = |(name, pattern): &(&'static str, &'static str)| Some((*name, Regex::new(pattern).ok()?));
    documents().map(|document| document.has.iter().map(compiled).collect()).collect()
});

/// As much of a member's text is looked at.
const MAX_READ: usize = 2_000;

/// The known default document that the body is.
#[must_use]
pub fn document(json: &Value) -> Option<&'static Document> {
    let members = json.as_object().filter(|members| !members.is_empty() && members.len() <= 24)?;
    let rows = documents().zip(PATTERNS.iter());
    rows.into_iter()
        .find(|(row, patterns)| patterns.as_ref().is_some_and(|all| is(members, row, all)))
        .map(|(row, _)| row)
}

fn is(members: &Map<String, Value>, row: &Document, patterns: &[(&'static str, Regex)]) -> bool {
    let known = |name: &String| row.may.contains(&name.as_str()) || row.has.iter().any(|(has, _)| has == name);
    members.keys().all(known)
        && patterns.iter().all(|(name, pattern)| members.get(*name).is_some_and(|value| pattern.is_match(&text(value))))
}

/// A string as it is, all else as JSON, as far as it is looked at.
fn text(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().take(MAX_READ).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert!(PATTERNS.iter().all(Option::is_some));
    }

    #[test]
    fn each_product_is_told_by_its_default_document() {
        for (name, body) in [
            ("Kong", r#"{"message":"No API key found in request","request_id":"7c6d"}"#),
            ("AWS API Gateway", r#"{"message":"Missing Authentication Token"}"#),
            ("Azure API Management", r#"{"statusCode": 404, "message": "Resource not found"}"#),
            ("Apigee", r#"{"fault":{"faultstring":"x","detail":{"errorcode":"y"}}}"#),
            ("APISIX", r#"{"error_msg":"404 Route Not Found"}"#),
            ("Tyk", r#"{"error": "Authorization field missing"}"#),
            ("Gravitee", r#"{"message":"Unauthorized","http_status_code":401}"#),
            ("WSO2", r#"{"code":"900902","message":"Missing Credentials","description":"x"}"#),
            ("IBM API Connect", r#"{"httpCode":"401","httpMessage":"Unauthorized","moreInformation":"x"}"#),
            ("Spring", r#"{"timestamp":"2026-01-02","status":404,"error":"Not Found","path":"/x"}"#),
            ("Spring", r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"x","instance":"/x"}"#),
            (
                "ASP.NET Core",
                r#"{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.5","title":"Not Found","status":404,"traceId":"00-1"}"#,
            ),
            (
                "Symfony",
                r#"{"type":"https:\/\/tools.ietf.org\/html\/rfc2616#section-10","title":"An error occurred","status":404,"detail":"x"}"#,
            ),
            ("Fastify", r#"{"message":"Route GET:/x not found","error":"Not Found","statusCode":404}"#),
            ("NestJS", r#"{"message":"Cannot GET /x","error":"Not Found","statusCode":404}"#),
            ("Hapi", r#"{"statusCode":404,"error":"Not Found","message":"Not Found"}"#),
            ("Laravel", r#"{"message":"Unauthenticated."}"#),
            ("Phoenix", r#"{"errors":{"detail":"Not Found"}}"#),
            ("Rails", r#"{"status":404,"error":"Not Found"}"#),
            ("Quarkus", r#"{"details":"Error id 1","stack":""}"#),
            ("Micronaut", r#"{"message":"Not Found","_links":{"self":{"href":"/x"}}}"#),
            ("Dropwizard", r#"{"code":404,"message":"HTTP 404 Not Found"}"#),
            ("FastAPI", r#"{"detail":[{"loc":["body"],"msg":"x","type":"y"}]}"#),
            ("Django REST or FastAPI", r#"{"detail":"Not found."}"#),
            ("Sanic", r#"{"description":"Not Found","status":404,"message":"Requested URL /x not found"}"#),
            ("gRPC-Gateway", r#"{"code":5,"message":"Not Found","details":[]}"#),
            ("Echo", r#"{"message":"Not Found"}"#),
            ("Rocket", r#"{"error":{"code":404,"reason":"Not Found","description":"x"}}"#),
        ] {
            let json = serde_json::from_str(body).unwrap();
            assert_eq!(document(&json).map(|document| document.name), Some(name), "{body}");
        }
    }

    #[test]
    fn a_services_own_document_is_nobodys_default() {
        for body in [
            r#"{"error_code":10,"error_message":"Not Found"}"#,
            r#"{"error":{"code":"NOT_ALLOWED","message":"Not Found"}}"#,
            r#"{"error":{"message":"The deal was not found"}}"#,
            r#"{"error":"NOT_FOUND"}"#,
            r#"{"code":"FORMAT_ERROR","message":"The body is no JSON"}"#,
            r#"{"message":"The folder does not exist"}"#,
            r#"{"errorCode":10,"errorMessage":"x","details":null}"#,
            r#"{"status":404,"error":"Not Found","folder":"x"}"#,
            "[]",
            "{}",
            "\"Not Found\"",
        ] {
            assert!(document(&serde_json::from_str(body).unwrap()).is_none(), "{body}");
        }
    }
}
