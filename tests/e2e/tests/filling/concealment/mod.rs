//! Pages that hide, cover, clip, shrink, move or replace the chip, and get the user to click it. Each trick is a script
//! in the page's own world. A code may be typed only if the chip looks the same at the time of the click as on an
//! honest page. The screenshots are in `dist/concealment`.

mod animated;
mod blocked_thread;
mod moments;
mod other_windows;
mod tricks;

use super::test_worker::root;
use super::*;
use image::RgbaImage;
use std::time::Instant;

/// Helpers for the scripts of the tricks. What they start and change ends when [`RESTORE`] runs.
const TOOLS: &str = "
    var chip = document.querySelector('casdoor-authenticator'), boxes = document.querySelector('#passcode');
    var near = [...new Set([chip.parentElement, boxes.parentElement])];
    var undo = globalThis.undo ??= [];
    globalThis.before ??= {
        nodes: new Set([...document.head.childNodes, ...document.body.childNodes, ...document.documentElement.childNodes]),
        styles: [...near, document.body, boxes, boxes.closest('.login-form')].map((element) => [element, element.getAttribute('style')]),
    };
    var setInterval = (act, time) => { const id = window.setInterval(act, time); undo.push(() => clearInterval(id)); };
    var requestAnimationFrame = (act) => {
        const id = window.requestAnimationFrame((now) => { act(now); });
        undo.push(() => cancelAnimationFrame(id));
    };
    var dress = (css) => near.forEach(element => element.style.cssText += ';' + css);
    var sheet = (css) => { const made = new CSSStyleSheet(); made.replaceSync(css); document.adoptedStyleSheets.push(made); };
    var cover = (css) => {
        const made = document.createElement('div');
        made.style.cssText = 'position:fixed;inset:0;z-index:2147483647;pointer-events:none;background:#fff;' + (css ?? '');
        document.body.append(made);
        return made;
    };
    var topCover = (css) => {
        const made = cover('border:0;width:auto;height:auto;' + (css ?? ''));
        made.popover = 'manual';
        made.showPopover();
        return made;
    };
    // Animations that start where they conceal nothing, and stay over the chip after a moment.
    var slideIn = (element, from, to, options) => element.animate(
        [{ ...from, offset: 0 }, { ...to, offset: .01 }, { ...to, offset: 1 }], { duration: 20000, fill: 'both', ...options });
    var slide = (from, to, css) => slideIn(topCover(css), from, to);
    var hidden = (element, css) => {
        const host = document.createElement('div'), root = host.attachShadow({ mode: 'closed' });
        document.body.append(host);
        root.append(element);
        const made = new CSSStyleSheet();
        made.replaceSync(css ?? '');
        root.adoptedStyleSheets = [made];
        return element;
    };";

/// Undoes a trick. What a trick did to the chip itself, the chip undoes.
const RESTORE: &str = "(() => {
    const { undo, before } = globalThis, chip = document.querySelector('casdoor-authenticator');
    for (const each of undo.splice(0)) each();
    document.adoptedStyleSheets = [];
    for (const [element, style] of before.styles) {
        if (style === null) element.removeAttribute('style'); else element.setAttribute('style', style);
    }
    for (const parent of [document.head, document.body, document.documentElement]) {
        for (const node of [...parent.childNodes]) if (!before.nodes.has(node) && node !== chip) node.remove();
    }
    document.documentElement.inert = false;
    for (const animation of chip?.getAnimations() ?? []) animation.cancel();
    for (const element of [document, chip]) element?.activeViewTransition?.skipTransition();
    if (document.fullscreenElement) document.exitFullscreen();
})()";

type Trick = (&'static str, &'static str);

/// How long the page may prepare after a trick: longer than the chip needs to follow its place.
const PREPARATION: Duration = Duration::from_millis(300);
/// A third of the time that the pointer rests on the chip before the press, which is twice as long as required.
const HOVER_PART: Duration = Duration::from_millis(200);
/// A point of the page that is far from the chip.
const AWAY: (f64, f64) = (4.0, 4.0);

/// A server, a page with the chip, and screenshots of the chip on an honest page.
struct ConcealmentTest {
    scene: Scene,
    page: Page,
    resting: RgbaImage,
    honest: RgbaImage,
}

impl ConcealmentTest {
    /// Verifies that a deliberate click works on an honest page.
    fn new() -> Self {
        let scene = Scene::new(Release::V3_158).offering();
        let page = passcode_page(&scene);
        mouse(&page, "mouseMoved", AWAY);
        let resting = picture(&page).unwrap();
        let at = center_of_button(&page, 0, 1);
        mouse(&page, "mouseMoved", at);
        rest(&page);
        let honest = picture(&page).unwrap();
        rest(&page);
        press_at(&page, at);
        wait_until_signed_in(&page);
        assert_eq!(scene.worker.state().codes().len(), 1, "an honest page");
        sign_out_and_close(page);
        let page = passcode_page(&scene);
        Self { scene, page, resting, honest }
    }

