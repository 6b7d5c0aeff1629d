//! Pages that hide, cover, clip, shrink, move or replace the chip, and get the user to click it. Each trick is a script
//! in the page's own world. A code may be typed only if the chip looks the same at the time of the click as on an
//! honest page. The screenshots are in `dist/concealment`.

use super::test_worker::root;
use super::*;
use image::RgbaImage;

/// Helpers for the scripts below.
const TOOLS: &str = "
    var chip = document.querySelector('casdoor-authenticator'), boxes = document.querySelector('#passcode');
    var near = [...new Set([chip.parentElement, boxes.parentElement])];
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
    };";

type Trick = (&'static str, &'static str);

/// Effects on the elements around the chip.
const AROUND: [Trick; 26] = [
    ("a mask around it", "dress('mask-image:linear-gradient(transparent,transparent)')"),
    ("a mask on the page", "document.documentElement.style.maskImage = 'linear-gradient(transparent,transparent)'"),
    (
        "cut to a corner",
        "dress('overflow:hidden;width:260px;height:12px;max-height:60px'); boxes.style.cssText = 'height:20px;overflow:hidden'",
    ),
    ("a clip path", "dress('clip-path:inset(0 94% 0 0)')"),
    ("narrow columns", "dress('columns:14px;column-gap:0;overflow:hidden;height:60px')"),
    ("zoom around it", "dress('zoom:.1')"),
    ("zoom of the page", "document.documentElement.style.zoom = .1"),
    ("scaled to nothing", "dress('transform:scale(.06);transform-origin:0 0')"),
    ("scaled up", "dress('transform:scale(14);transform-origin:0 0')"),
    ("the scale property", "dress('scale:.1')"),
    ("dimmed", "dress('opacity:.01')"),
    ("a dimmed body", "document.body.style.opacity = .01"),
    ("a dimmed page", "document.documentElement.style.opacity = .01"),
    ("an opacity filter", "document.documentElement.style.filter = 'opacity(.02)'"),
    ("blurred", "document.body.style.filter = 'blur(60px)'"),
    ("blended", "dress('mix-blend-mode:difference'); document.body.style.mixBlendMode = 'color-dodge'"),
    ("skipped content", "dress('content-visibility:hidden')"),
    ("contained in a small box", "dress('contain:strict;width:30px;height:20px')"),
    ("turned away", "document.body.style.perspective = '40px'; dress('transform:rotateY(89deg)')"),
    ("announced changes", "dress('will-change:opacity,transform;opacity:.02')"),
    ("invisible", "dress('visibility:hidden'); chip.style.visibility = 'visible'"),
    ("not displayed", "document.documentElement.style.display = 'none'"),
    (
        "a mask image of the page's box",
        "document.documentElement.style.webkitMaskBoxImage = 'linear-gradient(transparent,transparent)'",
    ),
    ("a turned page", "document.documentElement.style.cssText = 'perspective:60px;transform:rotate3d(1,0,0,80deg)'"),
    (
        "anchored elsewhere",
        "sheet('casdoor-authenticator{position-anchor:--gone!important;position-area:top left!important;inset:auto!important}')",
    ),
    (
        "a page that hides overflow",
        "document.documentElement.style.cssText = 'overflow:clip;width:40px;height:40px;contain:paint'",
    ),
];

