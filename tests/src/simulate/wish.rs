//! The calls of a plan, each arranged to reach the state of its fault.

use jiff::Timestamp;
use switchboard::{CallRequest, Outcome, core::Redial};

use super::{
    fault::{Fault, Means},
    kind::{Kind, Kinds, Search, tag},
    law,
    plan::{HOUR, Hooks, LONGEST, MINUTE, Wish},
    random::Random,
    stage::Stage,
};

/// Faults with an unknown result for which no phone rang.
const NOTHING_PLACED: &[Fault] =
    &[Fault::ResetRequestLost, Fault::TimeoutRequestLost, Fault::ServerErrorLost];
/// Faults with an unknown result for which a phone rang.
const PLACED: &[Fault] = &[
    Fault::AnswerLost,
    Fault::TimeoutDelivered,
    Fault::ServerErrorPlaced,
    Fault::PanicAfterDelivery,
];
const NOT_PLACED: &[Fault] = &[
    Fault::RefusedHere,
    Fault::ConnectionRefused,
    Fault::NameNotFound,
    Fault::ConnectTimeout,
    Fault::ResetBeforeFirstByte,
];

/// Creates a call that is aimed at a fault in a state, or a random one.
pub(super) fn wish(
    random: &mut Random,
    kinds: &mut Kinds,
    aim: Option<(Fault, Stage)>,
    nth: usize,
    base: Timestamp,
    long: bool,
) -> Wish {
    let mut request = CallRequest::new(law::number(nth), "Ask whether they are open on Sunday.");
    let ends = [
        Outcome::Completed,
        Outcome::Completed,
        Outcome::NoAnswer,
        Outcome::Busy,
        Outcome::Voicemail,
        Outcome::Failed,
    ];
    let mut wish = Wish {
        route: kinds.route(random),
        at: random.below(if aim.is_some() { 60_000 } else { 4 * MINUTE }),
        again: None,
        waits: random.chance(30).then(|| random.between(1, 30_000)),
        places: Vec::new(),
        rings: vec![*random.pick(&ends)],
        queue: random.between(200, 8_000),
        talk: random.between(5_000, LONGEST - 10_000),
        thinks: random.between(50, 1_500),
        late: if long {
            random.between(MINUTE, 24 * HOUR)
        } else {
            random.between(MINUTE, 20 * MINUTE)
        },
        hooks: Hooks::Prompt,
        unseen: false,
        invisible: false,
        cared_for: true,
        call: request.validate(base).expect("the plan makes sense"),
    };
    match aim {
        None => {
            law::mixed(random, &mut request, base);
            at_random(random, &mut request, &mut wish, nth);
        }
        Some((fault, stage)) => {
            law::allowed(random, &mut request, base);
            lead(random, kinds, &mut request, &mut wish, stage);
            prepare(random, kinds, &mut wish, fault, stage);
        }
    }
    if wish.again.is_some() || request.idempotency_key.is_some() {
        request.idempotency_key = Some(format!("order-{nth}"));
    }
    if let Some(opens) = request.not_before.take() {
        let after: u64 = opens.parse().expect("milliseconds");
        request.not_before = Some(moment(base, wish.at + after));
    }
    if let Some(closes) = request.not_after.take() {
        let after: u64 = closes.parse().expect("milliseconds");
        request.not_after = Some(moment(base, wish.at + after));
    }
    request.tags = vec![tag(&wish.route)];
    request.agent = Some(if random.chance(50) { "desk" } else { "shop" }.to_owned());
    request.metadata.insert("wish".to_owned(), nth.to_string());
    wish.call = request.validate(base).expect("the plan makes sense");
    wish
}

fn moment(base: Timestamp, at: u64) -> String {
    let moment =
        base.checked_add(std::time::Duration::from_millis(at)).expect("within the calendar");
    moment.to_string()
}

/// Makes the call random.
fn at_random(random: &mut Random, request: &mut CallRequest, wish: &mut Wish, nth: usize) {
    if random.chance(35) && nth > 0 {
        // The callee of another call.
        request.to = law::number(random.below(nth as u64) as usize).to_owned();
        request.allow_duplicate = random.chance(60);
    }
    if random.chance(35) {
        request.idempotency_key = Some("own".to_owned());
        wish.again = random.chance(70).then(|| random.between(10, 90_000));
    }
    if random.chance(15) {
        request.not_before = Some(random.between(5_000, 5 * MINUTE).to_string());
    }
    if random.chance(10) {
        request.not_after = Some(random.between(5 * MINUTE + 1, 8 * MINUTE).to_string());
    }
    if random.chance(20) {
        redials(random, request);
    }
    if random.chance(30) {
        request.tenant = Some("thrifty".to_owned());
    }
    request.failover_on_quota = random.chance(50);
    let placing: Vec<Fault> =
        Fault::ALL.iter().copied().filter(|fault| fault.means() == Means::Placing).collect();
    for _ in 0..random.below(3) {
        wish.places.push(random.chance(60).then(|| *random.pick(&placing)));
    }
    if random.chance(5) && request.tenant.is_none() {
        wish.talk = random.between(LONGEST, LONGEST * 4);
    }
    wish.hooks = *random.pick(&[
        Hooks::Prompt,
        Hooks::Prompt,
        Hooks::Prompt,
        Hooks::Lost,
        Hooks::Held,
        Hooks::Doubled,
        Hooks::Reordered,
    ]);
}

