//! The current tab: what can be seen of it, and what it draws itself.

use super::{before, before_with, cards, code, notices, picture, uri};
use e2e::browser::Options;
use e2e::package::Installed;
use e2e::page::Page;
use e2e::person;
use e2e::server::{HOST, Server};
use stand_in::PASSWORD;

/// How far people zoom.
const ZOOMS: [f64; 3] = [1.0, 0.8, 1.5];

/// Signs bob in and goes to the second step of the enrolment, where the code is.
fn enrolment(page: &Page, server: &Server) {
    page.navigate(&format!("{}/login/acme", server.url())).unwrap();
    person::sign_in(page, "bob", PASSWORD).unwrap();
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

/// Reads the enrolment page's code with the real popup, at one scale, zoom and theme after the other.
fn read_at(scale: f64, zooms: &[f64]) {
    let server = Server::stand_in(0).unwrap();
    let (installed, page) = before_with("", &Options { scale: Some(scale), ..Options::default() });
    enrolment(&page, &server);
    for theme in ["light", "dark"] {
        for factor in zooms {
            second_step(&page, &server, theme);
            page.evaluate(&format!("globalThis.atFirst = {scale}")).unwrap();
            zoom(&installed, &page, *factor);
            let popup = installed.popup(&page).unwrap();
            person::scan(&popup).unwrap();
            let found = cards(&popup);
            assert!(found.len() == 1 && found[0].ends_with("acme/bob"), "{scale} {factor} {theme}: {found:?}");
            assert!(popup.text("[data-card] [data-site]").unwrap().contains(HOST));
            popup.close().unwrap();
        }
    }
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn the_enrolment_page_is_read_on_a_usual_screen_at_every_zoom_light_and_dark() {
    read_at(1.0, &ZOOMS);
}

#[test]
fn the_enrolment_page_is_read_on_a_slightly_scaled_screen_at_every_zoom_light_and_dark() {
    read_at(1.25, &ZOOMS);
    read_at(1.5, &ZOOMS);
}

#[test]
fn the_enrolment_page_is_read_on_a_dense_screen_at_every_zoom_light_and_dark() {
    read_at(2.0, &ZOOMS);
    read_at(3.0, &ZOOMS);
}

#[test]
fn a_light_and_a_dark_code_on_one_page_are_both_found_and_kept() {
    let dark =
        format!("<div style='filter:invert(1)'>{}</div>", code(&uri("night").replace("JBSWY3DP", "KRSXG5CT"), 220));
    let body = format!("<div style='display:flex;gap:40px'>{}{dark}</div>", code(&uri("day"), 220));
    let (installed, page) = before(&body);
    let popup = installed.popup(&page).unwrap();
    person::scan(&popup).unwrap();
    let mut names = cards(&popup);
    names.sort();
    assert_eq!(names, ["Acme · day", "Acme · night"]);
    picture(&popup, "found-two");
    // A tick is taken away: only the other one is kept.
    popup.click("[data-card] input").unwrap();
    popup.click("[data-action=keep-found]").unwrap();
    person::wait_for_screen(&popup, &["list"]).unwrap();
    assert_eq!(person::rows(&popup).unwrap().len(), 1);
    // The next scan says which one is there already.
    person::scan(&popup).unwrap();
    cards(&popup);
    assert_eq!(popup.evaluate("document.querySelectorAll('[data-known=same]').length").unwrap(), 1);
    assert_eq!(popup.evaluate("document.querySelectorAll('[data-card] input:checked').length").unwrap(), 1);
    picture(&popup, "found-known");
}

#[test]
fn a_page_without_a_code_says_what_was_tried() {
    let canvas = "<canvas width=300 height=300></canvas>";
    let svg = "<svg width=200 height=200><circle r=80 cx=100 cy=100 /></svg>";
    for (body, pictures) in [("Nothing here", ""), (canvas, "one picture"), (&format!("{canvas}{svg}"), "2 pictures")] {
        let (installed, page) = before(body);
        let popup = installed.popup(&page).unwrap();
        person::scan(&popup).unwrap();
        let said = notices(&popup);
        assert!(said.contains("light or dark") && said.contains(pictures), "{said}");
        if pictures.starts_with('2') {
            picture(&popup, "found-nothing");
        }
    }
}

#[test]
fn a_code_that_is_no_account_says_so() {
    let (installed, page) = before(&code("https://example.com/menu", 240));
    let popup = installed.popup(&page).unwrap();
    person::scan(&popup).unwrap();
    assert!(notices(&popup).contains("no account"));
    picture(&popup, "found-no-account");
}

#[test]
fn codes_out_of_view_are_read_off_the_pages_own_pictures() {
    let svg = |name: &str| casdoor_authenticator::exchange::qr_svg(&uri(name)).unwrap();
    let bare = svg("image").replace("<path fill=\"#fff\"", "<path fill=\"none\"");
    let styled =
        svg("styled").replace("<path fill=\"#fff\"", "<path class=ground").replace("<path d=", "<path class=ink d=");
    // A drawing whose colours are in a style sheet, an image without a ground, a canvas light on dark in a shadow root, and
    // a foreign image that cannot be read: all of them below what can be seen.
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
    let (installed, page) = before(&body);
    page.wait_for("'drawn' in document.body.dataset && document.querySelector('#image').naturalWidth > 0").unwrap();
    let popup = installed.popup(&page).unwrap();
    person::scan(&popup).unwrap();
    let mut names = cards(&popup);
    names.sort();
    assert_eq!(names, ["Acme · canvas", "Acme · image", "Acme · styled"]);
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn a_connection_code_on_a_page_opens_the_connection_card_instead() {
    let text = "casdoor-authenticator://login?serverUrl=https%3A%2F%2Fid.example.com&accessToken=abc";
    let (installed, page) = before(&code(text, 260));
    let popup = installed.popup(&page).unwrap();
    person::scan(&popup).unwrap();
    popup.wait_for("document.querySelector('[data-connection]')").unwrap();
    assert!(popup.evaluate("document.querySelector('[data-card]') === null").unwrap() == true);
    picture(&popup, "found-connection");
    popup.click("[data-action=open-connection]").unwrap();
    let tab = installed.browser.wait_for_page("options.html#connect?code=found").unwrap();
    tab.wait_for("document.querySelector('[data-step=found-code]')").unwrap();
}
