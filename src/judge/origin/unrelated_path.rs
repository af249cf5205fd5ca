//! What the target says of a path outside the API: whoever writes that is not the service, and is known by its form.

use crate::model::exchange::{Ending, Reply};

/// The form of such a reply: the tags of its HTML, in order. JSON and XML tell nothing, since the service may well answer
/// everywhere, rightly or wrongly.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outside(Vec<String>);

impl Outside {
    /// The form of the reply to a request outside the API; `None` where it tells nothing.
    #[must_use]
    pub fn of(reply: &Reply) -> Option<Self> {
        let is_error = reply.status >= 400 && reply.ending == Ending::Complete;
        is_error.then(|| tags(reply)).flatten().map(Self)
    }

    /// Whether whoever wrote that probably wrote this reply, too.
    #[must_use]
    pub fn wrote(&self, reply: &Reply) -> bool {
        reply.status >= 400 && tags(reply).as_ref() == Some(&self.0)
    }
}

/// The names of the tags of an HTML page.
fn tags(reply: &Reply) -> Option<Vec<String>> {
    let media_type = reply.header("content-type").unwrap_or_default().to_ascii_lowercase();
    if !media_type.starts_with("text/html") {
        return None;
    }
    let text = String::from_utf8_lossy(&reply.body[..reply.body.len().min(16_384)]);
    let name = |tag: &str| {
        let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '/' && c != '!').unwrap_or(tag.len());
        tag[..end].to_ascii_lowercase()
    };
    let tags: Vec<_> = text.split('<').skip(1).map(name).filter(|name| !name.is_empty()).collect();
    (!tags.is_empty()).then_some(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(status: u16, media_type: &str, body: &str) -> Reply {
        let headers = vec![("Content-Type".to_owned(), media_type.into())];
        Reply { status, headers, body: body.into(), ..Reply::default() }
    }

    #[test]
    fn another_page_of_the_same_form_has_the_same_writer() {
        let missing =
            page(404, "text/html; charset=utf-8", "<html><body><h1>404</h1><p>nothing at /x</p></body></html>");
        let outside = Outside::of(&missing).unwrap();
        assert!(outside.wrote(&page(
            414,
            "text/html",
            "<HTML><body class=\"x\"><h1>414</h1><p>long</p></body></html>"
        )));
        assert!(!outside.wrote(&page(414, "text/html", "<html><body><pre>414</pre></body></html>")));
        assert!(!outside.wrote(&page(414, "text/plain", "<html><body><h1>414</h1><p>x</p></body></html>")));
    }

    #[test]
    fn what_may_be_the_services_own_tells_nothing() {
        for (status, media_type, body) in [
            (404, "application/json", "{\"message\": \"no such route\"}"),
            (404, "application/xml", "<error><code>10</code></error>"),
            (404, "text/plain", "not found"),
            (404, "text/html", "not found"),
            (200, "text/html", "<html></html>"),
        ] {
            assert_eq!(Outside::of(&page(status, media_type, body)), None, "{media_type} {body}");
        }
    }
}
