//! HTML that text cannot get into as markup: tags and names of attributes are literals of ours, everything else is escaped.
//!
//! What nobody would see, as marks of bidirectional text, is written out. A link leads to an [`Anchor`] and nowhere else, so
//! that no address can be the target's. This knows no report.

use std::fmt::Write as _;

use crate::model::printable::hides;

/// The most characters of a text that are shown.
const MAX_TEXT: usize = 6_000;

/// The end of a line of text. No line of the page begins with text, and none has `##`: a CI may read the page as its log, and
/// takes both for its commands.
const LINE_FEED: &str = "&#10;";

/// A place of the page, to which links lead.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    /// A section, by its name.
    Section(&'static str),
    /// An exchange, by its number.
    Exchange(usize),
}

impl Anchor {
    /// The id of the element.
    pub(super) fn id(self) -> String {
        match self {
            Self::Section(name) => name.to_owned(),
            Self::Exchange(number) => format!("x{number}"),
        }
    }
}

/// Attributes of an element: names of ours, values of anybody's.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// What becomes of the ends of lines, and of what hides.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Form {
    /// The value of an attribute: no markup, no line ends.
    Attribute,
    /// Text on one line.
    Line,
    /// Text that keeps its lines.
    Block,
    /// As `Block`, with every end of a line marked that HTTP does not have.
    Wire,
}

