//! Filling on all other sites, with realistic pages: plain HTML from `tests/pages/plain.json`, and the passcode fields
//! of component libraries, bundled when the test runs. Each page states its expected outcome.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "test functions outside #[test]")]
#![allow(clippy::arithmetic_side_effects, reason = "small numbers of a test")]

mod choose_field;
mod continuing;
mod frames;
mod measured;
mod popup_and_shortcut;
mod shown_user;
mod site;
mod sites;
mod split_code;

use casdoor_authenticator::autofill::field_finder::{Evidence, Finding, PageDescription, Pointing, find_field, weigh};
use e2e::browser::{Browser, Options};
use e2e::extension::Extension;
use e2e::package::{Installed, ask};
use e2e::page::Page;
use e2e::user;
use serde_json::{Value, json};
use site::Site;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The files of `tests/pages` whose descriptions are recorded.
const RECORDED: [&str; 24] = [
    "development",
    "plain",
    "generated-train",
    "generated-test",
    "unseen-first",
    "unseen-second",
    "unseen-third",
    "unseen-fourth",
    "unseen-fifth",
    "unseen-sixth",
    "unseen-seventh",
    "unseen-eighth",
    "unseen-ninth",
    "unseen-tenth",
    "unseen-eleventh",
    "unseen-twelfth",
    "unseen-thirteenth",
    "unseen-fourteenth",
    "unseen-fifteenth",
    "unseen-sixteenth",
    "unseen-seventeenth",
    "unseen-eighteenth",
    "unseen-nineteenth",
    "unseen-twentieth",
];

/// The scripts that describe a page and type into it.
const SCRIPTS: [&str; 3] = ["content/field_description.js", "content/page_description.js", "content/type_code.js"];

const WORKER: &str = "
    const tab = async () => (await chrome.tabs.query({ active: true, lastFocusedWindow: true }))[0].id;
    self.describe = async () => {
        const tabId = await tab();
        await chrome.scripting.executeScript({ target: { tabId }, files: SCRIPTS });
        return chrome.tabs.sendMessage(tabId, { describe_fields: {} });
    };
    self.marked = async () => (await chrome.scripting.executeScript({ target: { tabId: await tab() },
        func: () => casdoorFields.all().flatMap((field, number) => field.hasAttribute('data-code') ? [number] : []) }))[0].result;
    self.type = async (code, fields) => chrome.tabs.sendMessage(await tab(), { type_code: { code, fields } });
    self.isReady = true;";

/// Creates an extension with only the shipped scripts, whose worker describes pages and types codes on request. The
/// test decides with the library code that the shipped worker contains as wasm.
fn extension() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = json!({
        "manifest_version": 3, "name": "Casdoor Authenticator", "version": "1", "permissions": ["scripting", "tabs"],
        "background": { "service_worker": "worker.js" }, "host_permissions": ["http://*.acme.test/*"],
    });
    fs::write(folder.path().join("manifest.json"), manifest.to_string()).unwrap();
    let worker = format!("const SCRIPTS = {};{WORKER}", json!(SCRIPTS));
    fs::write(folder.path().join("worker.js"), worker).unwrap();
    fs::create_dir(folder.path().join("content")).unwrap();
    for script in SCRIPTS {
        fs::copy(site::root().join("extension").join(script), folder.path().join(script)).unwrap();
    }
    folder
}

fn described(worker: &Page) -> PageDescription {
    serde_json::from_str(worker.evaluate("describe()").unwrap().as_str().unwrap()).unwrap()
}

/// Describes the page, finds the field and types the code, as the shipped worker does.
fn fill(worker: &Page, code: &str) -> Value {
    let reason = match find_field(&described(worker), code.len(), Pointing::Nowhere) {
        Finding::Field(found) => return worker.evaluate(&format!("type({code:?}, {:?})", found.fields)).unwrap(),
        Finding::Several(_) => "fill_ambiguous",
        Finding::EditableText => "fill_editable",
        Finding::CodeWasSent => "fill_code_sent",
        Finding::RecoveryCode => "fill_recovery_code",
        Finding::NotForCodes => "fill_not_for_codes",
        Finding::Nothing(_) => "fill_no_field",
    };
    json!({ "filled": false, "reason": reason })
}

/// Returns the values of a page's fields, including those in frames and shadow roots, and the submitted codes.
const STATE: &str = "(() => {
    const all = root => [...root.querySelectorAll('*')].flatMap(element => [
        element, ...(element.shadowRoot ? all(element.shadowRoot) : []),
        ...(element.localName === 'iframe' && element.contentDocument ? all(element.contentDocument) : [])]);
    const fields = all(document).filter(element => element.matches('input:not([type=checkbox]), textarea, select, [contenteditable]'));
    const value = field => field.value ?? field.textContent;
    const marked = fields.some(field => field.matches('[data-code]'));
    const target = fields.filter(field => marked ? field.matches('[data-code]') : field.type !== 'hidden' && !field.hidden
        && field.getAttribute('aria-hidden') !== 'true');
    return { code: target.map(value).join('').replace(/[^0-9A-Z]/gi, ''), sent: window.sent, typed: fields.map(value).join('|') };
})()";

