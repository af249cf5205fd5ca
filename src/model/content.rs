//! A body as its reader reads it: out of its content codings, and in UTF-8. It knows no secret.

use std::io::Read as _;

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use crate::model::exchange::{BODY_LIMIT, Reply};

/// Codings within codings are read so deep.
const MAX_CODINGS: usize = 3;

/// A body out of its content codings, and what they are beside what the reply says of them.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Unpacked {
    /// The codings that the reply names, the last one applied first; `x-gzip` is `gzip`.
    pub named: Vec<String>,
    /// Those that the bytes show, likewise.
    pub found: Vec<&'static str>,
    /// What was in them, as far as it could be read; `None` where the body is what it is.
    pub bytes: Option<Vec<u8>>,
    /// Whether all of it could be read.
    pub whole: bool,
    /// The coding that we do not read, or that holds too much.
    pub opaque: Option<String>,
}

impl Unpacked {
    /// The body of that reply.
    #[must_use]
    pub fn of(reply: &Reply) -> Self {
        let named = reply.all("content-encoding").map(|value| String::from_utf8_lossy(value).to_ascii_lowercase());
        let named = named.collect::<Vec<_>>().join(",");
        let named = named.split(',').map(str::trim).filter(|coding| !["", "identity"].contains(coding)).rev();
        let named = named.map(|coding| if coding == "x-gzip" { "gzip" } else { coding }.to_owned()).collect();
        let mut unpacked = Self { named, whole: true, ..Self::default() };
        if !reply.body.is_empty() {
            (0..MAX_CODINGS).all(|depth| unpacked.step(&reply.body, depth));
        }
        unpacked
    }

    /// Takes one coding off, and tells whether another may be below.
    fn step(&mut self, body: &[u8], depth: usize) -> bool {
        let now = self.bytes.as_deref().unwrap_or(body);
        let coding = self.named.get(depth).map(String::as_str);
        let (found, read) = match (now, coding) {
            ([0x1f, 0x8b, ..], _) => (Some("gzip"), unpack(MultiGzDecoder::new(now), |_| true)),
            ([0x78, 0x01 | 0x5e | 0x9c | 0xda, ..], _) => {
                (Some("deflate"), unpack(ZlibDecoder::new(now), |reader| reader.total_in() == now.len() as u64))
            }
            ([0x28, 0xb5, 0x2f, 0xfd, ..], _) => (None, Err("zstd")),
            (_, Some("deflate")) => {
                let read = unpack(DeflateDecoder::new(now), |reader| reader.total_in() == now.len() as u64);
                // Some text is read as such data up to a point.
                match read {
                    Err(_) | Ok((_, false)) if is_text(now) => return false,
                    read => (None, read),
                }
            }
            // What is no gzip is what it is, and what is text is in no coding, whatever the label.
            (_, None | Some("gzip")) => return false,
            (_, Some(_)) if is_text(now) => return false,
            (_, Some(_)) => (None, Err("")),
        };
        match read {
            Ok((bytes, whole)) => {
                // Bytes without a mark are what the label says where they can be read so from end to end.
                self.found.extend(found.or((coding == Some("deflate") && whole).then_some("deflate")));
                self.whole &= whole;
                self.bytes = Some(bytes);
                whole
            }
            // What looks like a coding may not be one.
            Err("") if self.bytes.is_none() && coding.is_none() => false,
            Err(known) => {
                let name = coding.or(found).unwrap_or(known);
                self.opaque = Some(name.to_owned());
                false
            }
        }
    }

    /// The bytes that the codings hold; `None` where they cannot be read, or not to their end.
    #[must_use]
    pub fn plain<'b>(&'b self, body: &'b [u8]) -> Option<&'b [u8]> {
        if self.opaque.is_some() || !(self.whole || self.found.is_empty()) {
            return None;
        }
        let bytes = self.bytes.as_deref().filter(|_| self.whole);
        Some(bytes.unwrap_or(body))
    }
}

