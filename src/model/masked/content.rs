//! A body as its reader reads it: out of its content coding, and in UTF-8. It knows no secret.

use std::io::Read as _;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use crate::model::exchange::{BODY_LIMIT, Reply};

/// A body as it is read.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Content {
    /// As it came.
    Plain,
    /// In a coding or a charset, and these are the bytes.
    Decoded(Vec<u8>),
    /// In a coding that we do not read.
    Opaque(String),
}

/// Codings within codings are read so deep.
const CODINGS: usize = 3;

/// The reply's body as it is read.
pub(super) fn of(reply: &Reply) -> Content {
    let body = reply.body.as_slice();
    if body.is_empty() {
        return Content::Plain;
    }
    let named = reply.header("content-encoding").unwrap_or_default().to_ascii_lowercase();
    let mut codings = named.split(',').map(str::trim).filter(|coding| !["", "identity"].contains(coding)).rev();
    let mut bytes: Option<Vec<u8>> = None;
    for _ in 0..CODINGS {
        let now = bytes.as_deref().unwrap_or(body);
        let coding = codings.next();
        let is_gzip = now.starts_with(&[0x1f, 0x8b]);
        let is_zlib = matches!(now, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]);
        let read = match coding {
            _ if is_gzip => unpacked(MultiGzDecoder::new(now)),
            _ if is_zlib => unpacked(ZlibDecoder::new(now)),
            Some("deflate") => unpacked(DeflateDecoder::new(now)),
            // What is no gzip is what it is, whatever its label.
            Some("gzip" | "x-gzip") => break,
            Some(other) => return Content::Opaque(other.to_owned()),
            None if now.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) => return Content::Opaque("zstd".to_owned()),
            None => break,
        };
        match read {
            Some(read) => bytes = Some(read),
            None if bytes.is_none() && coding.is_none() => break,
            None => return Content::Opaque(coding.unwrap_or("gzip").to_owned()),
        }
    }
    match utf8(bytes.as_deref().unwrap_or(body)).or(bytes) {
        Some(bytes) => Content::Decoded(bytes),
        None => Content::Plain,
    }
}

/// As much as can be read, where it is not too much.
fn unpacked(reader: impl std::io::Read) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    // What breaks off is read as far as it goes.
    let _ = reader.take(BODY_LIMIT as u64 + 1).read_to_end(&mut plain);
    (!plain.is_empty() && plain.len() <= BODY_LIMIT).then_some(plain)
}

/// Text in UTF-16, in UTF-8.
fn utf8(bytes: &[u8]) -> Option<Vec<u8>> {
    let units: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] | [1..=0xff, 0, 1..=0xff, 0, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] | [0, 1..=0xff, 0, 1..=0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units: Vec<_> = bytes.chunks_exact(2).map(|pair| units([pair[0], pair[1]])).collect();
    Some(String::from_utf16_lossy(&units).trim_start_matches('\u{feff}').to_owned().into_bytes())
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

    fn read(coding: &str, body: Vec<u8>) -> Content {
        let headers = vec![("Content-Encoding".to_owned(), coding.into())];
        of(&Reply { status: 400, headers, body, ..Reply::default() })
    }

    #[test]
    fn a_body_is_read_out_of_its_coding_whether_it_is_named_or_not() {
        let text = b"a text of some length".to_vec();
        let decoded = Content::Decoded(text.clone());
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(&text).unwrap();
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(&text).unwrap();
        assert_eq!(read("gzip", gzip(&text)), decoded);
        assert_eq!(read("", gzip(&text)), decoded);
        assert_eq!(read("identity", gzip(&gzip(&text))), decoded);
        assert_eq!(read("deflate", zlib.finish().unwrap()), decoded);
        assert_eq!(read("deflate", deflate.finish().unwrap()), decoded);
        assert_eq!(read("gzip", text.clone()), Content::Plain);
        assert_eq!(read("", text.clone()), Content::Plain);
        assert_eq!(read("br", text), Content::Opaque("br".to_owned()));
        assert_eq!(read("br", Vec::new()), Content::Plain);
    }

    #[test]
    fn what_breaks_off_is_read_as_far_as_it_goes_and_a_bomb_is_not() {
        let text: Vec<u8> = (0..20_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
        let packed = gzip(&text);
        let Content::Decoded(read_so_far) = read("gzip", packed[..packed.len() / 2].to_vec()) else {
            panic!("nothing")
        };
        assert!(!read_so_far.is_empty() && text.starts_with(&read_so_far));
        assert_eq!(read("gzip", gzip(&vec![b'x'; BODY_LIMIT + 1])), Content::Opaque("gzip".to_owned()));
    }

    #[test]
    fn utf_16_is_read_as_text() {
        let bytes = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        assert_eq!(read("", bytes("\u{feff}тест")), Content::Decoded("тест".into()));
        assert_eq!(read("", bytes("{\"a\": \"я\"}")), Content::Decoded("{\"a\": \"я\"}".into()));
    }
}
