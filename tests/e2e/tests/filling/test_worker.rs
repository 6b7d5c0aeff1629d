//! An extension that contains only the shipped content scripts, and the test's replacement for its worker, which makes
//! the shipped decisions on a vault that the test controls. The origin and the frame of a page are reported by the
//! browser.

use casdoor_authenticator::autofill::{
    self, Enrollment, FramePosition, PageContext, PageReply, PageRequest, Rejection, Seen, Verdict,
};
use casdoor_authenticator::qr::{self, Luma};
use casdoor_authenticator::secret::{Entropy, Secret};
use casdoor_authenticator::vault::{Account, AccountId, Site, Vault};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

const WORKER: &str = "
    chrome.runtime.onMessage.addListener((message, sender, reply) => {
        const body = JSON.stringify({ request: message.content, origin: sender.origin, frame: sender.frameId });
        fetch('http://127.0.0.1:PORT/', { method: 'POST', body }).then((answer) => answer.json()).then(reply);
        return true;
    });
    self.tell = async (message) => {
        for (const tab of await chrome.tabs.query({})) chrome.tabs.sendMessage(tab.id, message).catch(() => {});
    };
    self.inFrames = async (code) => {
        const [{ id: tabId }] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
        const told = await chrome.scripting.executeScript({
            target: { tabId, allFrames: true }, world: 'MAIN', func: (code) => eval(code), args: [code],
        });
        return told.map(({ frameId, result }) => ({ frame: frameId, result }));
    };
    self.isReady = true;";

/// The worker's vault and a record of its requests.
#[derive(Default)]
pub struct WorkerState {
    /// The vault; `None` while it is locked.
    pub vault: Option<Vault>,
    /// The requests of content scripts, and the replies to them.
    pub talk: Vec<(PageRequest, PageReply)>,
    /// The recovery codes that were saved.
    pub recovery_codes: Vec<String>,
}

impl WorkerState {
    /// Returns the number of requests of one kind.
    pub fn count(&self, is_it: impl Fn(&PageRequest) -> bool) -> usize {
        self.talk.iter().filter(|(request, _)| is_it(request)).count()
    }

    /// Returns the codes that were given to pages.
    pub fn codes(&self) -> Vec<String> {
        let code = |(_, reply): &(PageRequest, PageReply)| match reply {
            PageReply::Fill { code, .. } => Some(code.clone()),
            _ => None,
        };
        self.talk.iter().filter_map(code).collect()
    }
}

/// The test's replacement for the worker.
pub struct TestWorker {
    state: Arc<Mutex<WorkerState>>,
    folder: TempDir,
}

impl TestWorker {
    /// Starts with a vault, and creates the extension that sends its requests here.
    pub fn open(vault: Vault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(WorkerState { vault: Some(vault), ..WorkerState::default() }));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _gone = serve(stream, &shared);
            }
        });
        Self { state, folder: extension(port) }
    }

    /// Returns the folder of the unpacked extension.
    pub fn extension(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the vault and the record of requests.
    pub fn state(&self) -> MutexGuard<'_, WorkerState> {
        self.state.lock().unwrap()
    }
}

/// Returns the root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn extension(port: u16) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let scripts = ["press_guard", "chip", "response_observer", "sign_in", "mfa_setup", "passcode_form"]
        .map(|name| format!("content/{name}.js"));
    let manifest = json!({
        "manifest_version": 3, "name": "Casdoor Authenticator", "version": "1", "default_locale": "en",
        "background": { "service_worker": "worker.js" }, "permissions": ["scripting", "tabs"],
        "host_permissions": ["http://127.0.0.1/*", "http://*.acme.test/*"],
        "content_scripts": [{ "matches": ["http://*.acme.test/*"], "js": scripts, "all_frames": true, "run_at": "document_start" }],
    });
    fs::write(folder.path().join("manifest.json"), manifest.to_string()).unwrap();
    fs::write(folder.path().join("worker.js"), WORKER.replace("PORT", &port.to_string())).unwrap();
    fs::create_dir(folder.path().join("content")).unwrap();
    let texts = "_locales/en/messages.json";
    fs::create_dir_all(folder.path().join("_locales/en")).unwrap();
    fs::copy(root().join("extension").join(texts), folder.path().join(texts)).unwrap();
    for script in &scripts {
        fs::copy(root().join("extension").join(script), folder.path().join(script)).unwrap();
    }
    folder
}

