//! The badge of an account: the icon of its service, or a letter on a tint. Icons are loaded after the first frame, and
//! take the letter's place.

use std::collections::HashMap;
use std::sync::Arc;

use gloo::timers::callback::Timeout;
use leptos::prelude::*;

use super::state::Ui;
use crate::app::accounts::list_view;
use crate::app::protocol::Row;
use crate::app::service_icons::{ServiceIcon, ServiceIcons};
use crate::browser::page;
use crate::vault::AccountId;

/// An icon as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnIcon {
    /// Its name in the set of icons.
    pub slug: String,
    /// The CSS colors of the icon and of its ground.
    pub colors: [String; 2],
    /// The SVG path.
    pub path: String,
}

impl From<&ServiceIcon> for DrawnIcon {
    fn from(icon: &ServiceIcon) -> Self {
        Self { slug: icon.slug.clone(), colors: icon.css_colors(), path: icon.path.clone() }
    }
}

/// The icons of a page.
#[derive(Clone, Copy)]
pub struct Icons {
    /// All icons; empty until they are loaded.
    all: RwSignal<Arc<ServiceIcons>>,
    /// The icons in the popup's stored first frame, so that its rows do not lose them until all icons are loaded.
    first: StoredValue<HashMap<AccountId, DrawnIcon>>,
    is_loading: StoredValue<bool>,
}

impl Icons {
    /// Creates the icons of a page, with those that its first frame shows.
    pub fn new(first: HashMap<AccountId, DrawnIcon>) -> Self {
        Self { all: RwSignal::default(), first: StoredValue::new(first), is_loading: StoredValue::new(false) }
    }

    /// Tracks the loading of the icons in an effect.
    pub fn track(self) {
        self.all.track();
    }

    /// Loads the icons once, after the next frame is painted.
    pub fn load(self) {
        if self.is_loading.get_value() {
            return;
        }
        self.is_loading.set_value(true);
        let read = move || {
            leptos::task::spawn_local(async move {
                // Without the file, all accounts have letters.
                let text = page::read_file(ServiceIcons::FILE).await;
                if let Some(icons) = text.and_then(|text| ServiceIcons::parse(&text)) {
                    self.all.set(Arc::new(icons));
                }
            });
        };
        request_animation_frame(move || {
            Timeout::new(0, read).forget();
        });
    }

    fn of(self, row: &Row) -> Option<DrawnIcon> {
        self.all.with(|all| {
            if all.is_empty() {
                self.first.with_value(|first| first.get(&row.id).cloned())
            } else {
                all.find(&row.issuer, &row.sites).map(DrawnIcon::from)
            }
        })
    }
}

/// Returns the badge of a row.
pub fn badge(ui: Ui, row: Memo<Option<Row>>) -> AnyView {
    let icon = Memo::new(move |_| row.with(|row| row.as_ref().and_then(|row| ui.icons.of(row))));
    let color = move |part: fn(&[String; 2]) -> &String| {
        move || icon.with(|icon| icon.as_ref().map(|icon| part(&icon.colors).clone()).unwrap_or_default())
    };
    let (tint, ground) = (color(|[tint, _]| tint), color(|[_, ground]| ground));
    let slug = move || icon.with(|icon| icon.as_ref().map(|icon| icon.slug.clone()));
    let content = move || match icon.get() {
        Some(icon) => view! { <svg viewBox="0 0 24 24"><path d=icon.path /></svg> }.into_any(),
        None => row.with(|row| row.as_ref().map(list_view::monogram).unwrap_or_default()).into_any(),
    };
    view! {
        <span
            class="monogram"
            data-tint=move || row.with(|row| row.as_ref().map(list_view::tint))
            data-icon=slug
            style=("--tint", tint)
            style=("--ground", ground)
            aria-hidden="true"
        >
            {content}
        </span>
    }
    .into_any()
}
