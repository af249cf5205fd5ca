//! The report as one page that a browser shows without anything else: no script, style, font or picture from elsewhere.
//!
//! It can be read on paper, in the dark, by keyboard and by ear; only search and filters need the script. What the target
//! sent is text in it and nothing more, see `markup`; should that ever fail, the page's policy lets no script run but its
//! own, which it knows by its hash. This knows no file.

use std::io::{self, Write};

use super::drift::Shown;
use super::heat_map::Firsts;
use super::markup::{Anchor, Html};
use super::search::Choices;
use super::{banner, catalogue, drift, exchange, heat_map, omitted, precedence, search};
use crate::model::verdict::Verdict;
use crate::render::count::{count, number};
use crate::render::renderer::Renderer;
use crate::report::{Closing, Opening, ProbeResult};

/// The page's style.
pub const STYLE: &str = include_str!("page.css");
/// The page's script.
pub const SCRIPT: &str = include_str!("page.js");
/// What the page may do (Content Security Policy, level 3): its own style and script, known by their SHA-256.
pub const POLICY: &str = include_str!("policy.txt");

/// The most bytes of exchanges that passed without a finding: about two thousand of them.
const MAX_PASSED: usize = 3 * 1024 * 1024;
/// The most bytes of exchanges at all: a page of more than 5 MB is not opened from a mail, and slow where it is.
const MAX_EXCHANGES: usize = 4 * 1024 * 1024;

/// The page under way; what it keeps of the results is bounded.
#[derive(Debug, Default)]
pub(in crate::render) struct Page {
    exchanges: Html,
    passed: usize,
    /// Exchanges so far, shown or not.
    count: usize,
    left_out_passed: usize,
    left_out_others: usize,
    choices: Choices,
    shown: Shown,
    firsts: Firsts,
}

impl Renderer for Page {
    fn result(&mut self, result: &ProbeResult, _to: &mut dyn Write) -> io::Result<()> {
        self.count += 1;
        let is_plain = result.verdict == Verdict::Pass && result.findings.is_empty();
        let entry = exchange::entry(result, self.count);
        if self.exchanges.len() + entry.len() > MAX_EXCHANGES || (is_plain && self.passed + entry.len() > MAX_PASSED) {
            *(if is_plain { &mut self.left_out_passed } else { &mut self.left_out_others }) += 1;
            return Ok(());
        }
        self.passed += if is_plain { entry.len() } else { 0 };
        self.exchanges.piece(&entry);
        let operation = exchange::operation(&result.suite, &result.operation);
        self.firsts.entry((operation.clone(), result.cause)).or_insert(self.count);
        self.shown.entry(result.probe.clone()).or_insert(self.count);
        self.choices.verdicts.insert(result.verdict.word());
        self.choices.operations.insert(operation);
        self.choices.causes.insert(result.cause);
        Ok(())
    }

    fn end(self: Box<Self>, opening: &Opening, closing: &Closing, to: &mut dyn Write) -> io::Result<()> {
        let mut front = Html::default();
        head(&mut front, opening, closing);
        let sections = [
            ("drifts", "Drifts", Some(drift::drifts(&closing.drifts, &self.shown))),
            ("matrix", "Matrix", Some(heat_map::heat_map(opening, closing, &self.firsts))),
            ("catalogue", "Catalogue", some(&closing.catalogue, || catalogue::catalogue(&closing.catalogue))),
            (
                "precedence",
                "Precedence",
                some(&closing.precedence, || precedence::precedence(&closing.precedence, &self.shown)),
            ),
            ("omitted", "Not tested", omitted::omitted(closing)),
        ];
        front.fixed("<header><p class=\"name\">errdrift</p><nav aria-label=\"Sections\"><ul>");
        let named = sections.iter().filter(|(.., section)| section.is_some()).map(|(id, name, _)| (*id, *name));
        for (id, name) in named.chain([("exchanges", "Exchanges")]) {
            front.element("li", &[], |html| html.link(Anchor::Section(id), &[], |html| html.text(name)));
        }
        front.fixed("</ul></nav></header><main id=\"main\" tabindex=\"-1\">");
        front.piece(&banner::banner(opening, closing));
        for section in sections.iter().filter_map(|(.., section)| section.as_ref()) {
            front.piece(section);
        }
        front.fixed("<section id=\"exchanges\" aria-labelledby=\"exchanges-title\" tabindex=\"-1\">");
        front.fixed("<h2 id=\"exchanges-title\">Exchanges</h2>");
        front.piece(&search::form(&self.choices));
        if let Some(left_out) = self.left_out() {
            front.line("p", &[("class", "reason")], &left_out);
        }
        front.fixed("<div id=\"list\">\n");
        let mut rest = self.exchanges;
        rest.fixed("</div></section></main><footer><p>");
        rest.text(&format!("errdrift {} · report format {}", env!("CARGO_PKG_VERSION"), crate::report::SCHEMA_VERSION));
        rest.fixed("</p></footer><script>");
        rest.fixed(SCRIPT);
        rest.fixed("</script></body></html>\n");
        to.write_all(front.into_string().as_bytes())?;
        to.write_all(rest.into_string().as_bytes())
    }
}

impl Page {
    /// What the page does not show.
    fn left_out(&self) -> Option<String> {
        let (passed, others) = (self.left_out_passed, self.left_out_others);
        (passed + others > 0).then(|| {
            format!(
                "Too long for one page: {} that passed and {} others are counted above and not shown here. The JSON report \
                 has all {}.",
                count(passed, "exchange"),
                number(others),
                number(self.count)
            )
        })
    }
}

/// The section, where it has something to show.
fn some<T>(of: &[T], section: impl FnOnce() -> Html) -> Option<Html> {
    (!of.is_empty()).then(section)
}

/// Everything before the header of the page.
fn head(html: &mut Html, opening: &Opening, closing: &Closing) {
    html.fixed("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", POLICY.trim_end())]);
    html.fixed(
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" \
         content=\"light dark\"><meta name=\"referrer\" content=\"no-referrer\">",
    );
    let (word, _) = banner::word(closing.verdict);
    html.line("title", &[], &format!("{word}: {} · errdrift", opening.suites.join(", ")));
    html.fixed("<style>");
    html.fixed(STYLE);
    html.fixed("</style></head><body><a class=\"skip\" href=\"#main\">Skip to the verdict</a>");
}
