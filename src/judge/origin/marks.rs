//! The header fields by which products show themselves, and servers that are known by how little they say.

use crate::model::exchange::Reply;
use crate::model::layer::Layer;

/// A header field by which a product shows that it wrote a reply itself, where the body is not of an API.
#[derive(Debug)]
pub struct Mark {
    /// The product.
    pub name: &'static str,
    /// Its layer.
    pub layer: Layer,
    /// The field's name.
    pub field: &'static str,
    /// What its value begins with, in lower case.
    pub begins: &'static str,
}

/// Header fields of what a product writes itself, and not of what it passes on: they tell who wrote any body that is not
/// the contract's. With each, the fields that it adds to what a service behind it wrote.
pub static OWN: &[(Mark, &[&str])] = &[
    (gateway("Kong", "server", "kong"), &["x-kong-upstream-latency"]),
    (gateway("Kong", "x-kong-response-latency", ""), &["x-kong-upstream-latency"]),
    (gateway("AWS API Gateway", "x-amzn-errortype", ""), &[]),
    (gateway("AWS WAF", "x-amzn-waf-action", ""), &[]),
    (gateway("AWS load balancer", "server", "awselb"), &[]),
    (gateway("CloudFront", "server", "cloudfront"), &[]),
    (gateway("CloudFront", "x-cache", "error from cloudfront"), &["x-amzn-requestid"]),
    (gateway("Azure API Management", "www-authenticate", "azureapimanagementkey"), &[]),
    (gateway("Azure Front Door", "x-azure-externalerror", ""), &[]),
    (gateway("Azure Application Gateway", "server", "microsoft-azure-application-gateway"), &[]),
    (gateway("Akamai", "server", "akamaighost"), &[]),
    (gateway("Cloudflare", "cf-mitigated", ""), &[]),
    (gateway("APISIX", "server", "apisix"), &["x-apisix-upstream-status"]),
    (gateway("Envoy", "x-envoy-ratelimited", ""), &[]),
    (gateway("Envoy", "server", "istio-envoy"), &["x-envoy-upstream-service-time"]),
    (gateway("Envoy", "server", "envoy"), &["x-envoy-upstream-service-time"]),
    (gateway("Tyk", "x-generator", "tyk"), &[]),
    (gateway("KrakenD", "x-krakend-completed", "false"), &[]),
    (gateway("F5 BIG-IP", "server", "big-ip"), &[]),
    (gateway("F5 BIG-IP", "server", "bigip"), &[]),
    (gateway("Squid", "x-squid-error", ""), &[]),
    (gateway("IIS", "server", "microsoft-httpapi"), &[]),
    (gateway("oauth2-proxy", "gap-auth", ""), &[]),
];

const fn gateway(name: &'static str, field: &'static str, begins: &'static str) -> Mark {
    Mark { name, layer: Layer::Gateway, field, begins }
}

/// The mark of a product that wrote the reply itself, with the field's value.
#[must_use]
pub fn own(reply: &Reply) -> Option<(&'static Mark, String)> {
    OWN.iter().filter(|(_, passed)| passed.iter().all(|field| reply.header(field).is_none())).find_map(|(mark, _)| {
        let (_, value) = reply.headers.iter().find(|(name, value)| {
            mark.field.eq_ignore_ascii_case(name) && begins(&String::from_utf8_lossy(value), mark.begins)
        })?;
        Some((mark, String::from_utf8_lossy(value).trim().to_owned()))
    })
}

fn begins(value: &str, begin: &str) -> bool {
    value.trim().get(..begin.len()).is_some_and(|start| start.eq_ignore_ascii_case(begin))
}

/// The servers whose parsers are known by a bare reply.
pub static BARE: &[&str] = &["Twisted", "Node.js"];

/// The parser of a server that gives up before any service is asked: known by how little it says.
#[must_use]
pub fn bare(reply: &Reply) -> Option<&'static str> {
    let silent = reply.body.is_empty() && matches!(reply.status, 400 | 408 | 413 | 417 | 431 | 501 | 505);
    match reply.headers.as_slice() {
        [] if silent => Some("Twisted"),
        [(name, value)] if silent => {
            let closes = name.eq_ignore_ascii_case("connection") && value.eq_ignore_ascii_case(b"close");
            closes.then_some("Node.js")
        }
        _ => None,
    }
}

