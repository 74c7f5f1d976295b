//! The power goes, and the ledger still holds whatever it acknowledged: `switchboard_tests::power`
//! says how this is tried.
//!
//! `POWER_LOSS_SEED` chooses other moments and other remains. A failure prints the seed and the
//! moment, and leaves the disk as it was found.
#![cfg(target_os = "linux")]

use std::{collections::BTreeSet, fmt::Write, path::Path, sync::Mutex, thread};

use switchboard_tests::{
    fuzz::Chance,
    power::{Deed, Disk, Kept, Log, judge::Judge, moments, watch},
};

/// One moment at which the power went and something was missing afterwards.
#[derive(Debug)]
struct Loss {
    moment: usize,
    kept: Kept,
    /// With it the disk leaves the same again.
    chance: Chance,
    what: String,
}

/// What came of all moments.
#[derive(Debug, Default)]
struct Verdict {
    moments: usize,
    /// At so many of them something was not synced.
    at_risk: usize,
    promised: usize,
    losses: Vec<Loss>,
}

fn seed() -> u64 {
    std::env::var("POWER_LOSS_SEED")
        .map_or(1, |seed| seed.parse().expect("POWER_LOSS_SEED is a number"))
}

const PROCESS: &str = env!("CARGO_BIN_EXE_power-process");

fn watched(habit: &str) -> (tempfile::TempDir, watch::Watched) {
    let place = tempfile::tempdir().unwrap();
    let watched = watch::run(Path::new(PROCESS), habit, place.path());
    (place, watched)
}

/// Tries each moment once, with what chance leaves of the unsynced.
fn try_all<'log>(
    watched: &'log watch::Watched,
    moments: &BTreeSet<usize>,
    new: fn() -> Disk<'log>,
) -> Verdict {
    let verdict = Mutex::new(Verdict::default());
    let hands = thread::available_parallelism().map_or(2, usize::from).min(4);
    thread::scope(|scope| {
        for hand in 0..hands {
            let verdict = &verdict;
            let judge = Judge::start(Path::new(PROCESS), &watched.library);
            scope.spawn(move || {
                try_some(
                    &watched.log,
                    moments.iter().copied().skip(hand).step_by(hands),
                    new(),
                    judge,
                    verdict,
                )
            });
        }
    });
    let mut verdict = verdict.into_inner().unwrap();
    verdict.promised =
        watched.log.deeds.iter().filter(|deed| matches!(deed, Deed::Said(_))).count();
    verdict.losses.sort_by_key(|loss| loss.moment);
    verdict
}

fn try_some<'log>(
    log: &'log Log,
    moments: impl Iterator<Item = usize>,
    mut disk: Disk<'log>,
    mut judge: Judge,
    verdict: &Mutex<Verdict>,
) {
    let mut done = 0;
    for moment in moments {
        for deed in &log.deeds[done..moment] {
            disk.take(deed);
            if let Deed::Said(said) = deed {
                judge.said(said);
            }
        }
        done = moment;
        let mut chance = Chance::new(seed() ^ (moment as u64).rotate_left(32));
        let and_goes_on = chance.below(4) == 0;
        let kept = [Kept::Nothing, Kept::Nothing, Kept::Everything, Kept::Some, Kept::Some]
            [chance.below(5)];
        let place = tempfile::tempdir().unwrap();
        disk.lose_power(kept, &mut chance.clone(), place.path());
        let found = judge.are_kept(&place.path().join(watch::LEDGER), and_goes_on);
        let mut verdict = verdict.lock().unwrap();
        verdict.moments += 1;
        verdict.at_risk += usize::from(disk.is_at_risk());
        if let Err(what) = found {
            verdict.losses.push(Loss { moment, kept, chance, what });
        }
    }
}

/// The losses in words, and the disk of the first.
fn tell(log: &Log, losses: &[Loss]) -> String {
    let mut words = format!("POWER_LOSS_SEED={}: {} losses\n", seed(), losses.len());
    for loss in losses.iter().take(5) {
        let after =
            log.deeds[..loss.moment].last().map_or("the beginning".to_owned(), Deed::to_string);
        writeln!(
            words,
            "after deed {} ({after}) the disk kept {}: {}",
            loss.moment, loss.kept, loss.what
        )
        .unwrap();
    }
    if let Some(first) = losses.first() {
        let mut disk = Disk::default();
        log.deeds[..first.moment].iter().for_each(|deed| disk.take(deed));
        let left = tempfile::tempdir().unwrap().keep();
        disk.lose_power(first.kept, &mut first.chance.clone(), &left);
        writeln!(words, "the disk of the first is in {}", left.display()).unwrap();
    }
    words
}

