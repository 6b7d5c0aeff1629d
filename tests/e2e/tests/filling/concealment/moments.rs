//! A chip that appears or moves under a resting pointer, so that a press hits it before the user has seen it.

use super::*;

/// Moves the form and thereby the chip, within one frame.
pub const MOVE: &str = "boxes.closest('.login-form').style.cssText = 'position:fixed;left:500px;top:420px;width:400px'";
const MOVE_BACK: &str = "boxes.closest('.login-form').style.cssText = ''";

/// Opens a page that can move the chip to a point, and returns both.
pub fn open_page_with_moving_chip(scene: &Scene) -> (Page, (f64, f64)) {
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
