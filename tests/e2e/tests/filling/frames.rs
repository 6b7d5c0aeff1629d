//! The server's passcode form in a frame. On the server's own site, a code is offered but not filled automatically. On
//! another site, the form is ignored.

use super::*;
use serde_json::Value;

/// Evaluates code in every frame of the active tab, in the page's own world.
fn in_frames(scene: &Scene, code: &str) -> Vec<Value> {
    let worker = scene.extension.worker("self.isReady === true").unwrap();
    let results = worker.evaluate(&format!("inFrames({code:?})")).unwrap();
    results.as_array().unwrap().iter().filter(|one| one["frame"] != 0).map(|one| one["result"].clone()).collect()
}

/// Opens a page of `host` with the sign-in page in a frame, where a script has opened the passcode form.
fn framed(scene: &Scene, host: &str) -> Page {
    let page = scene.browser.open(&format!("{}/static/nothing", scene.server.url(host))).unwrap();
    page.activate().unwrap();
    page.wait_for("document.readyState === 'complete' && document.body").unwrap();
    page.evaluate(&format!(
        "document.body.innerHTML = '<iframe width=900 height=800 src=\"{}/login/acme\"></iframe>'",
        scene.origin()
    ))
    .unwrap();
    until("the sign-in page is in the frame", || {
        Ok(in_frames(scene, "!!document.querySelector('#normal_login_password')").contains(&json!(true)).then_some(()))
    })
    .unwrap();
    in_frames(
        scene,
        "for (const [selector, text] of [['#input', 'alice'], ['#normal_login_password', 'pass-word-1']]) {
             const field = document.querySelector(selector);
             Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
             field.dispatchEvent(new InputEvent('input', { bubbles: true }));
         }
         document.querySelector('#normal_login button[type=submit]').click();",
    );
    until("the passcode form is in the frame", || {
        Ok(in_frames(scene, "!!document.querySelector('#passcode')").contains(&json!(true)).then_some(()))
    })
    .unwrap();
    page
}

fn has_chip(scene: &Scene) -> bool {
    in_frames(scene, "!!document.querySelector('casdoor-authenticator')").contains(&json!(true))
}

#[test]
fn a_form_in_another_sites_frame_is_ignored() {
    for host in ["evil.acme.test", "id.acme.test.evil.acme.test"] {
        let scene = Scene::new(Release::V3_158);
        let _page = framed(&scene, host);
        scene.wait_for_reply("it was asked about", |_| true);
        std::thread::sleep(std::time::Duration::from_millis(500));
        assert!(scene.worker.state().talk.iter().all(|(_, reply)| *reply == PageReply::Nothing), "{host}");
        assert!(!has_chip(&scene), "{host}");
    }
}

#[test]
fn a_form_in_a_same_site_frame_is_offered_but_not_filled_automatically() {
    let scene = Scene::new(Release::V3_158);
    let _page = framed(&scene, HOST);
    scene.wait_for_reply("it is offered", |reply| matches!(reply, PageReply::Offer { .. }));
    until("the chip appears", || Ok(has_chip(&scene).then_some(()))).unwrap();
    assert!(scene.worker.state().codes().is_empty());
}
