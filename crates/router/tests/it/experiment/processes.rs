//! The same person has the same arm in another process, and in every version of this program.

use std::process::Command;

use switchboard_core::TenantId;
use switchboard_router::experiment::{Allocation, Experiment, Group};

use super::made::halves;
use crate::support::number;

const CHILD: &str = "SWITCHBOARD_TEST_PRINTS_ARMS";

fn studied() -> Experiment {
    let mut experiment = halves();
    experiment.version = 3;
    experiment.holdout_percent = 10;
    experiment.ramp_percent = 70;
    experiment.group =
        Some(Group { name: "phones".to_owned(), range_start_percent: 10, share_percent: 80 });
    experiment
}

fn everybody() -> String {
    let experiment = studied();
    let tenant = TenantId::new("acme");
    let letter = |n: u32| match experiment.allocation(&tenant, &number(n), experiment.ramp_percent)
    {
        Allocation::Outside => '-',
        Allocation::Holdout => 'h',
        Allocation::Arm(arm) => arm.name.chars().next().unwrap(),
    };
    (0..2_000).map(letter).collect()
}

/// What the test below runs in a process of its own.
#[test]
fn prints_the_arms_where_it_is_asked_to() {
    if std::env::var_os(CHILD).is_some() {
        println!("arms:{}", everybody());
    }
}

#[test]
fn a_person_has_the_same_arm_in_two_processes() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "experiment::processes::prints_the_arms_where_it_is_asked_to",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let out = String::from_utf8(child.stdout).unwrap();
    let theirs = out
        .split("arms:")
        .nth(1)
        .unwrap_or_else(|| panic!("{out}"))
        .split_whitespace()
        .next()
        .unwrap();
    let ours = everybody();
    assert_eq!(theirs, ours);
    for seat in ['-', 'h', 'a', 'b'] {
        assert!(ours.contains(seat), "nobody is {seat}");
    }
}

/// Whoever changes how people are drawn moves everybody who is in a running experiment: this must
/// never change.
#[test]
fn nobody_is_moved_by_another_version_of_the_program() {
    let (experiment, tenant) = (halves(), TenantId::default());
    let arms: String =
        (0..32).map(|n| experiment.arm(&tenant, &number(n)).unwrap().name.clone()).collect();
    assert_eq!(arms, "bbaaaabbaaaabaabbaaabbaabbbbaabb", "as it was before there were versions");
    assert_eq!(&everybody()[..48], "-baababh----baah-babb-----baba--ba--ba-hbb-ba-hb");
}
