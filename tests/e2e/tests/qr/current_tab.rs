//! Scanning the current tab: the screenshot, and the page's own images.

use super::context_menu::choose;
use super::{cards, code, notices, picture, uri, with_page, with_page_and_options};
use casdoor_authenticator::exchange::qr_svg;
use casdoor_authenticator::qr::{self, Luma};
use e2e::browser::Options;
use e2e::other_site::{Answer, serve};
use e2e::package::Installed;
use e2e::page::Page;
use e2e::server::{HOST, Server};
use e2e::user;
use mock_casdoor::PASSWORD;
use serde_json::json;

/// Common zoom levels.
const ZOOMS: [f64; 3] = [1.0, 0.8, 1.5];

/// Signs bob in and opens the second step of the enrollment, which shows the code.
fn enrollment(page: &Page, server: &Server) {
    page.navigate(&format!("{}/login/acme", server.url())).unwrap();
    user::sign_in(page, "bob", PASSWORD).unwrap();
    page.wait_for("!location.pathname.startsWith('/login')").unwrap();
}

fn second_step(page: &Page, server: &Server, theme: &str) {
    page.navigate(&format!("{}/mfa/setup?mfaType=app&theme={theme}", server.url())).unwrap();
    page.fill("#password", PASSWORD).unwrap();
    page.click("form button[type=submit]").unwrap();
    page.wait_for("document.querySelector('.ant-qrcode canvas')").unwrap();
}

fn zoom(installed: &Installed, tab: &Page, factor: f64) {
    tab.activate().unwrap();
    let popup = installed.popup(tab).unwrap();
    popup
        .evaluate(&format!(
            "chrome.tabs.query({{ active: true }}).then(([tab]) => chrome.tabs.setZoom(tab.id, {factor}))"
        ))
        .unwrap();
    popup.close().unwrap();
    let scale = tab.evaluate("devicePixelRatio / globalThis.atFirst").unwrap().as_f64().unwrap();
    assert!((scale - factor).abs() < 0.02, "the page is zoomed by {scale}");
}

