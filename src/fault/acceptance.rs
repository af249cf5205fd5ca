//! How wrong a request is.

/// Whether a correct server may take the broken request for right.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Acceptance {
    /// No correct server accepts it.
    Never,
    /// None should, and some do, or would if the environment were not what it says: where it changes something, something
    /// else is wrong with the request, too.
    Guarded,
    /// A lenient server may, and reads the body as it stands.
    Lenient,
    /// A correct server may, and that it does tells nothing.
    Right,
    /// None does, by the word of the suite's author.
    Declared,
    /// A lenient server may, and may not read the body at all: nothing inside the body makes the request wrong then.
    Unread,
}
