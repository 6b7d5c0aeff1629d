//! `./build.sh bench`: measures the size of the built extension in `dist/chrome`, how fast its popup opens, and what a
//! sync costs.

use anyhow::{Context, Result};
use e2e::bench::{
    MergeTime, Opening, Size, Subject, SyncCost, Work, codes, load_copies, measure_fills, measure_merge,
    measure_openings, measure_syncs, median, scans, search, sizes, unlock, warm_up, write_baseline,
};
use e2e::browser::{Browser, Options};
use e2e::package::{Installed, granted, shipped};

const ACCOUNTS: [usize; 3] = [5, 50, 200];
const ROUNDS: usize = 11;
const SYNCED: u32 = 50;
/// Number of fields on a large page, more than the field finder reads.
const LARGE_PAGE: usize = 5_000;

fn main() -> Result<()> {
    print_sizes(&sizes(&shipped()).context("the extension is not built: ./build.sh")?);
    print_sync()?;
    let (openings, mut works) = openings()?;
    print_openings(&openings);
    works.extend(scans(&Installed::start(&shipped(), &Options::default())?, ROUNDS)?);
    works.push(search(&Installed::start(&granted(), &Options::default())?, LARGE_PAGE, ROUNDS)?);
    print_works("worker, including the message and its reply", &works);
    print_works("Casdoor's passcode cells, from their appearance until they are filled", &measure_fills(ROUNDS)?);
    Ok(())
}

/// Measures the merge in wasm, and a sync with a vault of fifty accounts.
fn print_sync() -> Result<()> {
    let browser = Browser::start(&Options::default())?;
    let MergeTime { fastest, median, written } = measure_merge(&browser)?;
    println!(
        "\nmerge of 500 and 500 rows in wasm, {written} to write: {fastest:.1} ms fastest, {median:.1} ms median (goal: 5)"
    );
    let extension = browser.load(&granted())?;
    println!("\nsync                              requests  bytes sent  bytes received  ms from read to write");
    for SyncCost { name, requests, sent, received, gap_ms } in measure_syncs(&browser, &extension, SYNCED)? {
        let gap = gap_ms.map_or_else(|| "-".to_owned(), |gap| gap.to_string());
        println!("{name:<32} {requests:>9} {sent:>11} {received:>15} {gap:>23}");
    }
    Ok(())
}

/// Opens the baseline and every copy of the extension in turn, with the worker awake and stopped. Then measures codes
/// and unlocking with the largest vault.
fn openings() -> Result<(Vec<Opening>, Vec<Work>)> {
    let folder = tempfile::tempdir()?;
    let browser = Browser::start(&Options::default())?;
    let baseline = folder.path().join("baseline");
    write_baseline(&baseline)?;
    let mut subjects = vec![Subject::baseline(browser.load(&baseline)?)];
    for accounts in ACCOUNTS {
        subjects.extend(load_copies(&browser, &folder.path().join(accounts.to_string()), accounts)?);
    }
    let page = browser.open("about:blank#bench")?;
    warm_up(&page, &subjects)?;
    let openings = measure_openings(&page, &subjects, ROUNDS)?;
    let largest = &subjects.last().context("nothing is measured")?.extension;
    Ok((openings, vec![codes(&browser, largest, ROUNDS)?, unlock(&browser, largest, ROUNDS)?]))
}

fn print_sizes(sizes: &[Size]) {
    println!("bytes                              raw       gzip     brotli");
    for size in sizes {
        println!("{:<26} {:>11} {:>10} {:>10}", size.name, size.raw, size.gzip, size.brotli);
    }
}

fn print_openings(openings: &[Opening]) {
    println!("\npopup to first code, ms, median [min, max] of {ROUNDS}      from the click      from the document");
    for opening in openings {
        let click = range(opening.samples.iter().map(|sample| sample.click_to_code));
        let document = range(opening.samples.iter().map(|sample| sample.document_to_code));
        println!("{:<46} {click:>20}   {document:>20}", opening.name);
    }
}

fn print_works(title: &str, works: &[Work]) {
    println!("\n{title}: ms, median [min, max] of {ROUNDS}");
    for work in works {
        let times = range(work.milliseconds.iter().copied());
        match work.pieces {
            1 => println!("{:<46} {times:>20}", work.name),
            pieces => println!("{:<46} {times:>20}   {pieces} results, {:.0} per second", work.name, work.per_second()),
        }
    }
}

fn range(values: impl Iterator<Item = f64> + Clone) -> String {
    let least = values.clone().fold(f64::INFINITY, f64::min);
    let most = values.clone().fold(f64::NEG_INFINITY, f64::max);
    format!("{:.0} [{least:.0}, {most:.0}]", median(values))
}
