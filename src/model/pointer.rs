//! JSON Pointers (RFC 6901).

use serde_json::Value;

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