#[test]
fn what_was_acknowledged_is_there_after_a_power_loss() {
    let (_place, watched) = watched("keep");
    let log = &watched.log;
    nothing_was_overlooked(&watched);
    the_log_was_copied_and_removed(log);
    let moments = moments(log, 55, &mut Chance::new(seed()));
    let verdict = try_all(&watched, &moments, Disk::default);
    println!(
        "{} promises, {} deeds; the power went at {} moments, at {} of them with unsynced writes: {} losses",
        verdict.promised,
        log.deeds.len(),
        verdict.moments,
        verdict.at_risk,
        verdict.losses.len()
    );
    assert!(verdict.losses.is_empty(), "{}", tell(log, &verdict.losses));
    assert!(verdict.promised > 500, "{} promises prove little", verdict.promised);
    assert!(verdict.at_risk > 100, "{} moments prove little", verdict.at_risk);

    // Enough moments that chance alone does not bring the share of losses below one half.
    let few = moments.into_iter().rev().step_by(5).collect();
    let forgotten = try_all(&watched, &few, Disk::that_forgets_names);
    assert!(
        forgotten.losses.len() * 2 > few.len(),
        "of {} ledgers whose names were never synced only {} were found wanting: this test does not see names",
        few.len(),
        forgotten.losses.len()
    );
}

#[test]
fn a_ledger_that_forgets_is_found_out() {
    let (_place, watched) = watched("forget");
    let log = &watched.log;
    nothing_was_overlooked(&watched);
    let moments = moments(log, 12, &mut Chance::new(seed()));
    let verdict = try_all(&watched, &moments, Disk::default);
    println!(
        "{} promises without a sync of each; the power went at {} moments, at {} of them with unsynced writes: {} losses",
        verdict.promised,
        verdict.moments,
        verdict.at_risk,
        verdict.losses.len()
    );
    assert!(
        !verdict.losses.is_empty(),
        "POWER_LOSS_SEED={}: a ledger with synchronous=NORMAL lost nothing at {} moments: the other test proves nothing",
        seed(),
        verdict.moments
    );
}

/// Every write went past the library: what it wrote down makes the very files that are there.
fn nothing_was_overlooked(watched: &watch::Watched) {
    let mut disk = Disk::default();
    watched.log.deeds.iter().for_each(|deed| disk.take(deed));
    let again = tempfile::tempdir().unwrap();
    disk.lose_power(Kept::Everything, &mut Chance::new(0), again.path());
    let (made, real) = (watch::files(again.path()), watch::files(&watched.directory));
    assert_eq!(
        made.keys().collect::<Vec<_>>(),
        real.keys().collect::<Vec<_>>(),
        "other files than the log speaks of"
    );
    for (path, content) in real {
        assert!(made[&path] == content, "{} holds what the log does not speak of", path.display());
    }
}

/// A ledger whose log is never copied, or never made a second time, would not have been tried where
/// it is most in danger.
fn the_log_was_copied_and_removed(log: &Log) {
    let (ledger, logs) = (log.files("db"), log.files("db-wal").len());
    let is_removed = |deed: &&Deed| matches!(deed, Deed::Unlink(path) if path.extension().is_some_and(|kind| kind == "db-wal"));
    let removed = log.deeds.iter().filter(is_removed).count();
    let between_syncs = log.deeds.split(|deed| matches!(deed, Deed::SyncBegins { .. }));
    let copied = between_syncs
        .map(|deeds| {
            let is_copied =
                |deed: &&Deed| matches!(deed, Deed::Write { file, .. } if ledger.contains(file));
            deeds.iter().filter(is_copied).count()
        })
        .max();
    println!(
        "the log was made {logs} times, removed {removed} times, and of it {copied:?} pages copied at once"
    );
    assert!(
        logs >= 2 && removed >= 2 && copied > Some(100),
        "{logs} logs, {removed} removed, {copied:?} pages copied"
    );
}
