//! A page in a real browser: by keyboard, in both colour schemes, on a narrow screen, and from a hostile target.

use std::path::PathBuf;
use std::process::Command;

use crate::html::chromium::Browser;
use crate::html::page::hostile_page;
use crate::render::fixture::HOSTILE;
use errdrift::model::cause::CAUSES;
use errdrift::reference::Api;
use errdrift::run::embedded::Running;
use errdrift::{catalog, reference};
use serde_json::{Value, json};

/// A page on disk.
struct File {
    directory: tempfile::TempDir,
}

impl File {
    fn path(&self) -> PathBuf {
        self.directory.path().join("report.html")
    }
}

/// The report of a real run against the embedded deployment with a drift.
fn report(arguments: &[&str]) -> File {
    let drift = reference::drift(Api::OzApi, "python-traceback").unwrap();
    let running = Running::start(Api::OzApi, Some(drift)).unwrap();
    let file = File { directory: tempfile::tempdir().unwrap() };
    let report = format!("html={}", file.path().display());
    let output = Command::new(env!("CARGO_BIN_EXE_errdrift"))
        .args(["run", "oz-api", "--target", running.target.as_str(), "--quiet", "--report", &report])
        .args(arguments)
        .envs(reference::environment(Api::OzApi).iter().copied())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    file
}

/// The text of the page's count, and how many exchanges are shown of how many.
fn shown(browser: &mut Browser) -> (String, u64, u64) {
    let numbers = "(() => { const all = Array.from(document.querySelectorAll('#list > details')); return \
        [document.getElementById('count').textContent, all.filter(one => one.checkVisibility()).length, all.length]; })()";
    let numbers = browser.value(numbers);
    (numbers[0].as_str().unwrap().to_owned(), numbers[1].as_u64().unwrap(), numbers[2].as_u64().unwrap())
}

/// Whether all exchanges that are shown are so.
fn all_shown(browser: &mut Browser, are: &str) -> bool {
    let expression =
        format!("Array.from(document.querySelectorAll('#list > details:not([hidden])')).every(one => {are})");
    browser.value(&expression) == true
}

#[test]
fn search_filters_and_disclosure_work_by_keyboard_alone() {
    let Some(mut browser) = Browser::start() else { return };
    let report = report(&[]);
    browser.open(&report.path());

    browser.press("Tab");
    assert_eq!(browser.text("document.activeElement.className"), "skip");
    browser.tab_to("a.hash === '#exchanges'");
    browser.press("Enter");
    browser.tab_to("a.id === 'search'");
    let (_, all, total) = shown(&mut browser);
    assert!(all == total && total > 1_000, "{all} of {total}");

    browser.types("folders.list");
    let (said, some, _) = shown(&mut browser);
    assert!(some > 0 && some < total, "{said}");
    assert!(said.starts_with(&format!("{some} of ")), "{said}");
    assert!(all_shown(&mut browser, "one.textContent.includes('folders.list')"));

    browser.press("Tab");
    assert_eq!(browser.text("document.activeElement.labels[0].firstChild.textContent"), "Verdict");
    browser.press("ArrowDown");
    assert_eq!(browser.text("document.activeElement.value"), "fail");
    assert!(all_shown(&mut browser, "one.dataset.verdict === 'fail'") && shown(&mut browser).1 < some);

    for (filter, value) in [("severity", "error"), ("operation", "oz-api/authorize.auth"), ("cause", "malformed-body")]
    {
        browser.tab_to(&format!("a.id === 'by-{filter}'"));
        browser.press("ArrowDown");
        assert_ne!(browser.text("document.activeElement.value"), "");
        browser.value(&format!(
            "(a => {{ a.value = '{value}'; a.dispatchEvent(new Event('input', {{bubbles: true}})) }})(document.activeElement)"
        ));
        assert!(all_shown(&mut browser, &format!("one.dataset.{filter} === '{value}'")));
    }
    browser.tab_to("a.type === 'reset'");
    browser.press("Enter");
    assert_eq!(
        (shown(&mut browser).1, browser.text("document.getElementById('search').value")),
        (total, String::new())
    );

    browser.tab_to("a.matches('#list summary')");
    for key in ["Enter", " "] {
        let is_open = "document.activeElement.parentElement.open";
        let before = browser.value(is_open);
        browser.press(key);
        assert_ne!(browser.value(is_open), before, "{key} opens and closes");
    }
    assert_eq!(browser.trouble(), Vec::<&Value>::new());
}