/// As much as can be read, and whether it is all; an error where it is too much, and one without a name where it is
/// nothing.
fn unpack<R: std::io::Read>(mut reader: R, ended: impl Fn(&R) -> bool) -> Result<(Vec<u8>, bool), &'static str> {
    let mut plain = Vec::new();
    let read = reader.by_ref().take(BODY_LIMIT as u64 + 1).read_to_end(&mut plain).is_ok();
    let whole = read && ended(&reader);
    match plain.len() {
        0 => Err(""),
        1..=BODY_LIMIT => Ok((plain, whole)),
        _ => Err("deflate"),
    }
}

/// Whether bytes are text in UTF-8, which no coding makes.
fn is_text(bytes: &[u8]) -> bool {
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c');
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(control))
}

/// The reply as its reader reads it, with its body out of its codings and in UTF-8; `None` where it came so.
#[must_use]
pub fn readable(reply: &Reply, unpacked: &Unpacked) -> Option<Reply> {
    let plain = unpacked.plain(&reply.body)?;
    let body = match text(reply, plain) {
        Some((_, text)) => text.into_bytes(),
        None if plain.len() == reply.body.len() && unpacked.bytes.is_none() => return None,
        None => plain.to_vec(),
    };
    (body != reply.body).then(|| Reply { body, ..reply.clone() })
}

/// Text in UTF-16 or in the charset that the reply or the page names: what it is in, and the same in UTF-8; `None` where it is
/// in UTF-8, or nobody says what it is in.
#[must_use]
pub fn text(reply: &Reply, bytes: &[u8]) -> Option<(String, String)> {
    let (order, units): (_, fn([u8; 2]) -> u16) = match bytes {
        [0xff, 0xfe, ..] | [1..=0xff, 0, 1..=0xff, 0, ..] => ("little-endian", u16::from_le_bytes),
        [0xfe, 0xff, ..] | [0, 1..=0xff, 0, 1..=0xff, ..] => ("big-endian", u16::from_be_bytes),
        _ => return in_charset(reply, bytes),
    };
    let units: Vec<_> = bytes.chunks_exact(2).map(|pair| units([pair[0], pair[1]])).collect();
    let text = String::from_utf16_lossy(&units).trim_start_matches('\u{feff}').to_owned();
    Some((format!("UTF-16, {order}"), text))
}

fn in_charset(reply: &Reply, bytes: &[u8]) -> Option<(String, String)> {
    let named = reply.header("content-type").and_then(|value| charset(&value)).or_else(|| charset_of_page(bytes))?;
    let encoding = Encoding::for_label_no_replacement(named.as_bytes()).filter(|encoding| *encoding != UTF_8)?;
    // What is UTF-8 is read as that, whatever it is called: but for escapes, all that is not is known by its bytes.
    if encoding != ISO_2022_JP && std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let text = encoding.decode_without_bom_handling(bytes).0;
    (text.as_bytes() != bytes).then(|| (format!("the charset {named}"), text.into_owned()))
}

/// The media type of a Content-Type without its parameters.
#[must_use]
pub fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// The charset of a Content-Type, in lower case.
#[must_use]
pub fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    })
}

/// As much of a page is looked through for its charset (WHATWG HTML, 13.2.3.2).
const MAX_PRESCAN: usize = 1_024;

