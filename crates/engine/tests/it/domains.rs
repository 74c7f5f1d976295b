//! What several providers ride on fails for all of them.

use switchboard_core::{Delivery, ErrorKind, Refusal};
use switchboard_router::{BreakerState, Match, Policy};

use crate::support::{
    Fake, Op, call, completed,
    fake::{failure, not_sent, unknown},
    plans::route,
    request, run, seconds, start, start_with, valid,
};

/// Two providers on one platform, and a third on its own.
pub(crate) fn on_one_platform(mut fakes: [Fake; 3]) -> Vec<Fake> {
    for fake in &mut fakes[..2] {
        fake.info.failure_domains = "one platform".into();
    }
    fakes.into()
}

pub(crate) fn works(name: &'static str) -> Fake {
    Fake::new(name).placing(move |order| Ok(completed(name, &order.attempt.to_string())))
}

fn is_open(state: BreakerState) -> bool {
    matches!(state, BreakerState::Open { .. })
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_a_platform_moves_the_calls_of_all_its_providers_to_another() {
    let mut alpha = Fake::new("alpha").placing(|_| Err(not_sent()));
    alpha
        .lists
        .expect_list()
        .returning(|_, _| Err(failure(ErrorKind::Connect, Delivery::NotSent).into_error()));
    let (router, logs) = start(on_one_platform([alpha, works("beta"), works("gamma")]));
    assert_eq!(run(&router, call(1)).await.provider.unwrap().as_str(), "gamma");
    let readings = router.readings();
    assert!(is_open(readings[0].breaker) && is_open(readings[0].domain));
    assert!(
        readings[1].breaker == BreakerState::Closed && is_open(readings[1].domain),
        "nobody asked it"
    );
    assert_eq!(readings[2].domain, BreakerState::Closed);

    let plan = router.plan(&call(2));
    let codes: Vec<_> = plan.rejected.iter().map(|one| one.rejection.code()).collect();
    assert_eq!(codes, ["unhealthy", "domain_unhealthy"]);
    for n in 2..=5 {
        assert_eq!(run(&router, call(n)).await.provider.unwrap().as_str(), "gamma");
    }
    assert_eq!((logs[1].count(Op::Place), logs[1].count(Op::List)), (0, 0));

    // The read through the one fails, that through the other works: the platform is there.
    tokio::time::sleep(seconds(16)).await;
    assert_eq!(
        (logs[1].count(Op::Place), logs[1].count(Op::List)),
        (0, 1),
        "half opened by a read"
    );
    assert_eq!(run(&router, call(6)).await.provider.unwrap().as_str(), "beta");
    assert_eq!(logs[0].count(Op::Place), 3, "its own breaker is still open");
}

#[tokio::test(start_paused = true)]
async fn failures_of_all_its_providers_count_together() {
    let to_beta = |policy: &mut Policy| {
        let when = Match { tags: ["beta".to_owned()].into(), ..Match::default() };
        policy.routes = vec![route("beta first", when, &["beta", "gamma"])];
    };
    let doubtful = |name| Fake::new(name).placing(|_| Err(unknown()));
    let (router, logs) = start_with(
        on_one_platform([doubtful("alpha"), doubtful("beta"), works("gamma")]),
        to_beta,
        |builder| builder,
    );
    let tagged = |n| {
        let mut request = request(n);
        request.tags = ["beta".to_owned()].into();
        valid(request)
    };
    for request in [call(1), call(2), tagged(3)] {
        router.submit(request).await.unwrap();
        tokio::time::sleep(seconds(1)).await;
    }
    let readings = router.readings();
    assert!(
        readings.iter().all(|reading| reading.breaker == BreakerState::Closed),
        "two and one of three"
    );
    assert!(is_open(readings[0].domain) && is_open(readings[1].domain));
    for request in [call(4), tagged(5)] {
        assert_eq!(run(&router, request).await.provider.unwrap().as_str(), "gamma");
    }
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_the_fault_of_one_account_does_not_close_its_neighbour() {
    let status =
        |kind, status, delivery| failure(kind, delivery).map(|error| error.with_status(status));
    let accounts = [
        (
            "a key that expired",
            status(ErrorKind::Unauthorized, 401, Delivery::Refused(Refusal::ThisProvider)),
            false,
        ),
        (
            "an answer that makes no sense",
            status(ErrorKind::Conflict, 409, Delivery::Unknown),
            false,
        ),
        ("a server that failed", status(ErrorKind::Provider, 500, Delivery::Unknown), true),
        (
            "a gateway that waited in vain",
            status(ErrorKind::Provider, 504, Delivery::Unknown),
            true,
        ),
    ];
    for (what, failed, closes) in accounts {
        let (kind, delivery, status) =
            (failed.kind(), failed.delivery(), failed.error().status().unwrap());
        let alpha = Fake::new("alpha")
            .placing(move |_| Err(failure(kind, delivery).map(|error| error.with_status(status))));
        let (router, logs) = start(on_one_platform([alpha, works("beta"), works("gamma")]));
        for n in 1..=4 {
            router.submit(call(n)).await.unwrap();
            tokio::time::sleep(seconds(1)).await;
        }
        let readings = router.readings();
        assert!(is_open(readings[0].breaker), "{what}");
        assert_eq!(
            (is_open(readings[1].domain), readings[1].breaker),
            (closes, BreakerState::Closed),
            "{what}"
        );
        let taken = if closes { 2 } else { 1 };
        assert!(
            logs[taken].count(Op::Place) > 0 && logs[3 - taken].count(Op::Place) == 0,
            "{what}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_refuses_keys_is_there_and_one_that_nobody_reaches_is_probed_ever_less() {
    for (kind, reads) in [(ErrorKind::Unauthorized, 1), (ErrorKind::Connect, 3)] {
        let mut beta = works("beta");
        beta.lists
            .expect_list()
            .returning(move |_, _| Err(failure(kind, Delivery::NotSent).into_error()));
        let mut alpha =
            Fake::new("alpha").placing_times(3, |_| Err(not_sent())).placing(|_| Err(unknown()));
        alpha
            .lists
            .expect_list()
            .returning(move |_, _| Err(failure(kind, Delivery::NotSent).into_error()));
        let (router, logs) = start(on_one_platform([alpha, beta, works("gamma")]));
        run(&router, call(1)).await;
        // At 15 s, and where nobody is there 30 s and 60 s later.
        tokio::time::sleep(seconds(15 + 30 + 60 + 5)).await;
        assert_eq!(logs[1].count(Op::List), reads, "{kind:?}");
        assert_eq!(is_open(router.readings()[1].domain), reads > 1, "{kind:?}");
        assert_eq!(logs[1].count(Op::Place), 0);
    }
}