fn serve(stream: TcpStream, state: &Mutex<WorkerState>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line)? > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let reply = answer(&serde_json::from_slice(&body)?, &mut state.lock().unwrap());
    let body = serde_json::to_string(&reply)?;
    write!(
        reader.get_mut(),
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Answers like the product's worker: origin and frame come from the browser, and the library decides.
fn answer(asked: &Value, state: &mut WorkerState) -> PageReply {
    let request: PageRequest = serde_json::from_value(asked["request"].clone()).unwrap();
    let page = |seen: &Seen| PageContext {
        origin: asked["origin"].as_str().unwrap_or_default().to_owned(),
        path: String::new(),
        frame: FramePosition::of(i32::try_from(asked["frame"].as_i64().unwrap_or(-1)).unwrap_or(-1), seen.same_origin),
        seen: seen.clone(),
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let reply = match &request {
        PageRequest::FormFound { seen } => autofill::decide(&page(seen), state.vault.as_ref(), now),
        PageRequest::Pick { id, seen } => autofill::pick(&page(seen), *id, state.vault.as_ref(), now),
        PageRequest::Enroll { secret, picture, seen } => enroll(&page(seen), secret, picture, state, now),
        PageRequest::KeepRecovery { id, code, seen } => {
            assert!(autofill::concerns(&page(seen), *id, state.vault.as_ref().unwrap()));
            state.recovery_codes.push(code.clone());
            PageReply::Kept
        }
        PageRequest::Ended { id, outcome, seen } => {
            assert!(autofill::concerns(&page(seen), *id, state.vault.as_ref().unwrap()));
            if outcome.verdict() == Verdict::Accepted {
                state.vault.as_mut().unwrap().account_mut(*id).unwrap().unconfirmed = false;
            }
            PageReply::Nothing
        }
        PageRequest::OpenPopup => PageReply::Nothing,
    };
    state.talk.push((request, reply.clone()));
    reply
}

fn enroll(page: &PageContext, secret: &str, picture: &str, state: &mut WorkerState, now: u64) -> PageReply {
    let Some(vault) = state.vault.as_mut() else { return PageReply::Locked };
    let id = match autofill::enroll(page, secret, &texts(picture), vault) {
        Ok(Enrollment::Known(id)) => id,
        Ok(Enrollment::New(uri)) => {
            let mut account = Account::new(uri, now, &mut Clock(now));
            account.sites.push(Site::Origin(page.origin.clone()));
            account.unconfirmed = true;
            vault.add(account.clone()).unwrap();
            account.id
        }
        Err(error) => return PageReply::Failed { message: error.message() },
    };
    autofill::passcode(vault.account(id).unwrap(), vault, page.seen.rejected, now)
}

/// Returns the texts of the QR codes in a `data:` URL, decoded like in the worker.
fn texts(picture: &str) -> Vec<Secret<String>> {
    let Some(png) = picture.strip_prefix("data:image/png;base64,") else { return Vec::new() };
    let png = data_encoding::BASE64.decode(png.as_bytes()).unwrap();
    let image = image::load_from_memory(&png).unwrap().to_rgba8();
    let ink = autofill::ink(image.width(), image.height(), image.as_raw()).unwrap();
    let luma = Luma::from_gray(ink.width, ink.height, ink.grey).unwrap();
    qr::read(&luma, || false).into_iter().map(|found| found.text).collect()
}

/// Generates ids that differ, because tests need no more randomness than that.
pub struct Clock(pub u64);

impl Entropy for Clock {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

/// Returns the reason for the last rejection that a page reported.
pub fn rejection(state: &WorkerState) -> Option<Rejection> {
    state.talk.iter().rev().find_map(|(request, _)| match request {
        PageRequest::FormFound { seen } => seen.rejected,
        _ => None,
    })
}

/// Returns the id of the first account.
pub fn first_id(state: &WorkerState) -> AccountId {
    state.vault.as_ref().unwrap().accounts[0].id
}
