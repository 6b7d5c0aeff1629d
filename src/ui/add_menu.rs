//! The ways to add an account without typing its key: from the current tab, images or the camera, or by completing an
//! unfinished multi-part export.

use leptos::ev::{ClipboardEvent, DragEvent, Event};
use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use super::components::{icon, icon as drawings};
use super::scan_results::batches;
use super::state::{Place, Ui};
use super::texts::say;
use crate::app::protocol::{BatchCard, ListBatches, ReadPictures, ReadText, ScanTab};
use crate::browser::image_files::{Pictures, pictures_among};
use crate::browser::page;

/// Returns the buttons above the form. In the popup and the side panel, images and the camera are opened in a tab,
/// because file pickers and permission prompts close the popup.
pub fn ways(ui: Ui) -> AnyView {
    let buttons = if ui.place == Place::Tab { tab_buttons(ui) } else { popup_buttons(ui) };
    view! {
        {buttons}
        <p class="quiet">{say("ways_paste")}</p>
        {begun(ui)}
    }
    .into_any()
}

fn popup_buttons(ui: Ui) -> AnyView {
    let scan = ui.place.is_popup().then(|| {
        view! {
            <button class="wide" type="button" data-action="scan" on:click=move |_| ui.send_and_render(ScanTab)>
                {icon(drawings::QR)}
                {say("scan")}
            </button>
        }
    });
    view! {
        {scan}
        <div class="pair">
            <button type="button" data-action="open-pictures" on:click=|_| page::open_tab("options.html#add")>
                {icon(drawings::PICTURE)}
                {say("ways_picture")}
            </button>
            <button type="button" data-action="open-camera" on:click=|_| page::open_tab("options.html#camera")>
                {icon(drawings::CAMERA)}
                {say("ways_camera")}
            </button>
        </div>
    }
    .into_any()
}

fn tab_buttons(ui: Ui) -> AnyView {
    let node = NodeRef::<Input>::new();
    let chosen = move |_: Event| {
        let Some(input) = node.get_untracked() else { return };
        read(ui, pictures_among(input.files()));
        // Otherwise, choosing the same file again would not fire a `change` event.
        input.set_value("");
    };
    let open = move |_| {
        if let Some(input) = node.get_untracked() {
            input.click();
        }
    };
    view! {
        <div class="pair" data-drop="">
            <button type="button" data-action="choose-pictures" on:click=open>
                {icon(drawings::PICTURE)}
                {say("ways_choose")}
            </button>
            <a class="button" href="#camera" data-action="open-camera">
                {icon(drawings::CAMERA)}
                {say("ways_camera")}
            </a>
        </div>
        <input
            hidden=true
            type="file"
            accept="image/*"
            multiple=true
            data-field="pictures"
            node_ref=node
            on:change=chosen
        />
    }
    .into_any()
}

/// Shows unfinished multi-part exports.
fn begun(ui: Ui) -> AnyView {
    let known = RwSignal::new(Vec::<BatchCard>::new());
    ui.send(ListBatches, move |_, found| {
        if let Ok(found) = found {
            known.set(found.batches);
        }
    });
    (move || batches(ui, &known.get(), false)).into_any()
}

/// Scans images and shows the result.
pub fn read(ui: Ui, files: Vec<File>) {
    if files.is_empty() {
        ui.show_status(say("ways_no_picture"), true);
        return;
    }
    ui.show_status(say("ways_reading"), false);
    spawn_local(async move {
        let pictures = Pictures::of(files).await;
        let request = ReadPictures { pictures: pictures.addresses.clone(), camera: false };
        ui.send_once(request, move |ui, found| {
            drop(pictures);
            ui.status.set(None);
            ui.render(found);
        });
    });
}

/// Handles pasted images, links and multi-line texts. Any other text is pasted into the focused field as usual.
pub fn paste(ui: Ui, event: &ClipboardEvent) {
    let Some(held) = event.clipboard_data() else { return };
    let files = pictures_among(held.files());
    if !files.is_empty() {
        event.prevent_default();
        read(ui, files);
        return;
    }
    let text = held.get_data("text/plain").unwrap_or_default();
    if text.contains("://") || text.trim().contains('\n') {
        event.prevent_default();
        ui.send_and_render(ReadText { text });
    }
}

/// Handles dropped images.
pub fn drop_in(ui: Ui, event: &DragEvent) {
    let files = pictures_among(event.data_transfer().and_then(|held| held.files()));
    if !files.is_empty() {
        event.prevent_default();
        read(ui, files);
    }
}

/// Allows files to be dropped on the page. Dragged text can still be dropped only into fields.
pub fn drag_over(event: &DragEvent) {
    let types = event.data_transfer().map(|held| held.types()).unwrap_or_default();
    if types.iter().any(|kind| kind == "Files") {
        event.prevent_default();
    }
}
