//! Tests that measure time. They run one at a time.

use serde_json::Value;

use super::*;

/// Maximum time that the content scripts may take, as a multiple of the time of the page's own script, which changes a
/// list 200 times per second. A ratio is the same on slow and fast machines.
const MAX_RATIO: f64 = 0.25;

#[test]
fn content_scripts_cost_little_on_a_busy_page() {
    let scene = Scene::new(Release::V3_158);
    let page = scene.open("/login/acme");
    page.wait_for("!!document.querySelector('#normal_login_password')").unwrap();
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<ul id=busy>' + '<li><b>row</b></li>'.repeat(3000) + '</ul>');
         setInterval(() => { const li = document.createElement('li'); li.textContent = Math.random();
             busy.append(li); busy.firstChild.remove(); }, 5)",
    )
    .unwrap();
    page.call("Profiler.enable", json!({})).unwrap();
    page.call("Profiler.setSamplingInterval", json!({ "interval": 50 })).unwrap();
    let runs: Vec<(f64, f64)> = (0..5).map(|_| milliseconds_a_second(&page)).collect();
    // The minimum of five runs, because other programs can only slow it down.
    let least = |part: fn(&(f64, f64)) -> f64| runs.iter().map(part).fold(f64::INFINITY, f64::min);
    let (ours, pages) = (least(|run| run.0), least(|run| run.1));
    println!("a busy page: content scripts {ours:.2} ms per second, the page's own script {pages:.2} ms per second");
    assert!(ours < pages * MAX_RATIO, "{ours} and {pages} ms");
}

/// Returns how many milliseconds per second the extension's scripts and the page's own took.
fn milliseconds_a_second(page: &Page) -> (f64, f64) {
    page.call("Profiler.start", json!({})).unwrap();
    std::thread::sleep(std::time::Duration::from_secs(2));
    let profile = page.call("Profiler.stop", json!({})).unwrap();
    let profile = &profile["profile"];
    let is_ours = |call: &Value| call["url"].as_str().is_some_and(|url| url.contains("/content/"));
    // The profiler's own entries, such as `(idle)`, are in parentheses.
    let is_script = |call: &Value| call["functionName"].as_str().is_some_and(|name| !name.starts_with('('));
    (spent(profile, is_ours) / 2.0, spent(profile, |call| is_script(call) && !is_ours(call)) / 2.0)
}

/// Returns how many milliseconds of a profile were spent in functions of this kind.
fn spent(profile: &Value, is_wanted: impl Fn(&Value) -> bool) -> f64 {
    let nodes = profile["nodes"].as_array().unwrap();
    let wanted: Vec<&Value> =
        nodes.iter().filter(|node| is_wanted(&node["callFrame"])).map(|node| &node["id"]).collect();
    let samples = profile["samples"].as_array().unwrap().iter().zip(profile["timeDeltas"].as_array().unwrap());
    samples.filter(|(id, _)| wanted.contains(id)).filter_map(|(_, delta)| delta.as_f64()).sum::<f64>() / 1000.0
}