/// A piece of a page.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Markup of ours as it stands.
    pub(super) fn fixed(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// Another piece.
    pub(super) fn piece(&mut self, piece: &Self) {
        self.0.push_str(&piece.0);
    }

    /// The length so far, in bytes.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The markup.
    pub(super) fn into_string(self) -> String {
        self.0
    }

    /// An element with what `inner` writes in it.
    pub(super) fn element(&mut self, tag: &'static str, attributes: Attributes, inner: impl FnOnce(&mut Self)) {
        self.open(tag, attributes, None);
        inner(self);
        self.close(tag);
    }

    /// An element with text on one line.
    pub(super) fn line(&mut self, tag: &'static str, attributes: Attributes, text: &str) {
        self.element(tag, attributes, |html| html.text(text));
    }

    /// A link to a place of the page.
    pub(super) fn link(&mut self, to: Anchor, attributes: Attributes, inner: impl FnOnce(&mut Self)) {
        self.open("a", attributes, Some(to));
        inner(self);
        self.close("a");
    }

    /// An element that has no content.
    pub(super) fn void(&mut self, tag: &'static str, attributes: Attributes) {
        self.open(tag, attributes, None);
    }

    /// Text on one line.
    pub(super) fn text(&mut self, text: &str) {
        self.write(text, Form::Line);
    }

    /// Preformatted text that keeps its lines.
    pub(super) fn block(&mut self, attributes: Attributes, text: &str) {
        self.preformatted(attributes, text, Form::Block);
    }

    /// Preformatted bytes of HTTP: a line that does not end as HTTP has it shows that.
    pub(super) fn wire(&mut self, attributes: Attributes, text: &str) {
        self.preformatted(attributes, text, Form::Wire);
    }

    fn preformatted(&mut self, attributes: Attributes, text: &str, form: Form) {
        self.element("pre", attributes, |html| {
            // A parser drops the first line feed.
            html.0.push_str(LINE_FEED);
            html.write(text, form);
        });
    }

    fn open(&mut self, tag: &'static str, attributes: Attributes, to: Option<Anchor>) {
        let _ = write!(self.0, "<{tag}");
        if let Some(to) = to {
            let _ = write!(self.0, " href=\"#{}\"", to.id());
        }
        for (name, value) in attributes {
            debug_assert!(!matches!(*name, "href" | "src" | "style") && !name.starts_with("on"), "{name}");
            let _ = write!(self.0, " {name}=\"");
            self.write(value, Form::Attribute);
            self.0.push('"');
        }
        self.0.push('>');
    }

    fn close(&mut self, tag: &'static str) {
        let _ = write!(self.0, "</{tag}>");
    }

    fn write(&mut self, text: &str, form: Form) {
        let keeps_lines = matches!(form, Form::Block | Form::Wire);
        let (mut shown, mut is_marked) = (0, false);
        let mut letters = text.chars().peekable();
        while let Some(c) = letters.next() {
            if shown >= MAX_TEXT {
                self.mark(&mut is_marked, false);
                self.0.push('…');
                return;
            }
            let ends_line = keeps_lines && (c == '\n' || (c == '\r' && letters.peek() == Some(&'\n')));
            let is_odd = form == Form::Wire && c == '\n';
            let is_visible = (ends_line && !is_odd) || (keeps_lines && c == '\t') || !hides(c);
            self.mark(&mut is_marked, !is_visible && form != Form::Attribute);
            shown += 1;
            if !is_visible {
                let before = self.0.len();
                let _ = write!(self.0, "\\u{{{:x}}}", u32::from(c));
                shown += self.0.len() - before - 1;
            }
            if ends_line {
                if c == '\r' {
                    letters.next();
                }
                self.mark(&mut is_marked, false);
                self.0.push_str(LINE_FEED);
            } else if is_visible {
                match c {
                    '&' => self.0.push_str("&amp;"),
                    '<' => self.0.push_str("&lt;"),
                    '>' => self.0.push_str("&gt;"),
                    '"' => self.0.push_str("&quot;"),
                    '\'' => self.0.push_str("&#39;"),
                    '#' => self.0.push_str("&#35;"),
                    c => self.0.push(c),
                }
            }
        }
        self.mark(&mut is_marked, false);
    }

    /// Begins or ends what stands for characters that hide.
    fn mark(&mut self, is_marked: &mut bool, marks: bool) {
        match (*is_marked, marks) {
            (false, true) => self.0.push_str("<i>"),
            (true, false) => self.0.push_str("</i>"),
            _ => {}
        }
        *is_marked = marks;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(write: impl FnOnce(&mut Html)) -> String {
        let mut html = Html::default();
        write(&mut html);
        html.into_string()
    }

    #[test]
    fn text_stays_text() {
        let text = "<script>alert('x')</script> & \"q\"";
        let escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;";
        assert_eq!(html(|html| html.text(text)), escaped);
        assert_eq!(html(|html| html.void("input", &[("value", text)])), format!("<input value=\"{escaped}\">"));
    }

    #[test]
    fn what_hides_is_written_out_and_marked() {
        assert_eq!(html(|html| html.text("a\u{202e}\u{0}b\nc")), "a<i>\\u{202e}\\u{0}</i>b<i>\\u{a}</i>c");
        let attribute = html(|html| html.void("input", &[("value", "a\u{202e}\n")]));
        assert_eq!(attribute, "<input value=\"a\\u{202e}\\u{a}\">");
    }

    #[test]
    fn a_block_keeps_its_lines_and_bytes_of_http_show_what_ends_them() {
        assert_eq!(html(|html| html.block(&[], "a\r\nb\nc\r\td")), "<pre>&#10;a&#10;b&#10;c<i>\\u{d}</i>\td</pre>");
        assert_eq!(
            html(|html| html.wire(&[], "a\r\nb\nc\r")),
            "<pre>&#10;a&#10;b<i>\\u{a}</i>&#10;c<i>\\u{d}</i></pre>"
        );
    }

    #[test]
    fn a_long_text_is_cut_by_what_is_shown_of_it() {
        let long = html(|html| html.text(&"\u{0}".repeat(1_000_000)));
        assert!(long.len() < MAX_TEXT + 100 && long.ends_with("</i>…"), "{}", long.len());
        assert_eq!(html(|html| html.text(&"x".repeat(MAX_TEXT))).len(), MAX_TEXT);
    }

    #[test]
    fn a_link_leads_into_the_page() {
        let link = html(|html| html.link(Anchor::Exchange(7), &[("class", "probe")], |html| html.text("javascript:")));
        assert_eq!(link, "<a href=\"#x7\" class=\"probe\">javascript:</a>");
    }
}
