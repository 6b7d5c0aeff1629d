//! The camera tab with Chromium's fake camera, which plays a video that the test creates.

use super::{cards, fixture, picture, with_page_and_options};
use e2e::browser::Options;
use e2e::package::OPTIONS;
use e2e::page::Page;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Creates a still video of 640 x 480 gray pixels, with a fixture's code in the center or empty.
fn video(code: Option<&Path>) -> TempDir {
    let (width, height) = (640_usize, 480_usize);
    let mut grey = vec![180_u8; width * height];
    if let Some(code) = code {
        let code = image::open(code).unwrap().to_luma8();
        let (left, top) = ((width - code.width() as usize) / 2, (height - code.height() as usize) / 2);
        for (x, y, pixel) in code.enumerate_pixels() {
            // Cameras see neither pure black nor pure white.
            grey[(top + y as usize) * width + left + x as usize] = if pixel.0[0] < 128 { 40 } else { 210 };
        }
    }
    let mut bytes = format!("YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n").into_bytes();
    for _ in 0..3 {
        bytes.extend(b"FRAME\n");
        bytes.extend(&grey);
        bytes.extend(vec![128; width * height / 2]);
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("video.y4m"), bytes).unwrap();
    folder
}

fn camera(video: &TempDir) -> [String; 3] {
    let file = video.path().join("video.y4m");
    [
        "--use-fake-ui-for-media-stream".to_owned(),
        "--use-fake-device-for-media-stream".to_owned(),
        format!("--use-file-for-fake-video-capture={}", file.display()),
    ]
}

fn wait_for_state(tab: &Page, state: &str) {
    tab.wait_for(&format!("document.querySelector('[data-camera]')?.dataset.camera === {state:?}")).unwrap();
}

const IS_RECORDING: &str = "document.querySelector('video')?.srcObject?.active === true";

#[test]
fn a_code_is_scanned_and_the_camera_stops() {
    let video = video(Some(&fixture("qr-files/code.png")));
    let (installed, _page) = with_page_and_options("", &Options { arguments: &camera(&video), ..Options::default() });
    let tab = installed.open(&format!("{OPTIONS}#camera")).unwrap();
    wait_for_state(&tab, "off");
    assert!(tab.text("[data-camera]").unwrap().contains("ask for camera access"));
    assert_eq!(tab.evaluate("document.querySelector('video').srcObject === null").unwrap(), true);
    picture(&tab, "camera-before");
    tab.evaluate("globalThis.used = []; const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (...all) => { const stream = await ask(...all); used.push(stream); return stream; }").unwrap();
    tab.click("[data-action=start-camera]").unwrap();
    assert_eq!(cards(&tab), ["Acme · png"]);
    assert_eq!(tab.evaluate("used.length === 1 && used.every(stream => !stream.active)").unwrap(), true);
    tab.click("[data-action=save-accounts]").unwrap();
    tab.wait_for("location.hash === '#accounts'").unwrap();
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn the_camera_stops_when_its_tab_is_hidden_or_the_user_stops_it() {
    let video = video(None);
    let (installed, page) = with_page_and_options("", &Options { arguments: &camera(&video), ..Options::default() });
    let tab = installed.open(&format!("{OPTIONS}#camera")).unwrap();
    tab.click("[data-action=start-camera]").unwrap();
    wait_for_state(&tab, "on");
    tab.wait_for(IS_RECORDING).unwrap();
    picture(&tab, "camera-on");
    page.activate().unwrap();
    wait_for_state(&tab, "off");
    tab.wait_for(&format!("!({IS_RECORDING})")).unwrap();
    tab.activate().unwrap();
    assert!(tab.text("[data-camera]").unwrap().contains("left this tab"));
    tab.click("[data-action=start-camera]").unwrap();
    tab.wait_for(IS_RECORDING).unwrap();
    tab.click("[data-action=stop-camera]").unwrap();
    tab.wait_for(&format!("!({IS_RECORDING})")).unwrap();
}

#[test]
fn a_missing_camera_offers_alternatives() {
    let arguments = ["--use-fake-ui-for-media-stream".to_owned()];
    let (installed, _page) = with_page_and_options("", &Options { arguments: &arguments, ..Options::default() });
    let tab = installed.open(&format!("{OPTIONS}#camera")).unwrap();
    tab.click("[data-action=start-camera]").unwrap();
    let (said, failed) = e2e::user::status_message(&tab).unwrap();
    assert!(failed && said.contains("camera"), "{said}");
}
