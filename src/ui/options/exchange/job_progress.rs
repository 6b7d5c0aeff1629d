//! Shows a job that runs in a separate thread: what it does, for how long it has been running, and a button to cancel
//! it.

use std::time::Duration;

use leptos::prelude::*;
use leptos::reactive::owner::LocalStorage;

use super::super::super::texts::{localize, localize_count, localize_with};
use crate::browser::exchange_thread::Job;

/// The running job of a flow, if any. This handle is copied into every event handler of the flow.
#[derive(Clone, Copy)]
pub struct RunningJob {
    job: StoredValue<Option<Job>, LocalStorage>,
    /// Counts jobs, so that the result of a canceled job is not mistaken for the next one's.
    turn: StoredValue<u32>,
}

impl RunningJob {
    /// Creates a handle without a job. The job is canceled when the flow is removed from the page.
    pub fn new() -> Self {
        let work = Self { job: StoredValue::new_local(None), turn: StoredValue::new(0) };
        on_cleanup(move || work.end());
        work
    }

    /// Cancels the previous job and stores the new one. Returns the job's number, to be passed to `is_over` with its
    /// result.
    pub fn hold(self, job: Job) -> u32 {
        self.end();
        self.job.set_value(Some(job));
        self.turn.get_value()
    }

    /// Cancels the job and frees its memory.
    pub fn end(self) {
        if self.job.try_update_value(Option::take).flatten().is_some() {
            self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        }
    }

    /// Marks a job as finished when its result arrives. Returns false if the result is outdated, because the job was
    /// canceled or replaced.
    pub fn is_over(self, turn: u32) -> bool {
        let waited = self.turn.try_get_value() == Some(turn) && self.job.try_with_value(Option::is_some) == Some(true);
        if waited {
            self.end();
        }
        waited
    }
}

/// The number of completed steps of a job and the total. A job with one step shows no count.
pub type Steps = RwSignal<(u32, u32)>;

/// Returns the panel to show during the job. The progress within a key derivation is unknown, so the panel shows the
/// number of completed derivations and the elapsed time.
pub fn panel(words: String, steps: Option<Steps>, cancel: impl Fn() + 'static) -> AnyView {
    let counted = move || steps.map(|steps| steps.get()).filter(|(_, of)| *of > 1);
    let share = move || counted().map(|(done, _)| done.to_string());
    let whole = move || counted().map(|(_, of)| of.to_string());
    let step = move || {
        let (done, of) = counted()?;
        let current = done.saturating_add(1).min(of);
        Some(
            view! { <p data-progress=format!("{current}/{of}")>{localize_with("import_step", &[&current.to_string(), &of.to_string()])}</p> },
        )
    };
    let seconds = RwSignal::new(0_usize);
    let every_second = move || seconds.update(|seconds| *seconds = seconds.saturating_add(1));
    if let Ok(interval) = set_interval_with_handle(every_second, Duration::from_secs(1)) {
        on_cleanup(move || interval.clear());
    }
    view! {
        <div class="panel" data-step="working" role="status">
            <p>{words}</p>
            <progress aria-label=localize("working") value=share max=whole></progress>
            {step}
            <p class="quiet">{move || if seconds.get() < 2 { localize("import_working") } else { localize_count("import_seconds", seconds.get()) }}</p>
            <div class="buttons">
                <button type="button" data-action="cancel-job" on:click=move |_| cancel()>{localize("cancel")}</button>
            </div>
        </div>
    }
    .into_any()
}
