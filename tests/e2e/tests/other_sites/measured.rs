//! Tests that measure time. They run one at a time.

use super::*;

/// Maximum processor time for describing a page, as a multiple of the time for [`REFERENCE`] on the same page. Unlike a
/// time, a ratio is the same on slow and fast machines.
const MAX_RATIO: f64 = 2.0;

/// Reads the style and position of every element, which any description of a page has to do at least once.
const REFERENCE: &str = "[...document.querySelectorAll('*')].reduce((sum, element) => {
    const style = getComputedStyle(element);
    return sum + element.getBoundingClientRect().width + style.display.length + style.visibility.length;
}, 0)";

/// Returns the processor time that a page's main thread has used, in milliseconds. Unlike elapsed time, it hardly
/// depends on the machine's load.
fn processor_time(page: &Page) -> f64 {
    let metrics = page.call("Performance.getMetrics", json!({})).unwrap();
    let metrics = metrics["metrics"].as_array().unwrap().clone();
    let tasks = metrics.iter().find(|metric| metric["name"] == "TaskDuration").unwrap();
    tasks["value"].as_f64().unwrap() * 1_000.0
}

/// Describes a page several times, prints how long the fastest run took, and fails if it took too long.
fn assert_described_in_time(name: &str, html: String) {
    let site = Site::open(BTreeMap::new(), &[json!({ "html": html })]);
    let (browser, _extension, worker, _folder) = start();
    let page = browser.open(&site.url("/plain/0")).unwrap();
    assert!(page.evaluate("document.querySelectorAll('*').length").unwrap().as_u64().unwrap() > 19_000);
    page.activate().unwrap();
    page.call("Performance.enable", json!({ "timeDomain": "threadTicks" })).unwrap();
    // The first runs compile the script and calculate the layout.
    page.evaluate(REFERENCE).unwrap();
    worker.evaluate("describe()").unwrap();
    let time = |run: &dyn Fn()| {
        let before = processor_time(&page);
        run();
        processor_time(&page) - before
    };
    let (mut described, mut reference) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..5 {
        reference = reference.min(time(&|| drop(page.evaluate(REFERENCE).unwrap())));
        described = described.min(time(&|| drop(worker.evaluate("describe()").unwrap())));
    }
    let ratio = described / reference;
    println!("{name} of 20,000 elements is described in {described:.0} ms, {ratio:.1} times the reference");
    assert!(ratio < MAX_RATIO, "{ratio} times the reference ({reference} ms)");
}

#[test]
fn a_table_of_twenty_thousand_elements_is_described_in_time() {
    let row = "<tr><td>Order <b>1</b><td><span>Open</span><td><input name=note><td><a href='#'>Show</a></tr>";
    let rows = row.repeat(2_200);
    let html = format!("<table>{rows}</table><label>One-time code <input data-code name=otp></label>");
    assert_described_in_time("a table", html);
}

#[test]
fn a_text_of_twenty_thousand_elements_is_described_in_time() {
    let part = "<div><h3>Terms</h3><p>Some <b>bold</b> text</p><ul><li>One<li><a href='#'>two</a></ul></div>";
    let html = format!("{}<label>One-time code <input data-code name=otp></label>", part.repeat(2_500));
    assert_described_in_time("a text", html);
}
