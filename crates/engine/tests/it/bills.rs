//! Bills that cannot be: kept as they came, and counted for nothing.

use switchboard_core::{CallStatus, Cost, Credits};
use switchboard_router::{Budget, Period};

use crate::support::{Fake, billed, call, completed, plans::per_call, run, start_with, usd};

fn amount(text: &str) -> Cost {
    Cost::Money(usd(text))
}

/// At a dollar a call, what a provider bills, and whether it is believed.
#[tokio::test(start_paused = true)]
async fn a_bill_is_believed_between_nothing_and_ten_times_what_the_call_can_cost() {
    for (cost, believed) in [
        (amount("0.00"), true),
        (amount("0.37"), true),
        (amount("10.00"), true),
        (amount("10.01"), false),
        (amount("1000000.00"), false),
        (amount("-0.01"), false),
        (amount("-100.00"), false),
        (Cost::Credits(Credits::from_micros(-1)), false),
        (Cost::Credits(Credits::from_micros(5)), true),
    ] {
        let alpha = Fake::new("alpha").placing(move |order| {
            let mut answer = completed("alpha", &order.attempt.to_string());
            answer.cost = Some(cost);
            Ok(answer)
        });
        let (router, _) = start_with(
            vec![alpha],
            |policy| policy.providers[0].deck = per_call("1.00"),
            |builder| builder,
        );
        let call = run(&router, call(1)).await;
        assert_eq!(call.status, CallStatus::Closed, "{cost:?}");
        let attempt = &call.attempts[0];
        assert_eq!(attempt.cost, Some(cost), "it is kept as it came");
        let counted = match cost {
            Cost::Money(money) => Some(money).filter(|_| believed),
            Cost::Credits(_) => None,
        };
        assert_eq!((attempt.billed, call.cost), (counted, counted), "{cost:?}");
        let doubted = attempt.evidence.iter().any(|evidence| evidence.detail.contains("cannot be"));
        assert_eq!(doubted, !believed, "{cost:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_negative_bill_fills_no_budget_up() {
    let alpha = Fake::new("alpha")
        .placing(|order| Ok(billed("alpha", &order.attempt.to_string(), "-100.00")));
    let (router, _) = start_with(
        vec![alpha],
        |policy| {
            policy.providers[0].deck = per_call("1.00");
            policy.budgets = vec![Budget {
                name: "four".to_owned(),
                limit: usd("4.00"),
                per: Period::Total,
                tenant: None,
                provider: None,
                experiment: None,
            }];
        },
        |builder| builder,
    );
    let mut placed = 0;
    for n in 0..13 {
        placed += usize::from(run(&router, call(n)).await.status == CallStatus::Closed);
    }
    assert_eq!(placed, 4, "each keeps what it could cost");
}
