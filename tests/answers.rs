//! Answers that nobody expects: a seeded sample of what `fuzz-answers` and `fuzz/` look for at length.
#![allow(clippy::unwrap_used)]

use switchboard_tests::fuzz::{Chance, Mutator, Wire, corpus, kaicalls_answers, kallyai_answers};

#[test]
fn the_examples_and_their_mutations_are_read_without_a_panic() {
    let seeds = corpus();
    assert!(seeds.len() > 117);
    let mut mutator = Mutator::new(seeds.clone(), 1);
    let mutations = std::iter::repeat_with(|| mutator.input()).take(300);
    for input in seeds.into_iter().chain(mutations) {
        kallyai_answers(&input);
        kaicalls_answers(&input);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mutations_come_through_both_backends_without_a_panic() {
    let wire = Wire::start().await;
    let (mut mutator, mut chance) = (Mutator::new(corpus(), 2), Chance::new(3));
    for _ in 0..150 {
        let input = mutator.input();
        wire.ask(&input, &mut chance).await.unwrap();
    }
}

#[test]
fn a_seed_gives_the_same_inputs() {
    let inputs = |seed| {
        let mut mutator = Mutator::new(corpus(), seed);
        std::iter::repeat_with(move || mutator.input()).take(50).collect::<Vec<_>>()
    };
    assert_eq!(inputs(7), inputs(7));
    assert_ne!(inputs(7), inputs(8));
}