#[test]
fn the_matrix_has_a_cell_for_every_operation_and_cause_and_leads_to_the_exchanges() {
    let Some(mut browser) = Browser::start() else { return };
    let report = report(&[]);
    browser.open(&report.path());
    let table = "document.querySelector('table.heat[data-suite=\"oz-api\"]')";
    let heads = browser.value(&format!("Array.from({table}.tHead.rows[0].cells, cell => cell.textContent)"));
    let causes: Vec<_> = CAUSES.iter().map(|(_, word, _)| *word).collect();
    assert_eq!(heads, json!([&["Operation"], causes.as_slice()].concat()));
    let rows = format!("Array.from({table}.tBodies[0].rows, row => [row.cells[0].textContent, row.cells.length - 1])");
    let rows = browser.value(&rows);
    for operation in catalog::load("oz-api").unwrap().suite.operation {
        assert!(rows.as_array().unwrap().contains(&json!([operation.id, CAUSES.len()])), "{}", operation.id);
    }
    let silent = format!(
        "Array.from({table}.querySelectorAll('td'), cell => (cell.querySelector('a')?.ariaLabel ?? \
        cell.querySelector('.said')?.textContent ?? '')).filter(said => !said.includes(': ')).length"
    );
    assert_eq!(browser.value(&silent), 0, "every cell says what it is");

    browser.tab_to("a.closest('table.heat')");
    let first = browser.text("document.activeElement.ariaLabel");
    browser.press("ArrowRight");
    browser.press("ArrowDown");
    let cell = browser.text("document.activeElement.ariaLabel");
    assert!(cell != first && cell.contains(" sent, "), "{first} then {cell}");
    browser.press("Enter");
    let chosen = "['operation', 'cause'].map(by => document.getElementById('by-' + by).value).join(', ')";
    let chosen = browser.text(chosen);
    assert!(cell.starts_with(&format!("{}: ", chosen.trim_start_matches("oz-api/"))), "{cell} is not {chosen}");
    let (said, some, total) = shown(&mut browser);
    assert!(some > 0 && some < total && cell.contains(&format!("{some} sent")), "{said} of {cell}");

    // From a drift to its exchange, which the filters hide.
    let link = "document.querySelector('.drift a[href]')";
    browser.value(&format!("{link}.closest('details').open = true; {link}.focus()"));
    browser.press("Enter");
    let opened = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => \
        done(document.querySelector(location.hash)?.open))))";
    assert_eq!(browser.value(opened), true);
    assert_eq!(browser.trouble(), Vec::<&Value>::new());
}

#[test]
fn without_scripts_all_but_search_and_filters_is_there() {
    let Some(mut browser) = Browser::start() else { return };
    let report = report(&["--filter", "folders.create"]);
    browser.command("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
    browser.open(&report.path());
    assert_eq!(browser.value("document.getElementById('filters').checkVisibility()"), false);
    assert_eq!(browser.value("document.querySelector('#exchanges noscript').checkVisibility()"), true);
    browser.tab_to("a.matches('#list summary')");
    browser.press("Enter");
    assert_eq!(browser.value("document.activeElement.parentElement.open"), true);
    let cell = "document.querySelector('table.heat a').hash";
    assert_eq!(browser.value(&format!("Boolean(document.querySelector({cell}))")), true);
}

/// The least contrast of text that is shown, with what has it (WCAG 2.2, section 1.4.3).
const CONTRAST: &str = "(() => {
    const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
    const light = (c) => c.slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
        if (c[3] > 0) return c; } return [255, 255, 255, 1]; };
    let worst = [99, ''];
    for (const e of document.querySelectorAll('body *')) {
        if (e.closest('svg, script, noscript, .said, .skip') || !e.checkVisibility()) continue;
        if (!Array.from(e.childNodes).some(n => n.nodeType === 3 && n.textContent.trim())) continue;
        const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < worst[0]) worst = [contrast, e.outerHTML.slice(0, 200)];
    }
    return worst;
})()";