/// Header fields that products add, the most telling first. They add them to what they pass on as well, so that they tell
/// something only of a body that no API writes.
pub static MARKS: &[Mark] = &[
    Mark { name: "Cloudflare", layer: Layer::Gateway, field: "server", begins: "cloudflare" },
    Mark { name: "CloudFront", layer: Layer::Gateway, field: "server", begins: "cloudfront" },
    Mark { name: "AWS load balancer", layer: Layer::Gateway, field: "server", begins: "awselb" },
    Mark { name: "Akamai", layer: Layer::Gateway, field: "server", begins: "akamaighost" },
    Mark { name: "nginx", layer: Layer::Gateway, field: "server", begins: "nginx" },
    Mark { name: "nginx", layer: Layer::Gateway, field: "server", begins: "openresty" },
    Mark { name: "Apache httpd", layer: Layer::Gateway, field: "server", begins: "apache" },
    Mark { name: "Caddy", layer: Layer::Gateway, field: "server", begins: "caddy" },
    Mark { name: "Envoy", layer: Layer::Gateway, field: "server", begins: "envoy" },
    Mark { name: "Envoy", layer: Layer::Gateway, field: "server", begins: "istio-envoy" },
    Mark { name: "lighttpd", layer: Layer::Gateway, field: "server", begins: "lighttpd" },
    Mark { name: "IIS", layer: Layer::Gateway, field: "server", begins: "microsoft-httpapi" },
    Mark { name: "Kong", layer: Layer::Gateway, field: "server", begins: "kong" },
    Mark { name: "Varnish", layer: Layer::Gateway, field: "via", begins: "1.1 varnish" },
    Mark { name: "gunicorn", layer: Layer::Framework, field: "server", begins: "gunicorn" },
    Mark { name: "uvicorn", layer: Layer::Framework, field: "server", begins: "uvicorn" },
    Mark { name: "Werkzeug", layer: Layer::Framework, field: "server", begins: "werkzeug" },
    Mark { name: "waitress", layer: Layer::Framework, field: "server", begins: "waitress" },
    Mark { name: "KrakenD", layer: Layer::Gateway, field: "x-krakend", begins: "" },
    Mark { name: "Google load balancer", layer: Layer::Gateway, field: "server", begins: "google frontend" },
    Mark { name: "Squid", layer: Layer::Gateway, field: "server", begins: "squid" },
    Mark { name: "IIS", layer: Layer::Gateway, field: "server", begins: "microsoft-iis" },
    Mark { name: "Jetty", layer: Layer::Framework, field: "server", begins: "jetty" },
    Mark { name: "Kestrel", layer: Layer::Framework, field: "server", begins: "kestrel" },
    Mark { name: "Express", layer: Layer::Framework, field: "x-powered-by", begins: "express" },
];

/// The mark that the reply has, with the field's value.
#[must_use]
pub fn mark(reply: &Reply) -> Option<(&'static Mark, String)> {
    reply.headers.iter().find_map(|(name, value)| {
        let value = String::from_utf8_lossy(value).trim().to_owned();
        named(name, &value).map(|mark| (mark, value))
    })
}

/// The mark that is this field.
#[must_use]
pub fn named(field: &str, value: &str) -> Option<&'static Mark> {
    let begins =
        |mark: &&Mark| value.get(..mark.begins.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(mark.begins));
    MARKS.iter().filter(|mark| mark.field.eq_ignore_ascii_case(field)).find(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_tells_its_product() {
        for mark in MARKS {
            let headers = vec![(mark.field.to_uppercase(), format!("{}/1.2 (x)", mark.begins).into_bytes())];
            let reply = Reply { status: 400, headers, ..Reply::default() };
            assert_eq!(super::mark(&reply).map(|(mark, _)| mark.name), Some(mark.name), "{}", mark.begins);
        }
        assert!(super::mark(&Reply::default()).is_none());
    }
}