fn redials(random: &mut Random, request: &mut CallRequest) {
    request.redial = Some(Redial {
        on: [Outcome::NoAnswer, Outcome::Busy, Outcome::Voicemail, Outcome::Failed]
            .into_iter()
            .collect(),
        times: random.between(1, 3) as u32,
        gap_seconds: random.between(60, 150) as u32,
        per_day: random.between(2, 5) as u32,
    });
}

/// Makes it likely that the call reaches the state.
fn lead(
    random: &mut Random,
    kinds: &mut Kinds,
    request: &mut CallRequest,
    wish: &mut Wish,
    stage: Stage,
) {
    match stage {
        Stage::New | Stage::Received | Stage::Admitted | Stage::Sent => {}
        Stage::Scheduled => {
            request.not_before = Some(random.between(10_000, 2 * MINUTE).to_string())
        }
        Stage::Unknown | Stage::Reconciling => {
            let of = if random.chance(50) { NOTHING_PLACED } else { PLACED };
            wish.places = vec![Some(*random.pick(of))];
            // Where a key settles the doubt at once, the repeat may be lost too.
            wish.places.extend(random.chance(50).then(|| Some(*random.pick(NOTHING_PLACED))));
        }
        Stage::NotPlaced => {
            wish.route = kinds.pair(random);
            wish.places = vec![Some(*random.pick(NOT_PLACED))];
        }
        Stage::InProgress | Stage::Closed => wish.talk = random.between(15_000, LONGEST - 10_000),
        Stage::BetweenRings => {
            redials(random, request);
            wish.rings = vec![Outcome::NoAnswer, Outcome::Completed];
            wish.talk = 20_000;
        }
        Stage::Refused => wish.places = vec![Some(Fault::RefusedForAll)],
        Stage::NeedsApproval => wish.places = vec![Some(Fault::ApprovalRequired)],
        Stage::Indeterminate => {
            if random.chance(50) {
                wish.places = vec![Some(*random.pick(NOTHING_PLACED))];
            } else {
                wish.places = vec![Some(*random.pick(PLACED))];
                wish.invisible = true;
                wish.hooks = Hooks::Held;
            }
            wish.places.push(Some(*random.pick(NOTHING_PLACED)));
        }
        Stage::Stalled => {
            wish.route = vec![kinds.find(random, Kind::has_webhooks)];
            wish.unseen = true;
            wish.hooks = Hooks::Held;
            wish.talk = random.between(5_000, 40_000);
        }
    }
}