/// Returns the difference from a page's expected outcome, if any.
fn check_page(page: &Page, worker: &Page, case: &Value) -> Option<String> {
    let code = case["code"].as_str().unwrap_or("123456");
    page.activate().unwrap();
    let before = page.evaluate(STATE).unwrap();
    let answer = fill(worker, code);
    let after = page.evaluate(STATE).unwrap();
    if case["expect"] != "filled" {
        let reasons = ["fill_no_field", "fill_code_sent", "fill_recovery_code"].map(Value::from);
        let fits = answer["reason"] == case["expect"]
            || (case["expect"] == "fill_no_field" && reasons.contains(&answer["reason"]));
        let rejected = answer["filled"] == false && fits && before["typed"] == after["typed"];
        return (!rejected).then(|| format!("{answer} {before} {after}"));
    }
    let submits = usize::try_from(case["submits"].as_u64().unwrap_or(0)).unwrap();
    let correct = answer["filled"] == true && after["code"] == code && after["sent"] == json!(vec![code; submits]);
    (!correct).then(|| format!("{answer} {after}"))
}

/// The number of correct pages, separately for pages with the field and pages without it.
#[derive(Default)]
struct Score {
    counts: BTreeMap<bool, (usize, usize)>,
    wrong: Vec<String>,
}

impl Score {
    fn add(&mut self, case: &Value, problem: Option<String>) {
        let (correct, all) = self.counts.entry(case["expect"] == "filled").or_default();
        *all += 1;
        match problem {
            None => *correct += 1,
            Some(problem) => self.wrong.push(format!("{}: {problem}", case["name"])),
        }
    }

    fn assert(&self, what: &str) {
        self.assert_share(what, 97);
    }

    /// Fails if a page without the field was filled, or if fewer than `percent` of the other pages were filled.
    fn assert_share(&self, what: &str, percent: usize) {
        let share = |positive| self.counts.get(&positive).copied().unwrap_or_default();
        let ((filled, positives), (rejected, negatives)) = (share(true), share(false));
        println!("{what}: {filled} of {positives} filled, {rejected} of {negatives} correctly not filled");
        for wrong in &self.wrong {
            println!("  {wrong}");
        }
        assert_eq!(rejected, negatives, "a page without the field was filled");
        assert!(filled * 100 >= positives * percent, "fewer than {percent} % were filled");
    }
}

fn start() -> (Browser, Extension, Page, TempDir) {
    let folder = extension();
    let browser = Browser::start(&Options::default()).unwrap();
    let extension = browser.load(folder.path()).unwrap();
    let worker = extension.worker("self.isReady === true").unwrap();
    (browser, extension, worker, folder)
}

/// Checks every `step`-th page of a file.
fn check_file(file: &Path, step: usize) -> Score {
    let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let cases: Vec<Value> = cases.into_iter().step_by(step).collect();
    let site = Site::open(BTreeMap::new(), &cases);
    let (browser, _extension, worker, _folder) = start();
    let page = browser.open(&site.url("/plain/0")).unwrap();
    let mut score = Score::default();
    for (number, case) in cases.iter().enumerate() {
        page.navigate(&site.url(&format!("/plain/{number}"))).unwrap();
        page.wait_for("!document.querySelector('[data-late]:empty')").unwrap();
        score.add(case, check_page(&page, &worker, case));
    }
    score
}

#[test]
fn plain_pages_have_the_expected_outcome() {
    let score = check_file(&site::pages().join("plain.json"), 1);
    assert!(score.counts[&true].1 >= 40 && score.counts[&false].1 >= 60);
    score.assert("plain pages");
}

#[test]
fn pages_in_many_languages_have_the_expected_outcome() {
    check_file(&site::pages().join("development.json"), 1).assert("development pages");
    // Only some of the pages are tested, so a single failure is more than 3 %.
    check_file(&site::pages().join("generated-test.json"), 5).assert_share("generated pages", 90);
    check_file(&site::pages().join("unseen-fourth.json"), 2).assert_share("pages in wording never seen", 90);
}

#[test]
fn pages_like_those_of_many_products_have_the_expected_outcome() {
    // As above, only some of the pages are tested.
    check_file(&site::pages().join("unseen-fifteenth.json"), 8).assert_share("pages of products", 90);
    check_file(&site::pages().join("unseen-eighteenth.json"), 4).assert_share("pages that mention two channels", 90);
}

