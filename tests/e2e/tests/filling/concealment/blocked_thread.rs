//! A page that blocks its own thread while a cover moves away or the chip moves under the pointer. Meanwhile, the
//! chip's script cannot run, and a press waits until the page lets it.

use super::moments::{MOVE, open_page_with_moving_chip};
use super::*;

/// Blocks the page's thread for a number of milliseconds.
const BLOCK: &str =
    "const block = (time) => { const end = performance.now() + time; while (performance.now() < end); };";

/// Actions of the page while the pointer rests over the chip or where it will be, each with the pause before the press,
/// in milliseconds. `over` covers the chip at first.
const ACTIONS: [(&str, &str, u64); 8] = [
    ("uncovered and blocked at once", "setTimeout(() => { over.remove(); block(400); })", 150),
    ("uncovered, and the press arrives at the end", "setTimeout(() => { over.remove(); block(400); })", 380),
    ("blocked and then uncovered", "setTimeout(() => { block(400); over.remove(); })", 250),
    (
        "blocked after the frame without the cover",
        "
        over.remove();
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => block(400))))",
        150,
    ),
    (
        "blocked repeatedly for a shorter time",
        "
        over.remove();
        let rounds = 0;
        const again = () => { block(200); if (++rounds < 4) setTimeout(again, 30); };
        setTimeout(again, 30)",
        250,
    ),
    (
        "blocked in each frame",
        "
        over.remove();
        const until = performance.now() + 700;
        const again = () => { block(180); if (performance.now() < until) requestAnimationFrame(again); };
        requestAnimationFrame(again)",
        250,
    ),
    ("moved and blocked at once", "over.remove(); setTimeout(() => { MOVE; block(400); })", 150),
    ("blocked and then moved", "over.remove(); setTimeout(() => { block(400); MOVE; })", 250),
];

#[test]
fn a_press_while_the_page_blocks_its_thread_gets_no_code() {
    let scene = Scene::new(Release::V3_158).offering();
    for (name, action, pause) in ACTIONS {
        let (page, at) = open_page_with_moving_chip(&scene);
        if !action.contains("MOVE") {
            run_trick(&page, MOVE);
        }
        run_trick(&page, "globalThis.over = topCover()");
        std::thread::sleep(REST);
        run_trick(&page, &format!("{BLOCK} {}", action.replace("MOVE", MOVE)));
        std::thread::sleep(Duration::from_millis(pause));
        press_at(&page, at);
        std::thread::sleep(Duration::from_millis(900));
        assert_eq!(scene.worker.state().codes(), Vec::<String>::new(), "{name}");
        sign_out_and_close(page);
    }
}