/// Makes it likely that the fault can happen there.
fn prepare(random: &mut Random, kinds: &mut Kinds, wish: &mut Wish, fault: Fault, stage: Stage) {
    match fault.means() {
        Means::Placing => {
            wish.places = vec![Some(fault)];
            let first = wish.route[0];
            // Mostly where documents give the fault a meaning of its own.
            let fits: fn(Kind) -> bool = match fault {
                Fault::NeverDialled => |kind| !kind.never_dialled().is_empty(),
                Fault::OptedOutThere => |kind| kind.suppression().is_some(),
                Fault::AsksOut => Kind::tells_opt_outs,
                Fault::ResetDeliveredLate => |kind| kind.key_life().is_some(),
                _ => |_| true,
            };
            if !fits(first) && random.chance(80) {
                let better = kinds.find(random, fits);
                wish.route.retain(|kind| *kind != better);
                wish.route.insert(0, better);
            }
            if fault == Fault::AsksOut {
                wish.rings = vec![Outcome::Completed];
            }
        }
        Means::Consequence if fault == Fault::ToldByAnother => {
            wish.route = vec![kinds.find(random, tells_of_begun)];
            wish.hooks = if stage == Stage::Indeterminate { Hooks::Held } else { Hooks::Doubled };
            told(random, wish, stage);
        }
        Means::Consequence => {
            wish.places = vec![Some(Fault::TimeoutDeliveredLate)];
            // A repeat would place it before.
            wish.route = vec![kinds.find(random, |kind| kind.key_life().is_none())];
            if stage == Stage::Reconciling {
                wish.late = random.between(40_000, 90_000);
            }
        }
        Means::Webhook => {
            wish.route = vec![kinds.find(random, tells_of_begun)];
            wish.hooks = match fault {
                Fault::WebhookLost => Hooks::Lost,
                Fault::WebhookReordered => Hooks::Reordered,
                _ if stage == Stage::Indeterminate => Hooks::Held,
                _ => Hooks::Doubled,
            };
            told(random, wish, stage);
        }
        Means::Reading => {
            match stage {
                // Only a synchronous provider is polled while its response is pending. A call may
                // be read if its webhook is faster.
                Stage::Sent if fault == Fault::GetError => {
                    wish.route = vec![kinds.find(random, tells_of_begun)];
                    told(random, wish, stage);
                }
                Stage::Sent => {
                    wish.route = vec![kinds.find(random, Kind::is_synchronous)];
                    wish.talk = random.between(40_000, LONGEST - 5_000);
                    wish.rings = vec![Outcome::Completed];
                }
                Stage::Reconciling => {
                    wish.places = vec![Some(*random.pick(PLACED))];
                    wish.hooks = Hooks::Lost;
                    wish.talk = LONGEST - 5_000;
                    // A call is read alone, and the usage log at all, only in one kind of search.
                    let reads: fn(Kind) -> bool = match fault {
                        Fault::UsageLag | Fault::GetError => {
                            |kind| kind.search() == Search::AgentAndTime
                        }
                        _ => |kind| kind.search() != Search::None,
                    };
                    wish.route = vec![kinds.find(random, reads)];
                }
                Stage::InProgress => {
                    let lists = |kind: Kind| kind.has_lists() && kind.has_webhooks();
                    wish.route = vec![kinds.find(random, lists)];
                    wish.hooks = Hooks::Lost;
                    wish.talk = random.between(40_000, LONGEST - 5_000);
                    wish.rings = vec![Outcome::Completed];
                }
                Stage::Indeterminate => {
                    wish.route = vec![kinds.find(random, Kind::has_webhooks)];
                    wish.places = in_doubt(random);
                    wish.invisible = true;
                    wish.hooks = Hooks::Held;
                }
                _ if fault == Fault::UsageLag => {
                    let logs = |kind: Kind| kind.has_usage() && kind.has_webhooks();
                    wish.route = vec![kinds.find(random, logs)];
                }
                _ => wish.route = vec![kinds.find(random, Kind::has_webhooks)],
            }
        }
        Means::Arrival | Means::Writing => match fault {
            Fault::WebhookForged | Fault::WebhookUnsigned => {
                let fits =
                    if fault == Fault::WebhookForged { Kind::has_webhooks } else { Kind::signs };
                wish.route = vec![kinds.find(random, fits)];
                wish.thinks = random.between(3_000, 10_000);
            }
            Fault::WebhookLate | Fault::WebhookReplayed => {
                wish.route = vec![kinds.find(random, Kind::has_webhooks)];
                wish.hooks = if fault == Fault::WebhookLate { Hooks::Held } else { Hooks::Prompt };
                if stage == Stage::Indeterminate {
                    wish.places = in_doubt(random);
                    wish.invisible = true;
                }
                wish.queue = random.between(200, 1_500);
            }
            Fault::Stop if stage == Stage::Sent => {
                wish.route = vec![kinds.find(random, Kind::is_synchronous)];
                wish.talk = random.between(40_000, LONGEST - 5_000);
            }
            Fault::OperatorResolves => {
                wish.cared_for = false;
                if matches!(stage, Stage::Unknown | Stage::Reconciling) {
                    wish.places = vec![Some(*random.pick(NOTHING_PLACED)); 2];
                }
            }
            Fault::Stop => {
                let stops = |kind: Kind| kind.stops() && !kind.is_synchronous();
                wish.route = vec![kinds.find(random, stops)];
            }
            _ => {
                if stage == Stage::Closed {
                    wish.route.truncate(1);
                }
            }
        },
    }
}

/// True if its webhooks tell that a call has begun.
fn tells_of_begun(kind: Kind) -> bool {
    kind.has_webhooks() && !kind.tells_only_the_end()
}

/// A request that rings and has no answer, nor has its repeat, where there is one.
fn in_doubt(random: &mut Random) -> Vec<Option<Fault>> {
    vec![Some(*random.pick(PLACED)), Some(*random.pick(NOTHING_PLACED))]
}

/// Makes the phone ring, and the provider report it, while the call is in the state.
fn told(random: &mut Random, wish: &mut Wish, stage: Stage) {
    match stage {
        Stage::Sent => {
            wish.queue = 100;
            wish.thinks = random.between(4_000, 15_000);
        }
        Stage::Reconciling => {
            let first = *random.pick(&[
                Fault::AnswerLost,
                Fault::ServerErrorPlaced,
                Fault::PanicAfterDelivery,
            ]);
            wish.places = vec![Some(first), Some(*random.pick(NOTHING_PLACED))];
            wish.queue = random.between(1_500, 4_000);
            wish.thinks = 50;
            wish.invisible = true;
        }
        Stage::Indeterminate => {
            wish.places = in_doubt(random);
            wish.invisible = true;
        }
        _ => wish.queue = random.between(1_500, 6_000),
    }
}