    /// Runs a trick and clicks where the chip accepts clicks. Returns the trick's name if a code was typed although the
    /// chip was not fully visible.
    fn fooled_by(&mut self, (name, script): Trick) -> Option<&'static str> {
        let before = self.codes();
        run_trick(&self.page, script);
        std::thread::sleep(PREPARATION);
        let at = click_target(&self.page);
        mouse(&self.page, "mouseMoved", at);
        let mut looks_honest = true;
        for _ in 0..3 {
            std::thread::sleep(HOVER_PART);
            looks_honest &= picture(&self.page).is_some_and(|shown| is_same(&shown, &self.honest));
        }
        self.keep_screenshot(name);
        press_at(&self.page, at);
        self.restore();
        let typed = self.codes() > before;
        (typed && !looks_honest).then_some(name)
    }

    fn codes(&self) -> usize {
        self.scene.worker.state().codes().len()
    }

    fn keep_screenshot(&self, name: &str) {
        let file = root().join(format!("dist/concealment/{}.png", name.replace(' ', "-")));
        // There is no screenshot of a page that draws nothing.
        drop(self.page.screenshot(&file));
    }

    /// Undoes a trick and waits until the chip looks as before. If it does not, for example because a code was typed,
    /// opens a new page.
    fn restore(&mut self) {
        std::thread::sleep(Duration::from_millis(200));
        mouse(&self.page, "mouseMoved", AWAY);
        let restored = self.page.evaluate(RESTORE).is_ok();
        let start = Instant::now();
        while restored && start.elapsed() < Duration::from_secs(2) {
            if picture(&self.page).is_some_and(|shown| is_same(&shown, &self.resting)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.page.call("Network.clearBrowserCookies", json!({})).unwrap();
        let page = passcode_page(&self.scene);
        std::mem::replace(&mut self.page, page).close().unwrap();
    }

    fn assert_no_code_for(&mut self, tricks: &[Trick]) {
        let fooled: Vec<_> = tricks.iter().filter_map(|trick| self.fooled_by(*trick)).collect();
        assert!(fooled.is_empty(), "a code was typed while the chip was concealed: {fooled:?}");
    }
}

/// Opens the passcode form with the chip under it.
fn passcode_page(scene: &Scene) -> Page {
    let page = scene.sign_in("alice");
    page.wait_for("document.querySelector('casdoor-authenticator')").unwrap();
    std::thread::sleep(Duration::from_millis(500));
    page
}

/// Signs the browser out and closes the page.
fn sign_out_and_close(page: Page) {
    page.call("Network.clearBrowserCookies", json!({})).unwrap();
    page.close().unwrap();
}

/// Runs a script in the page as if in a click handler.
fn run_trick(page: &Page, script: &str) {
    let expression = format!("(() => {{ {TOOLS} {script} }})()");
    let result = page.call("Runtime.evaluate", json!({ "expression": expression, "userGesture": true })).unwrap();
    assert_eq!(result.get("exceptionDetails"), None, "{script}");
}

/// Returns a point where the chip accepts clicks; if there is none, the center of the chip's box.
fn click_target(page: &Page) -> (f64, f64) {
    let found = page.evaluate(
        "(() => {
            const chip = document.querySelector('casdoor-authenticator');
            const box = chip?.getBoundingClientRect() ?? { width: 0, height: 0 };
            for (let y = 2; y < box.height; y += 3) for (let x = 4; x < box.width; x += 5) {
                if (document.elementFromPoint(box.x + x, box.y + y) === chip) return [box.x + x, box.y + y];
            }
            return box.width ? [box.x + box.width / 2, box.y + box.height / 2] : [640, 400];
        })()",
    );
    let found = found.unwrap();
    (found[0].as_f64().unwrap(), found[1].as_f64().unwrap())
}

/// Returns a screenshot of the chip; `None` if there is no chip.
fn picture(page: &Page) -> Option<RgbaImage> {
    let clip = page.evaluate(
        "(({ x, y, width, height }) => width && height && { x, y, width, height, scale: 1 })(
            document.querySelector('casdoor-authenticator')?.getBoundingClientRect() ?? {})",
    );
    let clip = clip.ok().filter(serde_json::Value::is_object)?;
    let answer = page.call("Page.captureScreenshot", json!({ "format": "png", "clip": clip })).ok()?;
    let png = data_encoding::BASE64.decode(answer["data"].as_str()?.as_bytes()).ok()?;
    image::load_from_memory(&png).ok().map(|image| image.to_rgba8())
}

/// Returns true if two screenshots are equal except for single pixels, where anti-aliasing differs.
fn is_same(one: &RgbaImage, other: &RgbaImage) -> bool {
    let is_different = |(one, other): &(&image::Rgba<u8>, &image::Rgba<u8>)| {
        one.0.iter().zip(other.0).any(|(one, other)| one.abs_diff(other) > 32)
    };
    let differing = one.pixels().zip(other.pixels()).filter(is_different).count();
    one.dimensions() == other.dimensions() && differing.saturating_mul(100) < one.pixels().len()
}

#[test]
fn effects_around_the_chip_get_no_code() {
    ConcealmentTest::new().assert_no_code_for(&tricks::AROUND);
}

#[test]
fn elements_over_the_chip_get_no_code() {
    ConcealmentTest::new().assert_no_code_for(&tricks::OVER);
}

#[test]
fn tampering_with_the_chip_itself_gets_no_code() {
    ConcealmentTest::new().assert_no_code_for(&tricks::ON_CHIP);
}

#[test]
fn covers_that_the_compositor_moves_get_no_code() {
    ConcealmentTest::new().assert_no_code_for(&animated::ANIMATED);
}
