//! Short descriptions of what came, for findings. What they say is text of the target: renderers make it harmless.

use crate::model::exchange::Reply;

/// The most of a text that is kept, in characters. What a finding shows is cut further, once secrets are masked: half a secret
/// would not be found.
const MAX_QUOTED: usize = 4_096;

/// The text, cut to what a finding quotes, on one line.
#[must_use]
pub fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_QUOTED {
        return line;
    }
    line.chars().take(MAX_QUOTED).chain(['…']).collect()
}

/// The beginning of the text, as long as what a finding quotes.
#[must_use]
pub fn begin(text: &str) -> &str {
    text.char_indices().nth(MAX_QUOTED).map_or(text, |(end, _)| &text[..end])
}

/// The reply's body in a few words: no body, an HTML page with its title, or its beginning.
#[must_use]
pub fn describe(reply: &Reply) -> String {
    described(reply, reply.body.len())
}

/// The same of a body that was of that length, in bytes, before secrets were masked in it.
#[must_use]
pub fn described(reply: &Reply, length: usize) -> String {
    let text = String::from_utf8_lossy(&reply.body);
    let trimmed = text.trim_start();
    if trimmed.is_empty() {
        return "an empty body".to_owned();
    }
    let lower: String = trimmed.chars().take(4_096).collect::<String>().to_ascii_lowercase();
    if is_html(&lower) {
        let title =
            between(&lower, trimmed, "<title>", "</title>").or_else(|| between(&lower, trimmed, "<h1>", "</h1>"));
        return title.map_or_else(|| "an HTML page".to_owned(), |title| format!("an HTML page, «{}»", cut(title)));
    }
    if trimmed.starts_with("<?xml") || trimmed.starts_with('<') {
        return format!("XML or HTML text, {}", quoted(trimmed));
    }
    format!("{length} bytes: {}", quoted(trimmed))
}

/// What kind of text a body is that is no JSON.
pub(crate) fn kind(body: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(&body[..body.len().min(MAX_QUOTED)]).trim_start().to_ascii_lowercase();
    match text.as_str() {
        "" => "empty",
        text if is_html(text) => "HTML",
        text if text.starts_with('<') => "XML",
        _ => "text",
    }
}

/// Whether a text in lower case is a page.
fn is_html(lower: &str) -> bool {
    lower.starts_with("<!doctype html")
        || lower.starts_with("<html")
        || lower.contains("<body")
        || lower.contains("<center>")
}

/// The text in quotes, cut.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("«{}»", cut(text))
}

/// The part between two tags; `lower` has the same byte offsets as `text`.
fn between<'t>(lower: &str, text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    let start = lower.find(open)? + open.len();
    let end = start + lower[start..].find(close)?;
    text.get(start..end).map(str::trim).filter(|title| !title.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(body: &str) -> Reply {
        Reply { status: 404, headers: Vec::new(), body: body.into(), ..Reply::default() }
    }

    #[test]
    fn a_page_is_described_by_its_title() {
        assert_eq!(describe(&reply("<html><head><title>404 Not Found</title>")), "an HTML page, «404 Not Found»");
        assert_eq!(describe(&reply("  ")), "an empty body");
        assert_eq!(describe(&reply("nope")), "4 bytes: «nope»");
    }
}
