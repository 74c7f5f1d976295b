//! Answers that nobody expects: a seeded sample of what `fuzz-answers` and `fuzz/` look for at
//! length.

use std::collections::BTreeSet;

use switchboard_tests::fuzz::{
    Agents, Chance, Doors, Mutator, Pages, Requests, Wire, agents_corpus, agents_yes, corpus,
    kaicalls_answers, kallyai_answers, server_corpus, server_texts,
};

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

#[tokio::test(flavor = "multi_thread")]
async fn no_webhook_is_taken_on_another_address_and_no_body_alone_moves_a_call() {
    let doors = Doors::start().await;
    let (mut mutator, mut chance) = (Mutator::new(corpus(), 4), Chance::new(5));
    for _ in 0..300 {
        let input = mutator.input();
        doors.knock(&input, &mut chance).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_ledger_is_read_without_a_panic() {
    let mut pages = Pages::start().await;
    let (mut mutator, mut chance) = (Mutator::new(corpus(), 6), Chance::new(7));
    for _ in 0..150 {
        let input = mutator.input();
        pages.corrupt(&input, &mut chance).await;
    }
    assert!(pages.is_whole().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_send_to_the_server_is_read_or_refused() {
    let seeds = server_corpus();
    let requests = Requests::start().await;
    let (mut mutator, mut chance) = (Mutator::new(seeds.clone(), 8), Chance::new(9));
    let mutations = std::iter::repeat_with(|| mutator.input()).take(600);
    // Each example as several requests.
    let examples = seeds.into_iter().flat_map(|seed| std::iter::repeat_n(seed, 25));
    let mut answers = BTreeSet::new();
    for input in examples.chain(mutations) {
        server_texts(&input);
        answers.extend(requests.ask(&input, &mut chance).await.unwrap());
    }
    // Some were right, and came as far as the engine, which has ended.
    for status in [200, 201, 400, 404, 422, 503] {
        assert!(answers.contains(&status), "{answers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_message_of_an_agent_places_a_call_without_the_yes_to_it() {
    let seeds = agents_corpus();
    let mut agents = Agents::start().await;
    let (mut mutator, mut chance) = (Mutator::new(seeds.clone(), 10), Chance::new(11));
    let mutations = std::iter::repeat_with(|| mutator.input()).take(400);
    let (mut answers, mut placed) = (BTreeSet::new(), 0);
    for input in seeds.into_iter().chain(mutations) {
        let told = agents.ask(&input, &mut chance).await.unwrap();
        answers.insert(told.status);
        placed += u32::from(told.placed);
    }
    // The yes places a call, unless its state was changed or it came from another agent.
    for _ in 0..20 {
        placed += u32::from(agents.ask(&agents_yes(), &mut chance).await.unwrap().placed);
    }
    assert!(placed >= 10, "{placed} {answers:?}");
    assert!(answers.contains(&200) && answers.contains(&400), "{answers:?}");
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
