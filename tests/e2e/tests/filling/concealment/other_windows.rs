//! Windows that the page opens over the chip and closes just before a press: the list of a selection field, a date
//! picker, another window. The browser draws them outside the page, where the chip cannot see them, so the test moves
//! the pointer of a display.

use super::*;

/// Names of windows that cover the chip, each with the script that opens it and the one that closes it.
const WINDOWS: [(&str, &str, &str); 5] = [
    (
        "a selection field",
        "const over = place('select'); over.innerHTML = '<option>Play</option>'.repeat(12); over.showPicker()",
        "over.remove()",
    ),
    ("a date", "const over = place('input'); over.type = 'date'; over.showPicker()", "over.remove()"),
    ("a color", "const over = place('input'); over.type = 'color'; over.showPicker()", "over.remove()"),
    (
        "a window",
        "window.over = open('about:blank', '', `popup,left=${screenX},top=${screenY},width=${outerWidth},height=${outerHeight}`)",
        "over.close()",
    ),
    (
        "a small window",
        "window.over = open('about:blank', '', `popup,left=${screenX + 400},top=${screenY + 200},width=500,height=300`)",
        "over.close()",
    ),
];

/// Puts a small element above the chip, so that what it opens covers the chip.
const PLACE: &str = "
    const place = (name) => {
        const { x, y } = chip.getBoundingClientRect(), over = window.over = document.createElement(name);
        over.style.cssText = `position:fixed;left:${x}px;top:${y - 48}px;width:360px;height:16px`;
        document.body.append(over);
        return over;
    };";

/// Opens a floating window that stays in front of the page and does not take the focus.
const FLOAT: &str = "
    const canvas = document.createElement('canvas'), video = document.createElement('video');
    const draw = () => { canvas.getContext('2d').fillRect(0, 0, 300, 150); requestAnimationFrame(draw); };
    draw();
    video.muted = true;
    video.srcObject = canvas.captureStream();
    video.onloadedmetadata = () => video.requestPictureInPicture();
    video.play()";
/// Returns `true` while the page has such a window.
const IS_FLOATING: &str = "document.pictureInPictureElement !== null";

#[test]
fn a_page_with_a_floating_window_gets_no_code_until_the_window_is_closed() {
    let display = Display::start().unwrap();
    let scene = Scene::on(Release::V3_158, Some(&display)).offering();
    let page = passcode_page(&scene);
    let at = center_of_button(&page, 0, 1);
    run_trick(&page, FLOAT);
    page.wait_for(IS_FLOATING).unwrap();
    mouse(&page, "mouseMoved", at);
    rest(&page);
    press_at(&page, at);
    std::thread::sleep(REST);
    assert_eq!(scene.worker.state().codes(), Vec::<String>::new(), "a code was typed below a floating window");
    assert_eq!(page.evaluate(IS_FLOATING).unwrap(), true, "the window was closed too early for this test");
    run_trick(&page, "document.exitPictureInPicture()");
    page.wait_for(&format!("!({IS_FLOATING})")).unwrap();
    mouse(&page, "mouseMoved", AWAY);
    mouse(&page, "mouseMoved", at);
    rest(&page);
    press_at(&page, at);
    wait_until_signed_in(&page);
}

/// Moves the display's pointer to a point of the page.
fn point(display: &Display, page: &Page, (x, y): (f64, f64)) {
    let corner =
        page.evaluate("[screenX + (outerWidth - innerWidth) / 2, screenY + outerHeight - innerHeight]").unwrap();
    let at = |index: usize, offset: f64| format!("{}", (corner[index].as_f64().unwrap() + offset).round());
    display.xdotool(&["mousemove", &at(0, x), &at(1, y)]).unwrap();
}

fn click(display: &Display) {
    display.xdotool(&["click", "1"]).unwrap();
}

#[test]
fn a_window_over_the_chip_that_closes_before_a_press_gets_no_code() {
    let display = Display::start().unwrap();
    let scene = Scene::on(Release::V3_158, Some(&display)).offering();
    let mut page = passcode_page(&scene);
    let at = center_of_button(&page, 0, 1);
    let mut fooled = Vec::new();
    for (name, open, close) in WINDOWS {
        for pause in [120, 380] {
            let before = scene.worker.state().codes().len();
            point(&display, &page, AWAY);
            std::thread::sleep(Duration::from_millis(600));
            point(&display, &page, at);
            std::thread::sleep(REST);
            run_trick(&page, &format!("{PLACE} {open}"));
            std::thread::sleep(Duration::from_millis(900));
            run_trick(&page, close);
            std::thread::sleep(Duration::from_millis(pause));
            click(&display);
            std::thread::sleep(Duration::from_millis(600));
            if scene.worker.state().codes().len() > before {
                fooled.push((name, pause));
                sign_out_and_close(page);
                page = passcode_page(&scene);
            }
        }
    }
    assert!(fooled.is_empty(), "a code was typed after a window had covered the chip: {fooled:?}");
    point(&display, &page, AWAY);
    std::thread::sleep(Duration::from_millis(600));
    point(&display, &page, at);
    rest(&page);
    click(&display);
    wait_until_signed_in(&page);
}
