//! A reader of the page that is stricter than a browser: every tag is closed in its order, every value is quoted.

use std::collections::BTreeMap;

/// Elements without an end tag.
const VOID: &[&str] = &["meta", "input", "br"];

/// An element with its attributes, and all the text in it.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) tag: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) text: String,
    /// Where its parent stands in the list.
    pub(crate) parent: Option<usize>,
}

impl Element {
    /// The value of an attribute; empty where it has none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// The elements of a page in their order.
pub(crate) fn read(page: &str) -> Vec<Element> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>\n").expect("a document type");
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    while let Some(at) = rest.find('<') {
        for index in &open {
            elements[*index].text.push_str(&unescaped(&rest[..at]));
        }
        let (tag, behind) = rest[at + 1..].split_once('>').expect("an end of the tag");
        rest = behind;
        if let Some(name) = tag.strip_prefix('/') {
            let closed = open.pop().expect("something open");
            assert_eq!(elements[closed].tag, name, "closed before {}", &rest[..rest.len().min(200)]);
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "<{tag}>");
        let parent = open.last().copied();
        let (name, attributes) = (name.to_owned(), read_attributes(attributes));
        elements.push(Element { tag: name.clone(), attributes, text: String::new(), parent });
        if !VOID.contains(&name.as_str()) {
            open.push(elements.len() - 1);
        }
        // Neither holds text that is escaped.
        if name == "script" || name == "style" {
            let end = rest.find(&format!("</{name}>")).expect("its end");
            rest[..end].clone_into(&mut elements.last_mut().unwrap().text);
            rest = &rest[end..];
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    assert_eq!(rest, "\n");
    elements
}

fn read_attributes(mut text: &str) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    while !text.is_empty() {
        let Some((name, rest)) = text.split_once("=\"").filter(|(name, _)| !name.contains(' ')) else {
            let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
            assert_eq!(name, "hidden", "a value that is not quoted");
            attributes.insert(name.to_owned(), String::new());
            text = rest;
            continue;
        };
        let (value, rest) = rest.split_once('"').expect("the other quote");
        assert!(attributes.insert(name.to_owned(), unescaped(value)).is_none(), "{name} twice");
        text = rest.trim_start();
    }
    attributes
}

/// The text that was escaped; nothing else begins with an ampersand.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').expect("an end of the reference");
        let known = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("#39", '\''), ("#35", '#'), ("#10", '\n')];
        plain.push(known.iter().find(|(known, _)| *known == name).expect("a known reference").1);
        plain.push_str(rest);
    }
    plain
}
