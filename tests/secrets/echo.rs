//! A target that sends secrets back: in each reply in another place, and in another form.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::secrets::forms::{Chance, FORMS, form, json};

/// A running target.
pub(crate) struct Echo {
    pub(crate) target: String,
    /// The heads of the requests that came.
    pub(crate) heads: Arc<Mutex<Vec<String>>>,
}

impl Echo {
    /// One that answers each request with what `answer` makes of its number; it lives as long as the test's process.
    pub(crate) fn answering(answer: impl Fn(usize) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = format!("http://{}", listener.local_addr().unwrap());
        let (count, answer) = (Arc::new(AtomicUsize::new(0)), Arc::new(answer));
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (count, answer, seen) = (Arc::clone(&count), Arc::clone(&answer), Arc::clone(&seen));
                thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let Some(head) = head(&mut stream) else { return };
                    seen.lock().unwrap().push(head);
                    let _ = stream.write_all(&answer(count.fetch_add(1, Ordering::SeqCst)));
                });
            }
        });
        Self { target, heads }
    }

    /// One that sends these secrets back, in the first so many places.
    pub(crate) fn of(secrets: &[&str], seed: u64, places: usize) -> Self {
        let secrets: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
        Self::answering(move |number| {
            let mut chance = Chance(seed.wrapping_add(number as u64 * 7_919));
            // Neighbours in number are no neighbours in chance.
            chance.below(2);
            let secret = &secrets[chance.below(secrets.len())];
            let form = chance.below(FORMS);
            place(secret, number % places, form, &mut chance)
        })
    }
}

/// The head of a request; its body is not waited for.
fn head(stream: &mut TcpStream) -> Option<String> {
    let (mut head, mut buffer) = (Vec::new(), [0; 4096]);
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(read @ 1..) => head.extend_from_slice(&buffer[..read]),
            _ => break,
        }
    }
    (!head.is_empty()).then(|| String::from_utf8_lossy(&head).into_owned())
}

fn reply(status: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n{fields}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn error(message: &str) -> String {
    format!("{{\"error_code\": 3, \"error_message\": \"{message}\", \"details\": null}}")
}

/// How many places there are; after the last but one, a run cannot be judged.
pub(crate) const PLACES: usize = 26;

/// A reply with the secret somewhere, in some form.
#[expect(clippy::too_many_lines, reason = "a table of places")]
pub(crate) fn place(secret: &str, number: usize, how: usize, chance: &mut Chance) -> Vec<u8> {
    let spelled = form(secret, how, chance);
    // In a JSON string, as an encoder that knows nothing of the form would write it, or as it is.
    let valid = serde_json::from_str::<String>(&format!("\"{spelled}\"")).is_ok();
    let inside = if valid && chance.below(2) == 0 { spelled.clone() } else { json(&spelled) };
    let field: String = spelled.chars().filter(|c| !c.is_control()).collect();
    let json_field = "Content-Type: application/json\r\n";
    let (left, right) = inside.split_at((0..=inside.len() / 2).rev().find(|at| inside.is_char_boundary(*at)).unwrap());
    match number {
        0 => reply("400 Bad Request", json_field, error(&inside).as_bytes()),
        1 => reply(
            "401 Unauthorized",
            json_field,
            error(&format!("{inside} Traceback (most recent call last)")).as_bytes(),
        ),
        2 => reply(
            "400 Bad Request",
            json_field,
            format!("{{\"error_code\": 7, \"error_message\": \"m\", \"{inside}\": {{\"b\": 1}}}}").as_bytes(),
        ),
        3 => reply(
            "400 Bad Request",
            json_field,
            format!("{{\"error_code\": \"{inside}\", \"error_message\": [\"{inside}\"]}}").as_bytes(),
        ),
        4 => {
            let value = if secret.bytes().all(|byte| byte.is_ascii_digit()) {
                secret.to_owned()
            } else {
                format!("\"{inside}\"")
            };
            reply(
                "400 Bad Request",
                json_field,
                format!("{{\"error_code\": {value}, \"error_message\": {value}, \"details\": {{\"id\": {value}}}}}")
                    .as_bytes(),
            )
        }
        5 => reply(
            "400 Bad Request",
            "Content-Type: text/html\r\n",
            format!("<html><title>{spelled}</title><p>{spelled}</p></html>").as_bytes(),
        ),
        6 => reply("400 Bad Request", &format!("{json_field}X-Echo: {field}\r\n"), error("m").as_bytes()),
        7 => reply("302 Found", &format!("Location: /login?next={field}\r\nSet-Cookie: s={field}; Path=/\r\n"), b""),
        8 => reply(
            "401 Unauthorized",
            &format!("{json_field}WWW-Authenticate: Bearer error_description=\"{field}\"\r\nServer: nginx/{field}\r\n"),
            error("m").as_bytes(),
        ),
        9 => reply(&format!("400 {field}"), json_field, error("m").as_bytes()),
        10 => reply(&format!("400 \u{1}{field}"), json_field, error("m").as_bytes()),
        11 => format!("SSH {spelled}\r\n").into_bytes(),
        12 => format!("HTTP/1.1 {spelled}\r\n\r\n").into_bytes(),
        13 => format!("HTTP/1.1 400 Bad Request\r\nX-Echo: {field}").into_bytes(),
        14 => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(error(&format!("{inside} Traceback (most recent call last)")).as_bytes()).unwrap();
            let label = if chance.below(2) == 0 { "Content-Encoding: gzip\r\n" } else { "" };
            reply("400 Bad Request", &format!("{json_field}{label}"), &encoder.finish().unwrap())
        }
        15 => {
            let (left, right) = (format!("{{\"error_code\": 3, \"error_message\": \"{left}"), format!("{right}\"}}"));
            let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
            let head = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
            format!("{head}{}{}0\r\n\r\n", chunk(&left), chunk(&right)).into_bytes()
        }
        16 => [
            reply("400 Bad Request", json_field, format!("{{\"error_code\": 3}} {left}").as_bytes()),
            right.as_bytes().to_vec(),
        ]
        .concat(),
        17 => {
            // It breaks off within the secret.
            let head = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 9999\r\n\r\n";
            format!(
                "{head}Traceback (most recent call last) {}",
                &spelled[..spelled.char_indices().last().map_or(0, |(at, _)| at)]
            )
            .into_bytes()
        }
        18 => reply(
            "400 Bad Request",
            json_field,
            &error(&inside).encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
        ),
        19 => reply("400 Bad Request", json_field, &[b"\xff\xfe\xfd ", spelled.as_bytes(), b" \xff"].concat()),
        20 => reply("200 OK", "Content-Type: text/plain\r\n", spelled.as_bytes()),
        21 => reply(
            "400 Bad Request",
            &format!("{json_field}X Echo {field}\r\nX-A: b\r\n {field}\r\n"),
            error("m").as_bytes(),
        ),
        22 => reply(
            "400 Bad Request",
            json_field,
            format!("{{\"error_code\": 3, \"{inside}\": 1, \"{inside}\": 2}}{spelled}").as_bytes(),
        ),
        23 => reply("400 Bad Request", json_field, error(&format!("{}{inside}", "x".repeat(4_080))).as_bytes()),
        24 => reply(
            "400 Bad Request",
            json_field,
            error(&format!("SQLSTATE[42000]: near '{inside}' at /srv/app/{inside}.py")).as_bytes(),
        ),
        _ => reply("502 Bad Gateway", "Content-Type: text/html\r\n", format!("<h1>{spelled}</h1>").as_bytes()),
    }
}
