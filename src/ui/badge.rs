//! The badge of an account: the icon of its service, or a letter on a colored background. The icons are loaded after
//! the first frame, and then replace the letters.

use std::collections::HashMap;
use std::sync::Arc;

use gloo::timers::callback::Timeout;
use leptos::prelude::*;

use super::state::Ui;
use crate::app::accounts::list_view;
use crate::app::protocol::Row;
use crate::app::service_icons::{ServiceIcon, ServiceIcons};
use crate::browser::page;
use crate::vault::{AccountId, ChosenIcon};

/// A service's icon, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnIcon {
    /// The icon's name in the icon set.
    pub slug: String,
    /// The CSS colors of the icon and of its background, in this order.
    pub colors: [String; 2],
    /// The icon's SVG path.
    pub path: String,
}

impl From<&ServiceIcon> for DrawnIcon {
    fn from(icon: &ServiceIcon) -> Self {
        Self { slug: icon.slug.clone(), colors: icon.css_colors(), path: icon.path.clone() }
    }
}

/// The service icons that a page can draw.
#[derive(Clone, Copy)]
pub struct Icons {
    /// All icons; empty until they are loaded.
    all: RwSignal<Arc<ServiceIcons>>,
    /// The icons that the popup's stored first frame shows. They are drawn until all icons are loaded, so that they do
    /// not disappear in between.
    first: StoredValue<HashMap<AccountId, DrawnIcon>>,
    is_loading: StoredValue<bool>,
}

impl Icons {
    /// Creates the icons of a page; `first` contains those that its first frame shows.
    pub fn new(first: HashMap<AccountId, DrawnIcon>) -> Self {
        Self { all: RwSignal::default(), first: StoredValue::new(first), is_loading: StoredValue::new(false) }
    }

    /// Makes the effect that calls this run again once the icons are loaded.
    pub fn track(self) {
        self.all.track();
    }

    /// Loads the icons after the next frame is painted. Further calls do nothing.
    pub fn load(self) {
        if self.is_loading.get_value() {
            return;
        }
        self.is_loading.set_value(true);
        let read = move || {
            leptos::task::spawn_local(async move {
                // If the file cannot be read, all badges keep their letters.
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
        if matches!(row.icon, Some(ChosenIcon::Text(_))) {
            return None;
        }
        self.all.with(|all| {
            if all.is_empty() {
                return self.first.with_value(|first| first.get(&row.id).cloned());
            }
            let chosen = match &row.icon {
                Some(ChosenIcon::Service(slug)) => all.get(slug),
                _ => None,
            };
            chosen.or_else(|| all.find(&row.issuer, &row.sites)).map(DrawnIcon::from)
        })
    }

    /// Returns the service with this name in the icon set, with its title.
    pub fn named(self, slug: &str) -> Option<(DrawnIcon, String)> {
        self.all.with(|all| all.get(slug).map(|icon| (DrawnIcon::from(icon), icon.title.clone())))
    }

    /// Returns the services whose names match a search, with their titles.
    pub fn search(self, query: &str, limit: usize) -> Vec<(DrawnIcon, String)> {
        self.all.with(|all| {
            all.search(query, limit).into_iter().map(|icon| (DrawnIcon::from(icon), icon.title.clone())).collect()
        })
    }
}

/// Returns the badge of a row.
pub fn badge(ui: Ui, row: Memo<Option<Row>>) -> AnyView {
    let icon = Memo::new(move |_| row.with(|row| row.as_ref().and_then(|row| ui.icons.of(row))));
    let letter = move || row.with(|row| row.as_ref().map(list_view::monogram).unwrap_or_default());
    let is_emoji = move || row.with(|row| row.as_ref()?.icon.as_ref().map(ChosenIcon::is_emoji)).unwrap_or(false);
    drawn(icon, letter, move || row.with(|row| row.as_ref().map(list_view::tint)), is_emoji)
}

/// Returns the badge of an icon that can be chosen.
pub fn icon_badge(icon: DrawnIcon) -> AnyView {
    drawn(Memo::new(move |_| Some(icon.clone())), String::new, || None, || false)
}

/// Returns the badge of a service with this name.
pub fn service_badge(ui: Ui, name: &str) -> AnyView {
    let (own, letter, tint) = (name.to_owned(), list_view::monogram_of(name), list_view::tint_of(name));
    let icon = Memo::new(move |_| ui.icons.all.with(|all| all.find(&own, &[]).map(DrawnIcon::from)));
    drawn(icon, move || letter.clone().unwrap_or_default(), move || Some(tint), || false)
}

fn drawn(
    icon: Memo<Option<DrawnIcon>>,
    letter: impl Fn() -> String + Send + Sync + 'static,
    tint: impl Fn() -> Option<u32> + Send + Sync + 'static,
    is_emoji: impl Fn() -> bool + Send + Sync + 'static,
) -> AnyView {
    let color = move |part: fn(&[String; 2]) -> &String| {
        move || icon.with(|icon| icon.as_ref().map(|icon| part(&icon.colors).clone()).unwrap_or_default())
    };
    let (own_tint, ground) = (color(|[tint, _]| tint), color(|[_, ground]| ground));
    let slug = move || icon.with(|icon| icon.as_ref().map(|icon| icon.slug.clone()));
    let content = move || match icon.get() {
        Some(icon) => view! { <svg viewBox="0 0 24 24"><path d=icon.path /></svg> }.into_any(),
        None => letter().into_any(),
    };
    view! {
        <span
            class="monogram"
            class:emoji=is_emoji
            data-tint=tint
            data-icon=slug
            style=("--tint", own_tint)
            style=("--ground", ground)
            aria-hidden="true"
        >
            {content}
        </span>
    }
    .into_any()
}