/// Checks the pages of another file in the same format: `FILL_PAGES=pages.json cargo test -p e2e --test other_sites
/// other_pages`. With `RECORD_FIELDS=1`, also records their descriptions in `pages.jsonl`, which
/// `FILL_PAGES=pages.jsonl cargo test --test field_finder other_pages -- --nocapture` explains.
#[test]
fn other_pages_have_the_expected_outcome() {
    if let Some(file) = std::env::var_os("FILL_PAGES") {
        let file = Path::new(&file);
        if std::env::var_os("RECORD_FIELDS").is_some() {
            compare_descriptions(file, &file.with_extension("jsonl"), true);
        }
        check_file(file, 1).assert("other pages");
    }
}

/// Compares some of the descriptions in `tests/fixtures/field-finder` with the browser's. With `RECORD_FIELDS=1`,
/// records all of them again.
#[test]
fn recorded_descriptions_match_the_browsers() {
    let records = std::env::var_os("RECORD_FIELDS").is_some();
    for name in RECORDED {
        let recorded = site::root().join(format!("tests/fixtures/field-finder/{name}.jsonl"));
        compare_descriptions(&site::pages().join(format!("{name}.json")), &recorded, records);
    }
}

/// Compares every 40th page's recorded description with the browser's, or records the descriptions of all pages.
fn compare_descriptions(pages: &Path, file: &Path, records: bool) {
    let step = if records { 1 } else { 40 };
    let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(pages).unwrap()).unwrap();
    let recorded = fs::read_to_string(file).unwrap_or_default();
    let site = Site::open(BTreeMap::new(), &cases);
    let (browser, _extension, worker, _folder) = start();
    let page = browser.open(&site.url("/plain/0")).unwrap();
    let mut lines = String::new();
    for (number, case) in cases.iter().enumerate().step_by(step) {
        page.navigate(&site.url(&format!("/plain/{number}"))).unwrap();
        page.wait_for("!document.querySelector('[data-late]:empty')").unwrap();
        page.activate().unwrap();
        let described = described(&worker);
        let line = json!({
            "name": case["name"], "lang": case["lang"].as_str().unwrap_or_default(), "kind": case["kind"].as_str().unwrap_or_default(),
            "code": case["code"].as_str().unwrap_or("123456"), "expect": case["expect"],
            "fields": worker.evaluate("marked()").unwrap(), "page": described,
        });
        if !records {
            let old: Value = serde_json::from_str(recorded.lines().nth(number).unwrap()).unwrap();
            let length = case["code"].as_str().unwrap_or("123456").len();
            let old_page: PageDescription = serde_json::from_value(old["page"].clone()).unwrap();
            assert_eq!(evidence(&described, length), evidence(&old_page, length), "{}: record it again", case["name"]);
        }
        lines += &format!("{line}\n");
    }
    if records {
        fs::write(file, lines).unwrap();
    }
}

/// Returns the weighed evidence, which does not depend on the fonts of a machine.
fn evidence(page: &PageDescription, length: usize) -> Vec<(Vec<usize>, Vec<Evidence>)> {
    weigh(page, length, Pointing::Nowhere).into_iter().map(|one| (one.fields, one.evidence)).collect()
}

/// The folders of `tests/pages` with component libraries.
const LIBRARIES: [&str; 5] = ["react-18", "react-19", "more", "angular", "frameworks"];

/// Returns true if the page, or a shadow root in it, has drawn a field.
const HAS_INPUT: &str = "(() => {
    const has = root => [...root.querySelectorAll('*')].some(
        element => element.localName === 'input' || (element.shadowRoot && has(element.shadowRoot)));
    return has(document);
})()";

#[test]
fn component_libraries_have_the_expected_outcome() {
    let bundles = LIBRARIES.map(|name| (name.to_owned(), site::bundle(name)));
    let site = Site::open(BTreeMap::from(bundles), &[]);
    let (browser, _extension, worker, _folder) = start();
    let mut score = Score::default();
    for name in LIBRARIES {
        let page = browser.open(&site.url(&format!("/{name}?0"))).unwrap();
        let cases = page.wait_for("window.expectations").unwrap();
        for (number, case) in cases.as_array().unwrap().iter().enumerate() {
            let hash = case["name"].as_str().unwrap().replace(' ', "%20");
            page.navigate(&site.url(&format!("/{name}?{}#{hash}", number + 1))).unwrap();
            page.wait_for(HAS_INPUT).unwrap();
            score.add(case, check_page(&page, &worker, case));
        }
    }
    score.assert("component libraries");
}

/// Creates a vault with one account, whose code stays the same during a test, and returns the account's id.
fn vault_with_account(page: &Page) -> String {
    ask(page, &json!({ "do": "CreateVault", "password": "correct horse battery" })).unwrap();
    let form = json!({ "issuer": "Example", "name": "alice", "secret": "JBSWY3DPEHPK3PXP", "period": 3600 });
    let added = ask(page, &json!({ "do": "AddAccount", "form": form })).unwrap();
    added["Ok"]["account_list"]["rows"][0]["id"].as_str().unwrap().to_owned()
}
