//! Replaces values by the names of their variables: in what came from a target, wherever and however they are written there,
//! and in our own text only where they are what nobody writes by chance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::environment::Environment;
use super::search::{Hit, Pattern, Patterns};
use super::template::{Piece, Template};
use super::words::{is_common, is_weak};
use crate::model::pointer::unescaped;

/// Replaces secrets by the names of their variables.
#[derive(Clone, Debug)]
pub struct Mask(Arc<Values>);

struct Values {
    all: Patterns,
    /// Those that nobody writes by chance.
    strong: Patterns,
    /// The words of the contract and the suite, which are no secrets wherever they stand.
    known: BTreeSet<String>,
}

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.all.all.iter().map(|pattern| &pattern.name)).finish()
    }
}

impl Default for Mask {
    fn default() -> Self {
        Self::of(Vec::new(), BTreeSet::new())
    }
}

/// Fields whose values are words and numbers of HTTP itself.
const PROTOCOL: &[&str] = &[
    "accept",
    "accept-ch",
    "accept-encoding",
    "accept-ranges",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-max-age",
    "age",
    "allow",
    "alt-svc",
    "cache-control",
    "connection",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "date",
    "expires",
    "keep-alive",
    "last-modified",
    "pragma",
    "retry-after",
    "strict-transport-security",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "vary",
    "x-content-type-options",
    "x-frame-options",
    "x-xss-protection",
];

