//! JSON Pointers (RFC 6901).

use serde_json::{Map, Value};

/// What the pointer names (RFC 6901), without the copies that `serde_json` makes of a pointer without a tilde.
#[must_use]
pub fn pointed<'v>(value: &'v Value, pointer: &str) -> Option<&'v Value> {
    if pointer.contains('~') {
        return value.pointer(pointer);
    }
    let mut tokens = pointer.split('/');
    if !tokens.next()?.is_empty() {
        return None;
    }
    tokens.try_fold(value, |value, token| match value {
        Value::Object(members) => members.get(token),
        Value::Array(_) => value.pointer(&format!("/{token}")),
        _ => None,
    })
}

/// All that a pointer names in which `*` stands for every element of an array and every member of an object, each with its own
/// pointer, in order.
#[must_use]
pub fn every<'v>(value: &'v Value, pattern: &str) -> Vec<(String, &'v Value)> {
    let Some((before, after)) =
        pattern.split_once("/*").filter(|(_, after)| after.is_empty() || after.starts_with('/'))
    else {
        return pointed(value, pattern).map(|found| (pattern.to_owned(), found)).into_iter().collect();
    };
    let inner: Vec<(String, &Value)> = match pointed(value, before) {
        Some(Value::Array(elements)) => {
            elements.iter().enumerate().map(|(index, element)| (format!("{before}/{index}"), element)).collect()
        }
        Some(Value::Object(members)) => members.iter().map(|(name, inner)| (member(before, name), inner)).collect(),
        _ => Vec::new(),
    };
    let below = |(at, inner): (String, &'v Value)| {
        every(inner, after).into_iter().map(move |(rest, found)| (format!("{at}{rest}"), found)).collect::<Vec<_>>()
    };
    inner.into_iter().flat_map(below).collect()
}

/// The first of [`every`].
#[must_use]
pub fn first<'v>(value: &'v Value, pattern: &str) -> Option<&'v Value> {
    if !pattern.contains('*') {
        return pointed(value, pattern);
    }
    every(value, pattern).into_iter().next().map(|(_, found)| found)
}

/// A name as it stands in a pointer, as it is (RFC 6901, section 4).
#[must_use]
pub fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// The names of a pointer, from the root.
#[must_use]
pub fn names(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(unescaped).collect()
}

/// Puts a value at the place of these names, and makes the objects on the way to it.
pub fn put(root: &mut Value, way: &[String], value: Value) {
    let mut place = root;
    for name in way {
        if let Value::Array(elements) = place {
            match name.parse().ok().and_then(|index: usize| elements.get_mut(index)) {
                Some(element) => place = element,
                None => return,
            }
            continue;
        }
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Some(members) = place.as_object_mut() else { return };
        place = members.entry(name.clone()).or_insert(Value::Null);
    }
    *place = value;
}

/// Takes away what is at the place of a pointer.
pub fn take(root: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else { return };
    match root.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.shift_remove(&unescaped(name));
        }
        Some(Value::Array(elements)) => {
            if let Some(index) = name.parse().ok().filter(|index: &usize| *index < elements.len()) {
                elements.remove(index);
            }
        }
        _ => {}
    }
}

/// Makes a pointer one to a member of what it points to.
pub fn push(pointer: &mut String, name: &str) {
    pointer.push('/');
    for c in name.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// The pointer of a member of what `parent` points to (RFC 6901).
#[must_use]
pub fn member(parent: &str, name: &str) -> String {
    let mut pointer = parent.to_owned();
    push(&mut pointer, name);
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asterisk_stands_for_every_element_and_every_member() {
        let json = serde_json::json!({"errors": [{"code": 1}, {"no": 0}, {"code": 3}], "by": {"a/b": {"x": 5}}});
        let found = |pattern: &str| {
            let found = every(&json, pattern).into_iter();
            found.map(|(at, value)| format!("{at}={value}")).collect::<Vec<_>>()
        };
        assert_eq!(found("/errors/*/code"), ["/errors/0/code=1", "/errors/2/code=3"]);
        assert_eq!(found("/by/*/x"), ["/by/a~1b/x=5"]);
        assert_eq!(found("/errors/0/code"), ["/errors/0/code=1"]);
        assert_eq!(found("/nowhere/*/code"), [""; 0]);
        assert_eq!(first(&json, "/errors/*/code"), Some(&Value::from(1)));
        // A member may be called so.
        assert_eq!(first(&serde_json::json!({"*x": 1}), "/*x"), Some(&Value::from(1)));
    }
}