/// The charset that a page names itself, in a `meta` or in the first line of XML.
fn charset_of_page(bytes: &[u8]) -> Option<String> {
    let begin = String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_PRESCAN)]).to_ascii_lowercase();
    let behind = ["charset=", "encoding="].iter().find_map(|mark| begin.split_once(mark).map(|(_, behind)| behind))?;
    let name = behind.trim_start_matches(['"', '\'', ' ']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c)).unwrap_or(name.len());
    begin.trim_start().starts_with('<').then(|| name[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn reply(name: &str, value: &str, body: &[u8]) -> Reply {
        let headers = vec![(name.to_owned(), value.into())];
        Reply { status: 400, headers, body: body.to_vec(), ..Reply::default() }
    }

    /// The codings that the body shows, and what is in them where it can be read.
    fn read(coding: &str, body: &[u8]) -> (String, Option<Vec<u8>>) {
        let unpacked = Unpacked::of(&reply("Content-Encoding", coding, body));
        let found = unpacked.opaque.iter().map(|opaque| format!("not {opaque}"));
        let found: Vec<_> = unpacked.found.iter().map(|found| (*found).to_owned()).chain(found).collect();
        (found.join(" "), unpacked.plain(body).map(<[u8]>::to_vec))
    }

    #[test]
    fn a_body_is_read_out_of_its_coding_whether_it_is_named_or_not() {
        let text = b"{\"a\": \"a text of some length\"}".to_vec();
        let is = |found: &str| (found.to_owned(), Some(text.clone()));
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(&text).unwrap();
        let zlib = zlib.finish().unwrap();
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(&text).unwrap();
        assert_eq!(read("gzip", &gzip(&text)), is("gzip"));
        assert_eq!(read("br", &gzip(&text)), is("gzip"));
        assert_eq!(read("", &gzip(&text)), is("gzip"));
        assert_eq!(read("", &zlib), is("deflate"));
        assert_eq!(read("identity", &gzip(&gzip(&text))), is("gzip gzip"));
        assert_eq!(read("deflate", &zlib), is("deflate"));
        assert_eq!(read("deflate", &deflate.finish().unwrap()), is("deflate"));
        for label in ["", "gzip", "deflate", "br", "zstd", "aws-chunked", "gzip, br"] {
            assert_eq!(read(label, &text), is(""), "{label}");
        }
        assert_eq!(read("br", b"\x0b\x02\x80abc\x03"), ("not br".to_owned(), None));
        assert_eq!(read("", b"\x28\xb5\x2f\xfd\x04"), ("not zstd".to_owned(), None));
        assert_eq!(read("br", b""), (String::new(), Some(Vec::new())));
    }

    #[test]
    fn what_breaks_off_is_read_as_far_as_it_goes_and_a_bomb_is_not() {
        let text: Vec<u8> = (0..20_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
        let packed = gzip(&text);
        let half = &packed[..packed.len() / 2];
        let unpacked = Unpacked::of(&reply("Content-Encoding", "gzip", half));
        let so_far = unpacked.bytes.as_deref().unwrap();
        assert!(!so_far.is_empty() && text.starts_with(so_far));
        assert!(!unpacked.whole && unpacked.plain(half).is_none());
        let bomb = gzip(&vec![b'x'; BODY_LIMIT + 1]);
        for label in ["gzip", ""] {
            assert_eq!(read(label, &bomb), ("not gzip".to_owned(), None));
        }
    }

    #[test]
    fn text_is_read_in_its_own_charset() {
        let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let read = |media_type: &str, bytes: &[u8]| {
            text(&reply("Content-Type", media_type, bytes), bytes).map(|(_, text)| text)
        };
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(read("", &utf_16("\u{feff}тест")), is("тест"));
        assert_eq!(read("", &utf_16("{\"a\": \"я\"}")), is("{\"a\": \"я\"}"));
        assert_eq!(read("text/html; charset=gb2312", b"\xb2\xbb\xb4\xe6\xd4\xda"), is("不存在"));
        assert_eq!(read("text/html;charset=\"Windows-1251\"", b"\xed\xe5\xf2"), is("нет"));
        assert_eq!(read("text/plain; charset=ISO-8859-1", b"\xe9t\xe9"), is("été"));
        assert_eq!(read("text/plain; charset=iso-2022-jp", b"\x1b$B$\"\x1b(B"), is("あ"));
        assert_eq!(
            read("text/html", b"<meta charset='windows-1251'>\xed\xe5\xf2"),
            is("<meta charset='windows-1251'>нет")
        );
        // In UTF-8 whatever it is called, and in what nobody says.
        for media_type in ["text/html; charset=latin1", "text/html"] {
            assert_eq!(read(media_type, "<p>été</p>".as_bytes()), None);
        }
        for media_type in ["text/plain", "text/plain; charset=utf-8", "text/plain; charset=nosuch"] {
            assert_eq!(read(media_type, b"charset=latin1 \xe9t\xe9"), None, "{media_type}");
        }
    }
}