/// Elements that cover the chip, or show something else in its place.
const OVER: [Trick; 23] = [
    ("a cover that lets clicks through", "cover()"),
    ("a backdrop filter", "cover('background:none;backdrop-filter:blur(30px) brightness(3)')"),
    ("a later popover", "topCover()"),
    ("a transparent popover with a backdrop filter", "topCover('background:none;backdrop-filter:blur(40px)')"),
    ("a popover in a closed shadow tree", "
        const host = document.createElement('div');
        document.body.append(host);
        const over = document.createElement('div');
        over.style.cssText = 'position:fixed;inset:0;width:auto;height:auto;border:0;pointer-events:none;background:#fff';
        over.popover = 'manual';
        host.attachShadow({ mode: 'closed' }).append(over);
        over.showPopover()"),
    ("a modal dialog", "
        const dialog = document.createElement('dialog');
        dialog.style.cssText = 'position:fixed;inset:0;width:100vw;height:100vh;max-width:none;max-height:none;pointer-events:none';
        document.body.append(dialog);
        dialog.showModal()"),
    ("a fullscreen element", "cover().requestFullscreen()"),
    ("a view transition", "
        sheet('::view-transition{pointer-events:none;background:#fff} ::view-transition-group(root){animation-duration:1e6s}' +
            '::view-transition-image-pair(root){opacity:0}');
        document.startViewTransition(() => {})"),
    ("a view transition of the chip", "
        sheet('::view-transition{pointer-events:none;background:#fff} ::view-transition-group(*){animation-duration:1e6s;opacity:0}');
        chip.startViewTransition?.(() => {})"),
    ("blinking", "const over = topCover(); setInterval(() => { over.hidePopover(); setTimeout(() => over.showPopover(), 30); }, 110)"),
    ("covered only while a frame is drawn", "
        const over = topCover(), channel = new MessageChannel();
        channel.port1.onmessage = () => { if (over.matches(':popover-open')) over.hidePopover(); };
        const late = () => requestAnimationFrame(() => {
            if (!over.matches(':popover-open')) over.showPopover();
            channel.port2.postMessage(0);
            late();
        });
        late()"),
    ("an inert page", "document.documentElement.inert = true"),
    ("interactivity", "sheet(':root{interactivity:inert}'); topCover()"),
    ("a backdrop above it", "
        sheet('.over::backdrop{background:#fff!important;pointer-events:none!important}');
        const over = topCover('inset:auto;left:0;top:0;width:1px;height:1px');
        over.className = 'over'"),
    ("a box shadow", "topCover('inset:auto;left:0;top:0;width:4px;height:4px;box-shadow:0 0 0 3000px #fff')"),
    ("an outline", "topCover('inset:auto;left:640px;top:400px;width:1px;height:1px;outline:2000px solid #fff')"),
    ("a border image", "
        topCover('inset:auto;left:640px;top:400px;width:1px;height:1px;border:1px solid;' +
            'border-image:linear-gradient(#fff,#fff) 1 fill / 1px / 2000px')"),
    ("a text shadow", "
        const over = topCover('inset:0 auto auto -9000px;background:none;font:400px monospace;line-height:.6;width:6000px;' +
            'color:#fff;text-shadow:9000px 0 0 #fff');
        over.textContent = '\u{2588}'.repeat(90)"),
    ("a drop shadow", "topCover('inset:0 auto auto -9000px;width:1280px;height:900px;filter:drop-shadow(9000px 0 0 #fff)')"),
    ("a filter that floods", "
        document.body.insertAdjacentHTML('beforeend', '<svg width=0 height=0><filter id=flood filterUnits=userSpaceOnUse ' +
            'primitiveUnits=userSpaceOnUse x=-3000 y=-3000 width=6000 height=6000><feFlood flood-color=#fff /></filter></svg>');
        topCover('inset:auto;left:4px;top:4px;width:4px;height:4px;filter:url(#flood)')"),
    ("a reflection", "topCover('inset:0 auto auto -1280px;width:1280px;height:900px;-webkit-box-reflect:right')"),
    ("a turned popover", "topCover('transform:perspective(900px) translateZ(1px) rotate3d(1,1,0,.5deg) scale(1.5)')"),
    ("a scaled frame", "
        const frame = document.createElement('iframe');
        frame.srcdoc = '<body style=\"margin:0;background:#fff\">';
        frame.style.cssText = 'position:fixed;inset:0;width:200vw;height:200vh;transform:scale(.5);transform-origin:0 0;border:0;pointer-events:none';
        frame.popover = 'manual';
        document.body.append(frame);
        frame.showPopover()"),
];

/// Tampering with the chip's own element.
const ON_CHIP: [Trick; 18] = [
    ("styled by its name", "sheet('casdoor-authenticator{opacity:.01!important;filter:opacity(.01)!important;color:transparent!important}')"),
    ("cut by its name", "sheet('casdoor-authenticator{clip-path:inset(0 96% 0 0)!important;width:12px!important;overflow:hidden!important;zoom:.1!important}')"),
    ("a style attribute", "chip.setAttribute('style', 'opacity:.01!important;mask-image:linear-gradient(transparent,transparent)!important')"),
    ("content before it", "sheet('casdoor-authenticator::before{content:\"\";position:fixed;inset:0;background:#fff;z-index:9;pointer-events:none}')"),
    ("content after it", "sheet('casdoor-authenticator::after{content:\"Play\"!important;display:block!important;position:absolute;inset:0;background:#fff}')"),
    ("a backdrop", "sheet('casdoor-authenticator::backdrop{display:block!important;background:#fff!important}')"),
    ("a script's animation", "chip.animate({ opacity: [.01, .01], filter: ['opacity(.01)', 'opacity(.01)'] }, { duration: 1e8, fill: 'both' })"),
    ("an animation", "sheet('@keyframes gone{from,to{opacity:.01;transform:scale(.01)}} casdoor-authenticator{animation:gone 1e6s infinite!important}')"),
    ("a transition", "sheet('casdoor-authenticator{transition:opacity 1e5s!important}'); requestAnimationFrame(() => sheet('casdoor-authenticator{opacity:.01}'))"),
    ("attributes", "chip.hidden = true; chip.inert = true; chip.setAttribute('role', 'button'); chip.ariaLabel = 'Play'"),
    ("moved into a dim box", "
        const box = document.createElement('div');
        box.style.cssText = 'position:fixed;left:440px;top:176px;width:360px;height:32px;opacity:.01;z-index:9';
        document.body.append(box);
        setInterval(() => { if (chip.parentNode !== box) box.append(chip); }, 0)"),
    ("moved through another document", "
        const frame = document.createElement('iframe');
        frame.style.cssText = 'position:fixed;width:0;height:0;border:0';
        document.body.append(frame);
        frame.contentDocument.body.append(chip);
        document.body.append(chip);
        sheet('casdoor-authenticator{opacity:.01!important}')"),
    ("taken out of the top layer", "
        setInterval(() => { if (chip.matches(':popover-open')) chip.hidePopover(); }, 0);
        sheet('casdoor-authenticator{opacity:.01!important}')"),
    ("without its attribute", "setInterval(() => chip.removeAttribute('popover'), 0); sheet('casdoor-authenticator{opacity:.01!important}')"),
    ("another font", "sheet(\"@font-face{font-family:'system-ui';src:local('DejaVu Sans'),local('Liberation Sans');size-adjust:1%}\")"),
    ("transparent letters", "sheet(':root{color-scheme:only dark} *{color:transparent!important;-webkit-text-fill-color:transparent!important}')"),
    ("half outside the window", "dress('position:fixed;left:1270px;top:200px;width:360px')"),
    ("a narrow viewport", "
        document.head.insertAdjacentHTML('beforeend', '<meta name=viewport content=\"width=80,initial-scale=9,minimum-scale=9\">');
        document.body.style.zoom = .2"),
];

/// A server, and a screenshot of the hovered chip on an honest page.
struct ConcealmentTest {
    scene: Scene,
    honest: RgbaImage,
}

impl ConcealmentTest {
    /// Verifies that a deliberate click works on an honest page.
    fn new() -> Self {
        let scene = Scene::new(Release::V3_158).offering();
        let page = passcode_page(&scene);
        let at = center_of_button(&page, 0, 1);
        mouse(&page, "mouseMoved", at);
        std::thread::sleep(REST);
        let honest = picture(&page).unwrap();
        press_at(&page, at);
        wait_until_signed_in(&page);
        assert_eq!(scene.worker.state().codes().len(), 1, "an honest page");
        sign_out_and_close(page);
        Self { scene, honest }
    }

    /// Runs a trick and clicks where the chip accepts clicks. Returns the trick's name if a code was typed although the
    /// chip was not fully visible.
    fn fooled_by(&self, (name, script): Trick) -> Option<&'static str> {
        let page = passcode_page(&self.scene);
        let before = self.scene.worker.state().codes().len();
        run_trick(&page, script);
        std::thread::sleep(Duration::from_millis(300));
        let at = click_target(&page);
        mouse(&page, "mouseMoved", at);
        std::thread::sleep(REST);
        let shown = picture(&page);
        let file = format!("dist/concealment/{}.png", name.replace(' ', "-"));
        // There is no screenshot of a page that draws nothing.
        let _ = page.screenshot(&root().join(file));
        press_at(&page, at);
        std::thread::sleep(Duration::from_millis(400));
        let typed = self.scene.worker.state().codes().len() > before;
        sign_out_and_close(page);
        (typed && !shown.is_some_and(|shown| is_same(&shown, &self.honest))).then_some(name)
    }

    fn assert_no_code_for(&self, tricks: &[Trick]) {
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
    ConcealmentTest::new().assert_no_code_for(&AROUND);
}

#[test]
fn elements_over_the_chip_get_no_code() {
    ConcealmentTest::new().assert_no_code_for(&OVER);
}

#[test]
fn tampering_with_the_chip_itself_gets_no_code() {
    ConcealmentTest::new().assert_no_code_for(&ON_CHIP);
}

/// Moves the form and thereby the chip, within one frame.
const MOVE: &str = "boxes.closest('.login-form').style.cssText = 'position:fixed;left:500px;top:420px;width:400px'";
const MOVE_BACK: &str = "boxes.closest('.login-form').style.cssText = ''";

/// Opens a page that can move the chip to a point, and returns both.
fn open_page_with_moving_chip(scene: &Scene) -> (Page, (f64, f64)) {
    let page = passcode_page(scene);
    run_trick(&page, MOVE);
    std::thread::sleep(Duration::from_millis(500));
    let at = center_of_button(&page, 0, 1);
    run_trick(&page, MOVE_BACK);
    std::thread::sleep(Duration::from_millis(500));
    mouse(&page, "mouseMoved", at);
    std::thread::sleep(REST);
    (page, at)
}

fn click_twice(page: &Page, (x, y): (f64, f64)) {
    for (kind, count) in [("mousePressed", 1), ("mouseReleased", 1), ("mousePressed", 2), ("mouseReleased", 2)] {
        let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": count });
        page.call("Input.dispatchMouseEvent", event).unwrap();
    }
}

/// The actions of the page and the user while the pointer rests where the chip will be.
type Act = fn(&Page, (f64, f64));

/// Moments at which the chip becomes visible, or moves under the pointer, too late for the user to notice.
const MOMENTS: [(&str, Act); 8] = [
    ("during a double click", |page, at| {
        run_trick(
            page,
            &format!("addEventListener('pointerdown', () => {{ {MOVE} }}, {{ once: true, capture: true }})"),
        );
        click_twice(page, at);
    }),
    ("120 ms before the press", |page, at| {
        run_trick(page, MOVE);
        std::thread::sleep(Duration::from_millis(120));
        press_at(page, at);
    }),
    ("between press and release", |page, at| {
        mouse(page, "mousePressed", at);
        run_trick(page, MOVE);
        std::thread::sleep(REST);
        mouse(page, "mouseReleased", at);
    }),
    ("quick presses in a row", |page, at| {
        run_trick(page, MOVE);
        for _ in 0..6 {
            std::thread::sleep(Duration::from_millis(180));
            press_at(page, at);
        }
    }),
    ("by a jump of the page", |page, at| {
        run_trick(
            page,
            &format!(
                "{MOVE}; boxes.closest('.login-form').style.position = 'absolute'; document.body.style.minHeight = '4000px'; scrollTo(0, 300)"
            ),
        );
        std::thread::sleep(REST);
        run_trick(page, "scrollTo(0, 0)");
        std::thread::sleep(Duration::from_millis(120));
        press_at(page, at);
    }),
    ("shown again", |page, at| {
        run_trick(page, MOVE);
        std::thread::sleep(REST);
        run_trick(page, "chip.remove()");
        std::thread::sleep(Duration::from_millis(120));
        press_at(page, at);
    }),
    ("uncovered", |page, at| {
        run_trick(page, &format!("{MOVE}; globalThis.over = topCover()"));
        std::thread::sleep(REST);
        run_trick(page, "over.remove()");
        std::thread::sleep(Duration::from_millis(120));
        press_at(page, at);
    }),
    ("by the keyboard at once", |page, _| {
        page.click("#passcode input").unwrap();
        page.press("Tab").unwrap();
        page.press("Enter").unwrap();
    }),
];

#[test]
fn a_chip_that_appears_just_before_a_click_ignores_the_click() {
    let scene = Scene::new(Release::V3_158).offering();
    for (name, act) in MOMENTS {
        let (page, at) = open_page_with_moving_chip(&scene);
        act(&page, at);
        std::thread::sleep(Duration::from_millis(400));
        assert_eq!(scene.worker.state().codes(), Vec::<String>::new(), "{name}");
        sign_out_and_close(page);
    }
}