impl Mask {
    /// A mask for the values of the given templates.
    #[must_use]
    pub fn new<'t>(templates: impl IntoIterator<Item = &'t Template>, environment: &Environment) -> Self {
        let mut values: BTreeMap<String, (String, String, bool)> = BTreeMap::new();
        let mut add = |value: &str, name: &str, part: &str, weak: bool| {
            // A name of its own is better than one that says what it was cut from.
            if !value.trim().is_empty() {
                values.entry(value.to_owned()).or_insert_with(|| (name.to_owned(), part.to_owned(), weak));
            }
        };
        let templates: Vec<_> = templates.into_iter().collect();
        let names: BTreeSet<&str> = templates.iter().flat_map(|template| template.variables()).collect();
        let names: Vec<_> = names.into_iter().filter_map(|name| Some((name, environment.get(name)?))).collect();
        for (name, value) in &names {
            add(value, &format!("${{{name}}}"), &format!("${{{name}%…}}"), is_weak(value));
        }
        for template in &templates {
            for piece in &template.0 {
                if let Piece::Basic(login, password) = piece
                    && let (Ok(login), Ok(password)) = (login.resolve(environment), password.resolve(environment))
                    && template.has_variables()
                {
                    let name = String::from_utf8_lossy(&template.masked()["Basic ".len()..]).into_owned();
                    add(&String::from_utf8_lossy(&[login, password].join(&b':')), &name, &name, false);
                }
            }
        }
        let shortened = |template: &&Template, name: &str| {
            template.0.iter().any(|piece| matches!(piece, Piece::Shortened(cut) if cut == name))
        };
        for (name, value) in names.into_iter().filter(|(name, _)| templates.iter().any(|all| shortened(all, name))) {
            let mut cut = value.to_owned();
            if cut.pop().is_some() && cut.chars().count() > 2 {
                add(&cut, &format!("${{{name}%?}}"), &format!("${{{name}%…}}"), is_weak(value) || is_weak(&cut));
            }
        }
        let pattern = |(value, (name, part, weak)): (String, (String, String, bool))| {
            let cases = [value.to_lowercase(), value.to_uppercase()];
            // Letters of ASCII are found in any case as it is.
            let others = cases.into_iter().filter(|case| !value.is_ascii() && *case != value);
            let all: BTreeSet<_> = others.chain([value.clone()]).collect();
            all.into_iter().map(move |case| Pattern::new(&case, name.clone(), part.clone(), weak)).collect::<Vec<_>>()
        };
        Self::of(values.into_iter().flat_map(pattern).collect(), BTreeSet::new())
    }

    fn of(all: Vec<Pattern>, known: BTreeSet<String>) -> Self {
        let strong = all.iter().filter(|pattern| !pattern.weak).cloned().collect();
        Self(Arc::new(Values { all: Patterns::new(all), strong: Patterns::new(strong), known }))
    }

    /// The same, with the words of the contract and the suite: names of members, codes, messages. A value that is such a word
    /// is masked only where it stands alone in what is no name.
    #[must_use]
    pub fn knowing(&self, words: BTreeSet<String>) -> Self {
        let is_word = |pattern: &Pattern| words.iter().any(|word| pattern.is(word));
        let mut all = self.0.all.all.clone();
        for pattern in &mut all {
            pattern.weak |= is_word(pattern);
        }
        Self::of(all, words)
    }

    /// Whether there is nothing to mask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.all.all.is_empty()
    }

    /// Whether the text is a word of the contract, or of any error, or the beginning of one: that it comes tells nothing.
    #[must_use]
    pub fn is_word(&self, text: &str) -> bool {
        is_common(text) || self.0.known.iter().any(|word| word.starts_with(text))
    }

    /// What came from a target, without secrets.
    #[must_use]
    pub fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        self.masked(bytes, false).unwrap_or_else(|| bytes.to_vec())
    }

    /// The same of text. A text that is a word of the contract stays.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if self.0.known.contains(text) {
            return text.to_owned();
        }
        self.masked(text.as_bytes(), false)
            .map_or_else(|| text.to_owned(), |masked| String::from_utf8_lossy(&masked).into_owned())
    }

    /// The JSON text of that value, without secrets.
    #[must_use]
    pub fn json(&self, value: &Value, json: String) -> String {
        let is_known = match value {
            Value::String(text) => self.0.known.contains(text),
            Value::Number(_) => self.0.known.contains(&json),
            _ => false,
        };
        if is_known { json } else { self.text(&json) }
    }

    /// The value, as text where it holds a secret.
    #[must_use]
    pub fn value(&self, value: Value) -> Value {
        let json = value.to_string();
        let masked = self.json(&value, json.clone());
        if masked == json { value } else { Value::String(masked.trim_matches('"').to_owned()) }
    }

    /// Our own text, without what nobody writes by chance.
    #[must_use]
    pub fn own(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.own_bytes(text.as_bytes())).into_owned()
    }

    /// The same of bytes.
    #[must_use]
    pub fn own_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let strong = &self.0.strong;
        let hits = strong.find(bytes, false);
        if hits.is_empty() { bytes.to_vec() } else { replaced(bytes, &hits, strong) }
    }

    /// The name of a member or of a header field. What the contract or the suite names, and what any error may name, stays.
    #[must_use]
    pub fn name(&self, name: &str) -> String {
        if self.0.known.contains(name) {
            return name.to_owned();
        }
        let mut hits = self.0.all.find(name.as_bytes(), false);
        hits.retain(|hit| !self.is_usual(*hit, name.as_bytes()));
        if hits.is_empty() {
            return name.to_owned();
        }
        String::from_utf8_lossy(&replaced(name.as_bytes(), &hits, &self.0.all)).into_owned()
    }

    /// A JSON Pointer to a part of a reply, or `header:` with a name.
    #[must_use]
    pub fn pointer(&self, at: &str) -> String {
        if self.is_empty() {
            return at.to_owned();
        }
        if let Some(name) = at.strip_prefix("header:") {
            return format!("header:{}", self.name(name));
        }
        let mut tokens = at.split('/');
        let mut masked = tokens.next().unwrap_or_default().to_owned();
        for token in tokens {
            let name = self.name(&unescaped(token));
            masked.extend(["/", &name.replace('~', "~0").replace('/', "~1")]);
        }
        masked
    }

    /// The value of a header field; `None` where nothing is to be masked.
    #[must_use]
    pub fn field(&self, name: &str, value: &[u8]) -> Option<Vec<u8>> {
        if PROTOCOL.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            let hits = self.0.strong.find(value, false);
            return (!hits.is_empty()).then(|| replaced(value, &hits, &self.0.strong));
        }
        self.masked(value, false)
    }

    /// Two texts of which the second goes on with the first; each where it has something to mask.
    #[must_use]
    pub fn parted(&self, left: &[u8], right: &[u8]) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
        let whole = [left, right].concat();
        let hits = self.hits(&whole, true);
        let part = |from: usize, to: usize| {
            let within = |hit: &Hit| {
                let (start, end) = (hit.start.clamp(from, to), hit.end.clamp(from, to));
                (start < end).then_some(Hit { start: start - from, end: end - from, ..*hit })
            };
            let hits: Vec<_> = hits.iter().filter_map(within).collect();
            (!hits.is_empty()).then(|| replaced(&whole[from..to], &hits, &self.0.all))
        };
        (part(0, left.len()), part(left.len(), whole.len()))
    }

    /// What came from a target, where there is something to mask. `cut`: the text goes on after its end, so that what may
    /// be the beginning of a value there is masked as well.
    #[must_use]
    pub fn masked(&self, text: &[u8], cut: bool) -> Option<Vec<u8>> {
        let hits = self.hits(text, cut);
        (!hits.is_empty()).then(|| replaced(text, &hits, &self.0.all))
    }

    fn hits(&self, text: &[u8], cut: bool) -> Vec<Hit> {
        let mut hits = self.0.all.find(text, cut);
        hits.retain(|hit| !(is_name(text, *hit) && self.is_usual(*hit, &text[hit.start..hit.end])));
        hits
    }

    /// Whether it is a value that is a word, in a name that is one.
    fn is_usual(&self, hit: Hit, name: &[u8]) -> bool {
        self.0.all.all[hit.pattern].weak
            && std::str::from_utf8(name).is_ok_and(|name| self.0.known.contains(name) || is_common(name))
    }
}

/// Whether it is the whole name of a member of a JSON object, which may stand in a string of JSON.
fn is_name(text: &[u8], hit: Hit) -> bool {
    let behind = text[hit.end..].trim_ascii_start();
    let slashes = behind.iter().take_while(|byte| **byte == b'\\').count();
    text[..hit.start].ends_with(b"\"")
        && behind[slashes..].strip_prefix(b"\"").is_some_and(|rest| rest.trim_ascii_start().starts_with(b":"))
}

fn replaced(text: &[u8], hits: &[Hit], patterns: &Patterns) -> Vec<u8> {
    let mut masked = Vec::with_capacity(text.len());
    let mut at = 0;
    for hit in hits {
        let pattern = &patterns.all[hit.pattern];
        masked.extend_from_slice(&text[at..hit.start]);
        masked.extend_from_slice(if hit.whole { &pattern.name } else { &pattern.part }.as_bytes());
        at = hit.end;
    }
    masked.extend_from_slice(&text[at..]);
    masked
}
