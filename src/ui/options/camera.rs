//! Scans QR codes with the camera in a separate tab. The camera stops as soon as a code was scanned or the tab is
//! hidden.

use gloo::timers::future::sleep;
use leptos::ev;
use leptos::html::Video;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::super::components::{icon, icon as drawings};
use super::super::scan_results;
use super::super::state::{Ui, View};
use super::super::texts::{batch_progress, localize};
use crate::app::protocol::{BatchCard, Message, ReadPictures, ScanResults};
use crate::browser::camera::Camera;
use crate::browser::page;
use std::time::Duration;

/// Pause between two frames; reading a frame takes about as long.
const PAUSE: Duration = Duration::from_millis(200);

/// The camera's state.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CameraStatus {
    /// Not requested yet.
    Off,
    /// Waiting for permission.
    Asking,
    /// On.
    On,
    /// Turned off because the tab was hidden.
    Hidden,
}

#[derive(Clone, Copy)]
struct CameraView {
    ui: Ui,
    status: RwSignal<CameraStatus>,
    /// Incremented whenever the camera is started or stopped, so that the loop of an earlier start ends.
    turn: RwSignal<u32>,
    video: NodeRef<Video>,
    batches: RwSignal<Vec<BatchCard>>,
}

/// Returns the camera section.
pub fn section(ui: Ui) -> AnyView {
    let look = CameraView {
        ui,
        status: RwSignal::new(CameraStatus::Off),
        turn: RwSignal::new(0),
        video: NodeRef::new(),
        batches: RwSignal::new(Vec::new()),
    };
    let hidden = window_event_listener(ev::visibilitychange, move |_| {
        if document().hidden() && look.status.get_untracked() == CameraStatus::On {
            look.stop(CameraStatus::Hidden);
        }
    });
    on_cleanup(move || {
        hidden.remove();
        look.turn.try_update(|turn| *turn = turn.wrapping_add(1));
    });
    (move || match ui.view.get() {
        View::ScanResults(held) => scan_results::found(ui, &held),
        _ => look.view(),
    })
    .into_any()
}

impl CameraView {
    fn view(self) -> AnyView {
        let is_on = move || self.status.get() == CameraStatus::On;
        let reason = move || match self.status.get() {
            CameraStatus::Hidden => localize("camera_hidden"),
            CameraStatus::On => localize("camera_hold"),
            CameraStatus::Off | CameraStatus::Asking => localize("camera_reason"),
        };
        let button = move || {
            match self.status.get() {
            CameraStatus::On => view! {
                <button type="button" data-action="stop-camera" on:click=move |_| self.stop(CameraStatus::Off)>{localize("camera_stop")}</button>
            }
            .into_any(),
            status => view! {
                <button class="primary" type="button" data-action="start-camera" disabled=status == CameraStatus::Asking on:click=move |_| self.start()>
                    {icon(drawings::CAMERA)}
                    {localize(if status == CameraStatus::Asking { "camera_asking" } else { "camera_start" })}
                </button>
            }
            .into_any(),
        }
        };
        view! {
            <section data-screen="camera">
                <h1>{localize("camera_title")}</h1>
                <div class="panel">
                    <p data-camera=move || if is_on() { "on" } else { "off" }>{reason}</p>
                    <video class="camera" class:on=is_on node_ref=self.video muted=true playsinline=true></video>
                    {move || progress(&self.batches.get())}
                    <div class="buttons">{button}</div>
                </div>
            </section>
        }
        .into_any()
    }

    fn stop(self, status: CameraStatus) {
        self.turn.update(|turn| *turn = turn.wrapping_add(1));
        self.status.set(status);
    }

    /// Requests access to the camera, and reads its frames until a code was found or the camera was stopped or
    /// restarted.
    fn start(self) {
        self.turn.update(|turn| *turn = turn.wrapping_add(1));
        let turn = self.turn.get_untracked();
        let Some(video) = self.video.get_untracked() else { return };
        self.status.set(CameraStatus::Asking);
        self.ui.status.set(None);
        spawn_local(async move {
            match Camera::start(video).await {
                Ok(camera) if self.is_current(turn) => {
                    self.status.set(CameraStatus::On);
                    self.read(&camera, turn).await;
                }
                Ok(_) => {}
                Err(error) if self.is_current(turn) => {
                    self.status.set(CameraStatus::Off);
                    self.ui.show_failure(&error.message());
                }
                Err(_) => {}
            }
        });
    }

    /// Returns true if the camera was not stopped or restarted since `turn`, and the section still exists.
    fn is_current(self, turn: u32) -> bool {
        self.turn.try_get_untracked() == Some(turn)
    }

    async fn read(self, camera: &Camera, turn: u32) {
        while self.is_current(turn) {
            if let Some(frame) = camera.frame() {
                let found = page::ask(&ReadPictures { pictures: vec![frame], camera: true }).await;
                if !self.is_current(turn) {
                    return;
                }
                if let Some(found) = self.is_end(found) {
                    self.stop(CameraStatus::Off);
                    self.ui.render(found);
                    return;
                }
            }
            sleep(PAUSE).await;
        }
    }

    /// Returns the result if it ends scanning; `None` while nothing was found or codes of a multi-part export are
    /// missing.
    fn is_end(self, result: Result<ScanResults, Message>) -> Option<Result<ScanResults, Message>> {
        let Ok(found) = &result else { return Some(result) };
        if !found.batches.is_empty() {
            self.batches.set(found.batches.clone());
        }
        let ends = !found.cards.is_empty() || found.connection.is_some();
        if !ends && let Some(message) = found.messages.first() {
            self.ui.show_success(message);
        }
        ends.then_some(result)
    }
}

/// Shows the progress of multi-part exports.
fn progress(batches: &[BatchCard]) -> Vec<AnyView> {
    let line = |batch: &BatchCard| view! { <p class="notice" data-progress="">{batch_progress(batch)}</p> }.into_any();
    batches.iter().map(line).collect()
}