#[test]
fn the_page_is_legible_in_both_schemes_and_fits_a_narrow_screen() {
    let Some(mut browser) = Browser::start() else { return };
    let report = report(&["--filter", "folders."]);
    browser.open(&report.path());
    browser.value("document.querySelectorAll('details').forEach((one, index) => one.open = index < 20)");
    let mut pages = Vec::new();
    for scheme in ["light", "dark"] {
        let feature = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        browser.command("Emulation.setEmulatedMedia", &feature);
        pages.push(browser.text("getComputedStyle(document.body).backgroundColor"));
        let worst = browser.value(CONTRAST);
        assert!(worst[0].as_f64().unwrap() >= 4.5, "{scheme}: {worst}");
    }
    assert_ne!(pages[0], pages[1]);
    for width in [320, 768, 1280] {
        let screen = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false});
        browser.command("Emulation.setDeviceMetricsOverride", &screen);
        let needed = browser.value("document.documentElement.scrollWidth").as_u64().unwrap();
        assert!(needed <= width, "it needs {needed} of {width}");
    }
    assert_eq!(browser.trouble(), Vec::<&Value>::new());
}

#[test]
fn what_a_target_sends_stays_text_in_a_browser() {
    let Some(mut browser) = Browser::start() else { return };
    let file = File { directory: tempfile::tempdir().unwrap() };
    let markup = "</pre></details></script><script>window.pwned = 1</script><img src=x onerror=\"window.pwned = 1\">\
        <a href=\"javascript:window.pwned = 1\">javascript:window.pwned = 1</a><style>*{display:none}</style>";
    for text in [markup, HOSTILE] {
        std::fs::write(file.path(), hostile_page(text)).unwrap();
        browser.open(&file.path());
        assert_eq!(browser.value("document.scripts.length"), 1);
        let foreign = "img, iframe, object, embed, [onerror], [style], [src], main style, a:not([href^=\"#\"])";
        assert_eq!(browser.value(&format!("document.querySelectorAll(`{foreign}`).length")), 0);
        let said = browser.text("document.querySelector('.drift .expected dd').textContent");
        assert!(said.contains("<script>") && !said.contains(errdrift::model::printable::hides), "{said}");
        // Every disclosure open, every exchange looked through.
        browser.value("document.querySelectorAll('details').forEach(one => one.open = true)");
        browser.value("document.getElementById('search').focus()");
        browser.types("<script>");
        assert!(shown(&mut browser).1 > 0);
        assert_eq!(browser.text("typeof window.pwned"), "undefined");
        assert_eq!(browser.trouble(), Vec::<&Value>::new());
    }
    // Had it become markup all the same: the policy lets no script run but the page's own.
    browser.value(
        "(() => { const a = document.createElement('a'); a.href = 'javascript:window.pwned = 2'; document.body.append(a); \
         a.click(); try { const s = document.createElement('script'); s.text = 'window.pwned = 3'; \
         document.body.append(s) } catch {} try { document.body.innerHTML += '<img src=x onerror=\"window.pwned = 4\">' } \
         catch {} })()",
    );
    browser.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    assert_eq!(browser.text("typeof window.pwned"), "undefined");
    assert!(!browser.trouble().is_empty(), "the console tells of what was refused");
}
