//! Tests that measure time. They run one at a time.

use super::*;

/// A page that is as large as the script reads at all. The bound is generous for a busy machine; the goal is in
/// `docs/filling.md`.
#[test]
fn a_page_of_twenty_thousand_elements_is_described_in_time() {
    let row = "<tr><td>Order <b>1</b><td><span>Open</span><td><input name=note><td><a href='#'>Show</a></tr>";
    let html = format!("<table>{}</table><label>One-time code <input data-code name=otp></label>", row.repeat(2_200));
    let site = Site::open(BTreeMap::new(), &[json!({ "html": html })]);
    let (browser, _extension, worker, _folder) = start();
    let page = browser.open(&site.url("/plain/0")).unwrap();
    assert!(page.evaluate("document.querySelectorAll('*').length").unwrap().as_u64().unwrap() > 19_000);
    page.activate().unwrap();
    worker.evaluate("describe()").unwrap();
    let timed =
        "(async () => { const start = performance.now(); await describe(); return performance.now() - start })()";
    let fastest = (0..3).map(|_| worker.evaluate(timed).unwrap().as_f64().unwrap()).fold(f64::INFINITY, f64::min);
    println!("a page of 20,000 elements is described in {fastest:.0} ms");
    assert!(fastest < 1_000.0, "{fastest} ms");
}
