//! Reads and writes other programs' files, each in a worker thread of its own.
//!
//! A key derivation cannot be interrupted, so a job is canceled by ending its thread, which also frees its memory.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::{WebCrypto, now_seconds};
use crate::app::exchange::file_job;
use crate::app::protocol::{FileReadResult, Message};
use crate::exchange::{PortableAccount, Progress, TableChoice};
use crate::secret::Secret;

/// A running job. Dropping it ends the thread.
#[derive(Debug)]
pub struct Job(Worker);

impl Drop for Job {
    fn drop(&mut self) {
        self.0.terminate();
    }
}

/// A file to read.
#[derive(Clone, Debug)]
pub struct Source {
    /// One file, or a database with its write-ahead log.
    pub files: Vec<Uint8Array>,
    /// The format's id; empty to detect it.
    pub format: String,
    /// The password; empty for none.
    pub password: String,
    /// The user's choice about the columns of a table.
    pub choice: TableChoice,
}

impl Job {
    /// Starts reading. The future returns `None` if the browser stopped the thread.
    ///
    /// `progress` is called with the number of finished key derivations and their total number.
    pub fn read<P: Fn(u32, u32) + 'static>(
        source: &Source,
        progress: P,
    ) -> Option<(Self, impl Future<Output = Option<FileReadResult>> + use<P>)> {
        let files: Array = source.files.iter().collect();
        let choice = serde_json::to_string(&source.choice).ok()?;
        let texts = [&source.format, &source.password, &choice].map(|text| JsValue::from_str(text));
        let arguments: Array = [JsValue::from(files)].into_iter().chain(texts).collect();
        let (job, answer) = Self::begin("read", &arguments, progress)?;
        let answer = async move {
            let text = Reflect::get(&JsFuture::from(answer).await.ok()?, &"done".into()).ok()?.as_string()?;
            serde_json::from_str(&text).ok()
        };
        Some((job, answer))
    }

    /// Starts writing. The future returns the file's bytes or an error message.
    pub fn write(
        rows: &[PortableAccount],
        format: &str,
        password: &str,
        (heading, language): (&str, &str),
    ) -> Option<(Self, impl Future<Output = Result<Uint8Array, Option<Message>>> + use<>)> {
        let rows = serde_json::to_string(rows).ok()?;
        let arguments: Array = [&rows, format, password, heading, language].map(JsValue::from_str).iter().collect();
        let (job, answer) = Self::begin("write", &arguments, |_, _| ())?;
        let answer = async move {
            let answer = JsFuture::from(answer).await.map_err(|_| None)?;
            let part = |name: &str| Reflect::get(&answer, &name.into()).unwrap_or_default();
            match part("done").dyn_into::<Uint8Array>() {
                Ok(bytes) => Ok(bytes),
                Err(_) => Err(part("rejected").as_string().and_then(|text| serde_json::from_str(&text).ok())),
            }
        };
        Some((job, answer))
    }

    fn begin(call: &str, arguments: &Array, progress: impl Fn(u32, u32) + 'static) -> Option<(Self, Promise)> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options("exchange.js", &options).ok()?;
        let mut progress = Some(progress);
        let answer = Promise::new(&mut |resolve, _| {
            let (failed, progress) = (resolve.clone(), progress.take());
            let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                let data = event.data();
                match (step(&data), &progress) {
                    (Some((done, of)), Some(progress)) => progress(done, of),
                    // Resolving a promise does not fail.
                    _ => drop(resolve.call1(&JsValue::NULL, &data)),
                }
            });
            let heard = heard.into_js_value();
            let stopped = Closure::once_into_js(move || drop(failed.call0(&JsValue::NULL)));
            worker.set_onmessage(Some(heard.unchecked_ref()));
            worker.set_onerror(Some(stopped.unchecked_ref()));
        });
        let message = Object::new();
        Reflect::set(&message, &"call".into(), &call.into()).ok()?;
        Reflect::set(&message, &"arguments".into(), arguments).ok()?;
        worker.post_message(&message).ok()?;
        Some((Self(worker), answer))
    }
}

/// Returns the finished and total numbers in a progress message; `None` for other messages.
fn step(data: &JsValue) -> Option<(u32, u32)> {
    let numbers: Array = Reflect::get(data, &"progress".into()).ok()?.dyn_into().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "our own thread counts with 32 bits")]
    let number = |index| numbers.get(index).as_f64().map(|number| number as u32);
    Some((number(0)?, number(1)?))
}

/// Reports the thread's progress to the page. Failures are ignored, because a closed page does not need the report.
fn report(progress: Progress) {
    let numbers = Array::of2(&progress.done.into(), &progress.of.into());
    let message = Object::new();
    let is_set = Reflect::set(&message, &"progress".into(), &numbers).unwrap_or(false);
    if let (true, Ok(scope)) = (is_set, js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>()) {
        drop(scope.post_message(&message));
    }
}

/// Reads files in the thread; see [`file_job::read`].
pub fn read(files: &Array, format: &str, password: String, choice: &str) -> String {
    let files: Vec<Vec<u8>> = files.iter().map(|file| Uint8Array::new(&file).to_vec()).collect();
    let format = Some(format).filter(|format| !format.is_empty());
    let choice = serde_json::from_str(choice).unwrap_or_default();
    let answer = file_job::read_with_progress(&files, format, &choice, given(password), report);
    serde_json::to_string(&answer).unwrap_or_default()
}

/// Writes a file in the thread; see [`file_job::write`].
///
/// # Errors
/// A message for the user, as JSON.
pub fn write(rows: String, format: &str, password: String, names: (&str, &str)) -> Result<Vec<u8>, String> {
    let rows: Vec<PortableAccount> = serde_json::from_str(Secret::new(rows).expose()).map_err(|_| String::new())?;
    file_job::write(format, &rows, given(password), names, now_seconds(), &mut WebCrypto)
        .map_err(|message| serde_json::to_string(&message).unwrap_or_default())
}

fn given(password: String) -> Option<Secret<String>> {
    (!password.is_empty()).then(|| Secret::new(password))
}
