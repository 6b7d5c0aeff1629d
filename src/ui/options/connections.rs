//! The connections section: the list of connections, and connecting to another server.

use leptos::prelude::*;

use super::super::state::Ui;
use super::super::texts::localize;
use super::{Route, connect, connection_card};
use crate::app::protocol::{ConnectionCard, ListConnections, Message};

/// The connections that the worker sent last; `None` until it has answered.
pub(super) type Cards = RwSignal<Option<Vec<ConnectionCard>>>;

/// Returns the connections section.
pub fn section(ui: Ui, route: Route) -> AnyView {
    let cards: Cards = RwSignal::new(None);
    load(ui, cards);
    let count = Memo::new(move |_| cards.with(|cards| cards.as_ref().map(Vec::len)));
    let wanted = !route.server.is_empty() || route.found_code;
    let list = move || {
        ui.policy.track();
        cards.get().unwrap_or_default().into_iter().map(|card| connection_card::card(ui, cards, &card)).collect_view()
    };
    let new = move || {
        count.get().map(|count| {
            let flow = connect::flow(ui, route.clone(), move || load(ui, cards));
            if count == 0 || wanted {
                let title = (count > 0).then(|| view! { <h2>{localize("connect_another")}</h2> });
                view! { {title} {flow} }.into_any()
            } else {
                let title = localize("connect_another");
                view! { <details class="more" data-details=""><summary>{title}</summary>{flow}</details> }.into_any()
            }
        })
    };
    view! {
        <section data-screen="connect">
            <h1>{move || localize(if count.get() == Some(0) { "connect_title" } else { "section_connect" })}</h1>
            <div class="connections">{list}</div>
            {new}
        </section>
    }
    .into_any()
}

/// Requests the list of connections.
pub(super) fn load(ui: Ui, cards: Cards) {
    ui.send(ListConnections, move |ui, connections| receive(ui, cards, connections));
}

/// Stores the list of connections, or shows why there is none.
pub(super) fn receive(ui: Ui, cards: Cards, connections: Result<Vec<ConnectionCard>, Message>) {
    match connections {
        Ok(connections) => cards.set(Some(connections)),
        Err(message) => {
            cards.update(|cards| *cards = Some(cards.take().unwrap_or_default()));
            ui.show_failure(&message);
        }
    }
}