/// Scans the enrollment page with the real popup at each zoom level and theme.
fn assert_scanned_at(scale: f64, zooms: &[f64]) {
    let server = Server::start_mock(0).unwrap();
    let (installed, page) = with_page_and_options("", &Options { scale: Some(scale), ..Options::default() });
    enrollment(&page, &server);
    for theme in ["light", "dark"] {
        for factor in zooms {
            second_step(&page, &server, theme);
            page.evaluate(&format!("globalThis.atFirst = {scale}")).unwrap();
            zoom(&installed, &page, *factor);
            let popup = installed.popup(&page).unwrap();
            user::scan(&popup).unwrap();
            let found = cards(&popup);
            assert!(found.len() == 1 && found[0].ends_with("acme/bob"), "{scale} {factor} {theme}: {found:?}");
            assert!(popup.text("[data-card] [data-site]").unwrap().contains(HOST));
            popup.close().unwrap();
        }
    }
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn the_enrollment_page_is_scanned_at_scale_1() {
    assert_scanned_at(1.0, &ZOOMS);
}

#[test]
fn the_enrollment_page_is_scanned_at_a_fractional_scale() {
    assert_scanned_at(1.25, &ZOOMS);
    assert_scanned_at(1.5, &ZOOMS);
}

#[test]
fn the_enrollment_page_is_scanned_on_a_high_density_screen() {
    assert_scanned_at(2.0, &ZOOMS);
    assert_scanned_at(3.0, &ZOOMS);
}

#[test]
fn a_light_and_a_dark_code_on_one_page_are_both_saved() {
    let dark =
        format!("<div style='filter:invert(1)'>{}</div>", code(&uri("night").replace("JBSWY3DP", "KRSXG5CT"), 220));
    let body = format!("<div style='display:flex;gap:40px'>{}{dark}</div>", code(&uri("day"), 220));
    let (installed, page) = with_page(&body);
    let popup = installed.popup(&page).unwrap();
    user::scan(&popup).unwrap();
    let mut names = cards(&popup);
    names.sort();
    assert_eq!(names, ["Acme · day", "Acme · night"]);
    picture(&popup, "found-two");
    // A deselected card is not saved.
    popup.click("[data-card] input").unwrap();
    popup.click("[data-action=save-accounts]").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    assert_eq!(user::rows(&popup).unwrap().len(), 1);
    // The next scan marks the duplicate.
    user::scan(&popup).unwrap();
    cards(&popup);
    assert_eq!(popup.evaluate("document.querySelectorAll('[data-duplicate=same]').length").unwrap(), 1);
    assert_eq!(popup.evaluate("document.querySelectorAll('[data-card] input:checked').length").unwrap(), 1);
    picture(&popup, "found-known");
}

#[test]
fn a_page_without_a_code_says_what_to_do() {
    let canvas = "<canvas width=300 height=300></canvas>";
    let svg = "<svg width=200 height=200><circle r=80 cx=100 cy=100 /></svg>";
    for (body, pictures) in [("Nothing here", ""), (canvas, "the image"), (&format!("{canvas}{svg}"), "2 images")] {
        let (installed, page) = with_page(body);
        let popup = installed.popup(&page).unwrap();
        user::scan(&popup).unwrap();
        let said = notices(&popup);
        assert!(said.contains("No QR code found") && said.contains(pictures), "{said}");
        if pictures.starts_with('2') {
            picture(&popup, "found-nothing");
        }
    }
}

#[test]
fn scans_in_quick_succession_succeed_despite_the_capture_quota() {
    let (installed, page) = with_page(&code(&uri("alice"), 220));
    let popup = installed.popup(&page).unwrap();
    let scans = "Promise.all([1, 2, 3, 4, 5].map(() => chrome.runtime.sendMessage({ page: { do: 'ScanTab' } })))";
    let replies = popup.evaluate(scans).unwrap();
    let names: Vec<_> =
        replies.as_array().unwrap().iter().map(|reply| reply["Ok"]["cards"][0]["name"].clone()).collect();
    assert_eq!(names, ["alice"; 5], "{replies}");
}

#[test]
fn a_code_without_an_account_is_reported() {
    let (installed, page) = with_page(&code("https://example.com/menu", 240));
    let popup = installed.popup(&page).unwrap();
    user::scan(&popup).unwrap();
    assert!(notices(&popup).contains("contain an account"));
    picture(&popup, "found-no-account");
}

#[test]
fn codes_outside_the_viewport_are_read_from_page_images() {
    let svg = |name: &str| qr_svg(&uri(name)).unwrap();
    let bare = svg("image").replace("<path fill=\"#fff\"", "<path fill=\"none\"");
    let styled =
        svg("styled").replace("<path fill=\"#fff\"", "<path class=ground").replace("<path d=", "<path class=ink d=");
    // A drawing whose colors are in a style sheet, an image without a background, a light-on-dark canvas in a shadow
    // root, and a cross-origin image, all below the visible part.
    let body = format!(
        "<style>.ground {{ fill: #eef }} .ink {{ fill: #113 }}</style><div style='height:3000px'>Below</div>
        <div style='width:160px'>{styled}</div>
        <img id=image width=160 src='data:image/svg+xml,{}'>
        <img width=100 height=100 src='http://elsewhere.acme.test:9/gone.png'>
        <div id=host></div>
        <script>
            const canvas = document.createElement('canvas');
            canvas.width = canvas.height = 300;
            const drawing = new Image();
            drawing.onload = () => {{
                const context = canvas.getContext('2d');
                context.drawImage(drawing, 0, 0, 300, 300);
                context.globalCompositeOperation = 'difference';
                context.fillStyle = '#fff';
                context.fillRect(0, 0, 300, 300);
                document.body.dataset.drawn = '';
            }};
            drawing.src = 'data:image/svg+xml,' + encodeURIComponent(`{}`);
            document.querySelector('#host').attachShadow({{ mode: 'closed' }}).append(canvas);
        </script>",
        bare.replace('#', "%23").replace('\'', "%27"),
        svg("canvas"),
    );
    let (installed, page) = with_page(&body);
    page.wait_for("'drawn' in document.body.dataset && document.querySelector('#image').naturalWidth > 0").unwrap();
    let popup = installed.popup(&page).unwrap();
    user::scan(&popup).unwrap();
    let mut names = cards(&popup);
    names.sort();
    assert_eq!(names, ["Acme · canvas", "Acme · image", "Acme · styled"]);
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

/// Returns an SVG file of a code without a margin, three pixels per module.
fn svg_without_margin(text: &str) -> Vec<u8> {
    let svg = qr_svg(text).unwrap();
    let seen = svg.split('"').nth(3).unwrap();
    let modules = seen.rsplit(' ').next().unwrap().parse::<u32>().unwrap() - 8;
    let side = modules * 3;
    let bare = format!("viewBox=\"4 4 {modules} {modules}\" width=\"{side}\" height=\"{side}\"");
    svg.replace(&format!("viewBox=\"{seen}\""), &bare).into()
}

/// Returns a page with random squares, and on it another site's image in a black frame. Without a margin, the code
/// merges with its surroundings.
fn image_among_squares(image: &str) -> String {
    format!(
        "<img id=foreign src='{image}' style='position:absolute;left:320px;top:200px;outline:6px solid #000'><script>
            const canvas = document.createElement('canvas');
            canvas.width = canvas.height = 1200;
            const context = canvas.getContext('2d');
            let seed = 7;
            for (let at = 0; at < 40_000; at += 1) {{
                seed = (seed * 1103515245 + 12345) % 2147483648;
                context.fillStyle = seed > 1073741824 ? '#000' : '#fff';
                context.fillRect(at % 200 * 6, Math.floor(at / 200) * 6, 6, 6);
            }}
            document.body.style.background = `url(${{canvas.toDataURL()}})`;
        </script>"
    )
}

#[test]
fn a_cross_origin_image_is_read_from_the_screenshot() {
    let image = Answer { path: "/code.svg", kind: "image/svg+xml", body: svg_without_margin(&uri("foreign")) };
    let address = format!("{}/code.svg", serve(vec![image]).unwrap());
    let (installed, page) = with_page(&image_among_squares(&address));
    page.wait_for("document.querySelector('#foreign').naturalWidth > 0 && document.body.style.background !== ''")
        .unwrap();
    // The page cannot read the image, and the reader cannot find the code in the complete screenshot.
    let drawn = "(() => {
        const context = document.createElement('canvas').getContext('2d');
        context.drawImage(document.querySelector('#foreign'), 0, 0);
        try { context.getImageData(0, 0, 1, 1); return 'read'; } catch (error) { return error.name; }
    })()";
    assert_eq!(page.evaluate(drawn).unwrap(), "SecurityError");
    let shot = tempfile::tempdir().unwrap();
    page.screenshot(&shot.path().join("page.png")).unwrap();
    let seen = image::open(shot.path().join("page.png")).unwrap().to_rgba8();
    let found = qr::read(&Luma::from_rgba(seen.width(), seen.height(), seen.as_raw()).unwrap(), || false);
    assert!(found.is_empty(), "{found:?}");

    let popup = installed.popup(&page).unwrap();
    user::scan(&popup).unwrap();
    assert_eq!(cards(&popup), ["Acme · foreign"]);
    popup.close().unwrap();
    let chosen = json!({ "menuItemId": "menu_read_image", "srcUrl": address, "frameId": 0 });
    assert_eq!(cards(&choose(&installed, &page, &chosen)), ["Acme · foreign"]);
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn a_scanned_connection_code_opens_the_connection_card() {
    let text = "casdoor-authenticator://login?serverUrl=https%3A%2F%2Fid.example.com&accessToken=abc";
    let (installed, page) = with_page(&code(text, 260));
    let popup = installed.popup(&page).unwrap();
    user::scan(&popup).unwrap();
    popup.wait_for("document.querySelector('[data-connection]')").unwrap();
    assert!(popup.evaluate("document.querySelector('[data-card]') === null").unwrap() == true);
    picture(&popup, "found-connection");
    popup.click("[data-action=open-connection]").unwrap();
    let tab = installed.browser.wait_for_page("options.html#connect?code=found").unwrap();
    tab.wait_for("document.querySelector('[data-step=found-code]')").unwrap();
}
