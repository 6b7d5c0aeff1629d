//! The ways to add an account without typing its key: from the current tab, images or the camera, or by completing an
//! unfinished multi-part export.

use leptos::ev::{ClipboardEvent, DragEvent, Event};
use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use super::components::{icon, icon as drawings};
use super::scan_results::batches;
use super::state::{ContextType, Ui};
use super::texts::localize;
use crate::app::protocol::{BatchCard, ListBatches, ReadPictures, ReadText, ScanTab};
use crate::browser::image_files::{ImageUrls, image_files_in};
use crate::browser::page;

/// Returns `true` if the first way is the primary action of the form. The side panel cannot scan, and opens all ways in
/// a tab.
pub fn has_primary(ui: Ui) -> bool {
    ui.context != ContextType::SidePanel
}

/// Returns the buttons above the form. The first one is the primary action unless the user `types` a key. In the popup
/// and the side panel, images and the camera are opened in a tab, because file pickers and permission prompts close the
/// popup.
pub fn ways(ui: Ui, types: Memo<bool>) -> AnyView {
    let first = match ui.context {
        ContextType::Popup { .. } => scan_button(ui, types),
        ContextType::SidePanel => ().into_any(),
        ContextType::Tab => drop_zone(ui, types),
    };
    let picture =
        (ui.context != ContextType::Tab).then(|| way("open-pictures", drawings::PICTURE, "add_from_image", "#add"));
    view! {
        {first}
        <div class="ways">
            {picture}
            {way("open-camera", drawings::CAMERA, "add_camera", "#camera")}
            {way("open-import", drawings::DOWNLOAD, "import_title", "#import")}
        </div>
        {unfinished_exports(ui)}
    }
    .into_any()
}

/// Returns the button of a way that is a page of its own. In a tab, it leads there; elsewhere, it opens a tab.
fn way(action: &'static str, drawing: &'static str, words: &'static str, page: &'static str) -> AnyView {
    let open = move |_| page::open_tab(&format!("options.html{page}"));
    if use_context::<Ui>().is_some_and(|ui| ui.context == ContextType::Tab) {
        return view! { <a class="button" href=page data-action=action>{icon(drawing)}{localize(words)}</a> }
            .into_any();
    }
    view! { <button type="button" data-action=action on:click=open>{icon(drawing)}{localize(words)}</button> }
        .into_any()
}

fn scan_button(ui: Ui, types: Memo<bool>) -> AnyView {
    view! {
        <button
            class="wide"
            class:primary=move || !types.get()
            type="button"
            data-action="scan"
            on:click=move |_| ui.send_and_render(ScanTab)
        >
            {icon(drawings::QR)}
            {localize("scan")}
        </button>
    }
    .into_any()
}

/// Returns the place for images, with a button that chooses files.
fn drop_zone(ui: Ui, types: Memo<bool>) -> AnyView {
    let node = NodeRef::<Input>::new();
    let chosen = move |_: Event| {
        let Some(input) = node.get_untracked() else { return };
        read(ui, image_files_in(input.files()));
        // Otherwise, choosing the same file again would not fire a `change` event.
        input.set_value("");
    };
    let open = move |_| {
        if let Some(input) = node.get_untracked() {
            input.click();
        }
    };
    view! {
        <div class="drop-zone" data-drop-zone="">
            <button type="button" class:primary=move || !types.get() data-action="choose-pictures" on:click=open>
                {icon(drawings::PICTURE)}
                {localize("add_choose_images")}
            </button>
            <p class="quiet">{localize("add_paste_hint")}</p>
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
fn unfinished_exports(ui: Ui) -> AnyView {
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
        ui.show_status(localize("add_no_image"), true);
        return;
    }
    ui.show_status(localize("add_reading_images"), false);
    spawn_local(async move {
        let pictures = ImageUrls::from_files(files).await;
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
    let files = image_files_in(held.files());
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
    let files = image_files_in(event.data_transfer().and_then(|held| held.files()));
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
