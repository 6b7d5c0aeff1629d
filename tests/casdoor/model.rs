//! Random histories of two browsers, two phones and a web page. No account that this client ever stored is lost.

use super::world::World;

/// The number of histories to run.
const HISTORIES: u64 = 10_000;

/// Totals over all histories.
#[derive(Default)]
struct Total {
    histories: usize,
    long: usize,
    kills: usize,
    lost_by_phones: usize,
    unread: usize,
    requests: usize,
    failures: Vec<String>,
}

fn history(seed: u64, total: &mut Total) {
    let mut world = World::new(seed);
    let steps = 40 + world.chance.below(180);
    for _ in 0..steps {
        world.step();
    }
    world.quiet();
    total.histories += 1;
    total.long += usize::from(world.days > 40);
    total.kills += world.kills;
    total.lost_by_phones += world.phones.iter().map(|phone| phone.lost).sum::<usize>();
    total.unread += world.unread;
    total.requests += world.server.requests;
    if let Err(what) = world.verdict() {
        total.failures.push(format!("history {seed}: {what}"));
    }
}

#[test]
fn no_history_loses_an_account_that_a_client_ever_had() {
    let halves: Vec<_> = (0..2)
        .map(|half| {
            std::thread::spawn(move || {
                let mut total = Total::default();
                (0..HISTORIES).filter(|seed| seed % 2 == half).for_each(|seed| history(seed, &mut total));
                total
            })
        })
        .collect();
    let totals: Vec<Total> = halves.into_iter().map(|half| half.join().expect("a history panicked")).collect();
    let sum = |of: fn(&Total) -> usize| totals.iter().map(of).sum::<usize>();
    println!(
        "{} histories ({} longer than 40 days, {} workers killed, {} requests): phones lost {} accounts; \
         {} rows were overwritten before any of our clients had read them",
        sum(|t| t.histories),
        sum(|t| t.long),
        sum(|t| t.kills),
        sum(|t| t.requests),
        sum(|t| t.lost_by_phones),
        sum(|t| t.unread),
    );
    let failures: Vec<_> = totals.iter().flat_map(|total| &total.failures).collect();
    assert!(failures.is_empty(), "{} histories fail, the first: {}", failures.len(), failures[0]);
    assert!(sum(|t| t.long) > 100 && sum(|t| t.lost_by_phones) > 0 && sum(|t| t.kills) > 100);
}

/// Repeats one history, for example `MODEL_HISTORY=306 cargo test --test casdoor -- --ignored --nocapture`.
#[test]
#[ignore = "runs on request: repeats the history with the number MODEL_HISTORY after a failure"]
fn the_history_with_a_given_number_loses_no_account() {
    let seed = std::env::var("MODEL_HISTORY")
        .expect("set MODEL_HISTORY to the number of the history")
        .parse()
        .expect("a number");
    let mut total = Total::default();
    history(seed, &mut total);
    println!("{:#?}", total.failures);
}
