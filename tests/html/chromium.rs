//! A headless Chromium with one tab, driven by its debugger's protocol: real keys, and all that the console says.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::html::websocket::WebSocket;

/// The longest wait for the browser to be there.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser that ends with this.
pub(crate) struct Browser {
    process: Child,
    socket: WebSocket,
    session: Option<String>,
    commands: u64,
    events: Vec<Value>,
    /// Its profile.
    _directory: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Browser {
    /// Starts it with an empty tab, if it is installed; else says that the test was not run.
    pub(crate) fn start() -> Option<Self> {
        let Some(program) =
            ["/usr/bin/chromium", "/usr/local/bin/chromium"].into_iter().find(|at| Path::new(at).is_file())
        else {
            eprintln!("NOT RUN: chromium is not installed (.ci/run installs it)");
            return None;
        };
        let directory = tempfile::tempdir().unwrap();
        let mut process = Command::new(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-extensions"])
            .args(["--remote-debugging-port=0", "--window-size=1280,900", "about:blank"])
            .arg(format!("--user-data-dir={}", directory.path().display()))
            .env("HOME", directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let errors = BufReader::new(process.stderr.take().unwrap());
        let (sender, receiver) = mpsc::channel();
        // It reads on for as long as the browser writes, which would else stop at a full pipe.
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                if let Some(url) = line.strip_prefix("DevTools listening on ") {
                    let _ = sender.send(url.to_owned());
                }
            }
        });
        let url = receiver.recv_timeout(PATIENCE);
        if url.is_err() {
            let _ = process.kill();
        }
        let socket = WebSocket::connect(&url.expect("chromium listens in time"));
        let mut browser =
            Self { process, socket, session: None, commands: 0, events: Vec::new(), _directory: directory };
        let tab = browser.command("Target.createTarget", &json!({"url": "about:blank"}));
        let attached = json!({"targetId": tab["targetId"], "flatten": true});
        let session = browser.command("Target.attachToTarget", &attached);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.command(&format!("{domain}.enable"), &json!({}));
        }
        browser.command("Emulation.setFocusEmulationEnabled", &json!({"enabled": true}));
        Some(browser)
    }

    /// Opens a file and waits until it is loaded.
    pub(crate) fn open(&mut self, file: &Path) {
        self.command("Page.navigate", &json!({"url": format!("file://{}", file.display())}));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.receive();
            self.events.push(event);
        }
        self.events.retain(|event| event["method"] != "Page.loadEventFired");
    }

    /// A command of the protocol, and what it gives.
    pub(crate) fn command(&mut self, method: &str, parameters: &Value) -> Value {
        self.commands += 1;
        let mut command = json!({"id": self.commands, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        self.socket.send(&command.to_string());
        loop {
            let message = self.receive();
            if message["id"] == self.commands {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    fn receive(&mut self) -> Value {
        serde_json::from_str(&self.socket.receive()).unwrap()
    }

    /// The value of an expression in the page; of a promise, what it comes to.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let parameters = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let came = self.command("Runtime.evaluate", &parameters);
        assert!(came["exceptionDetails"].is_null(), "{expression}: {}", came["exceptionDetails"]);
        came["result"]["value"].clone()
    }

    /// The text of an expression.
    pub(crate) fn text(&mut self, expression: &str) -> String {
        self.value(expression).as_str().unwrap_or_default().to_owned()
    }

    /// Presses and lets go a key by its name, or a character.
    pub(crate) fn press(&mut self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            " " => (32, " "),
            "ArrowLeft" => (37, ""),
            "ArrowUp" => (38, ""),
            "ArrowRight" => (39, ""),
            "ArrowDown" => (40, ""),
            character => (0, character),
        };
        let mut event = json!({"type": "keyDown", "key": key, "windowsVirtualKeyCode": code});
        if !text.is_empty() {
            event["text"] = json!(text);
        }
        self.command("Input.dispatchKeyEvent", &event);
        let released = json!({"type": "keyUp", "key": key, "windowsVirtualKeyCode": code});
        self.command("Input.dispatchKeyEvent", &released);
    }

    /// Types text where the focus is.
    pub(crate) fn types(&mut self, text: &str) {
        text.chars().for_each(|c| self.press(&c.to_string()));
    }

    /// Presses Tab until the expression, of the focused element `a`, is true.
    pub(crate) fn tab_to(&mut self, expression: &str) {
        for _ in 0..60 {
            self.press("Tab");
            if self.value(&format!("(a => Boolean({expression}))(document.activeElement)")) == true {
                return;
            }
        }
        panic!("no key leads to {expression}");
    }

    /// What the console was told of trouble, and whatever was asked for beside files.
    pub(crate) fn trouble(&self) -> Vec<&Value> {
        let is_trouble = |event: &&Value| {
            let parameters = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Log.entryAdded" => {
                    parameters["entry"]["level"] == "error" || parameters["entry"]["level"] == "warning"
                }
                "Runtime.consoleAPICalled" | "Runtime.exceptionThrown" => true,
                "Network.requestWillBeSent" => {
                    let url = parameters["request"]["url"].as_str().unwrap_or_default();
                    !url.starts_with("file:") && url != "about:blank"
                }
                _ => false,
            }
        };
        self.events.iter().filter(is_trouble).collect()
    }
}
