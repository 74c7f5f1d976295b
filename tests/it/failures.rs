//! Every failure that a placing request can meet, through the router, with both backends over both
//! simulators.
//!
//! The table below is the design's table of failures, row for row: what the provider does, what
//! that proves, where the call ends. Each row is played at the provider that is asked first, with
//! the other one behind it. Where the failure proves no silence, it is played twice: once with a
//! provider that did nothing, and once with one that rang the phone and failed afterwards. All rows
//! share one ring ledger. The file is long because the table is.
//!
//! A refusal is never played after a ring: a provider that rings somebody and then says that it
//! will not has broken its own word, and nothing on our side could tell.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use switchboard::{
    Call, CallStatus, Delivery, ErrorKind, Switchboard, SystemClock, Timings, core::Refusal,
    kallyai::KallyAi,
};
use switchboard_testkit::{
    RingLedger, SimConfig,
    fault::{After, Envelope, Fault, FaultScript, Rule},
};
use switchboard_tests::{
    Sims, Which, callee, dead::ClosedPort, dead::ClosingDoor, request, wait::within,
};

use self::{Ends::*, Failure::*};

/// What the provider that is asked first does.
#[derive(Debug, Clone, Copy)]
enum Failure {
    /// Nobody listens on its port.
    ConnectionRefused,
    /// Its name does not resolve.
    NoSuchName,
    /// Its port speaks no TLS.
    NoTls,
    /// It reads the request and closes the connection.
    Closes,
    /// It reads the request and resets the connection.
    Resets,
    /// It answers with this status and error code.
    Says(u16, &'static str),
    /// It answers with this status and no body.
    Mute(u16),
    /// Too many requests: come again in so many seconds.
    ComeAgain(&'static str),
    /// Document 003's 402 without a code.
    FlatQuota,
    /// It sends the client somewhere else.
    Redirects(u16),
    /// A success whose body breaks off.
    CutBody,
    /// A success whose body is no JSON.
    NotJson,
    /// A success whose body is over 1 MiB.
    HugeBody,
    /// A success that names no call.
    MissingId,
    /// A success without a body.
    EmptyBody,
}

/// Where the call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// At the other provider.
    Elsewhere,
    /// At the provider that failed: nobody else is asked, whatever becomes of it.
    Here,
    /// Nowhere: nobody may place it.
    Nowhere,
    /// With a person who has to approve.
    Approval,
}

struct Row {
    at: &'static [Which],
    failure: Failure,
    delivery: Delivery,
    ends: Ends,
    /// The caller allows another provider where this one is out of credit.
    opted_in: bool,
}

const BOTH: &[Which] = &Which::BOTH;
const KALLY: &[Which] = &[Which::KallyAi];
const KAI: &[Which] = &[Which::KaiCalls];

const NOT_SENT: Delivery = Delivery::NotSent;
const REFUSED: Delivery = Delivery::Refused(Refusal::ThisProvider);
const TOO_MANY: Delivery = Delivery::Refused(Refusal::RateLimited);
const QUOTA: Delivery = Delivery::Refused(Refusal::Quota);
const APPROVAL: Delivery = Delivery::Refused(Refusal::NeedsApproval);
const EVERYONE: Delivery = Delivery::Refused(Refusal::Everyone);
const PLACED: Delivery = Delivery::Placed;
const UNKNOWN: Delivery = Delivery::Unknown;

const fn row(at: &'static [Which], failure: Failure, delivery: Delivery, ends: Ends) -> Row {
    Row { at, failure, delivery, ends, opted_in: false }
}

const fn opted(at: &'static [Which], failure: Failure, delivery: Delivery, ends: Ends) -> Row {
    Row { at, failure, delivery, ends, opted_in: true }
}

#[rustfmt::skip]
const TABLE: &[Row] = &[
    //  at     the provider                               that proves  the call ends
    // DNS, refused, TLS or certificate: no byte left.
    row(BOTH,  ConnectionRefused,                         NOT_SENT,    Elsewhere),
    row(BOTH,  NoSuchName,                                NOT_SENT,    Elsewhere),
    row(BOTH,  NoTls,                                     NOT_SENT,    Elsewhere),
    // End of stream before the status line, reset. (Time running out has its own test below.)
    row(BOTH,  Closes,                                    UNKNOWN,     Here),
    row(BOTH,  Resets,                                    UNKNOWN,     Here),
    // 3xx: never followed.
    row(BOTH,  Redirects(300),                            REFUSED,     Elsewhere),
    row(BOTH,  Redirects(301),                            REFUSED,     Elsewhere),
    row(BOTH,  Redirects(302),                            REFUSED,     Elsewhere),
    row(BOTH,  Redirects(303),                            REFUSED,     Elsewhere),
    row(BOTH,  Redirects(304),                            REFUSED,     Elsewhere),
    row(BOTH,  Redirects(307),                            REFUSED,     Elsewhere),
    row(BOTH,  Redirects(308),                            REFUSED,     Elsewhere),
    // 2xx with a body that is cut, not JSON, over 1 MiB or without an id; 202; 204.
    row(BOTH,  CutBody,                                   PLACED,      Here),
    row(BOTH,  NotJson,                                   PLACED,      Here),
    row(BOTH,  HugeBody,                                  PLACED,      Here),
    row(BOTH,  MissingId,                                 PLACED,      Here),
    row(BOTH,  EmptyBody,                                 PLACED,      Here),
    row(BOTH,  Mute(200),                                 PLACED,      Here),
    row(BOTH,  Mute(202),                                 PLACED,      Here),
    row(BOTH,  Mute(204),                                 PLACED,      Here),
    // 408, 409, 423, 424, 425.
    row(BOTH,  Says(408, "request_timeout"),              UNKNOWN,     Here),
    row(BOTH,  Says(409, "conflict"),                     UNKNOWN,     Here),
    row(BOTH,  Says(409, "suppression_violation"),        UNKNOWN,     Here),
    row(BOTH,  Says(423, "locked"),                       UNKNOWN,     Here),
    row(BOTH,  Says(424, "failed_dependency"),            UNKNOWN,     Here),
    row(BOTH,  Says(425, "too_early"),                    UNKNOWN,     Here),
    // 5xx of any kind, KaiCalls' `call_failed` included.
    row(BOTH,  Says(500, "internal_error"),               UNKNOWN,     Here),
    row(BOTH,  Mute(500),                                 UNKNOWN,     Here),
    row(BOTH,  Says(502, "bad_gateway"),                  UNKNOWN,     Here),
    row(BOTH,  Says(503, "service_unavailable"),          UNKNOWN,     Here),
    row(BOTH,  Says(504, "gateway_timeout"),              UNKNOWN,     Here),
    row(BOTH,  Says(505, "http_version"),                 UNKNOWN,     Here),
    row(BOTH,  Says(520, "unknown_error"),                UNKNOWN,     Here),
    row(BOTH,  Says(599, "network_timeout"),              UNKNOWN,     Here),
    row(BOTH,  Says(500, "invalid_request"),              UNKNOWN,     Here),
    row(KAI,   Says(500, "call_failed"),                  UNKNOWN,     Here),
    row(KAI,   Says(500, "vapi_error"),                   UNKNOWN,     Here),
    row(KALLY, Says(500, "search_failed"),                UNKNOWN,     Here),
    // 429 with Retry-After, and without.
    row(BOTH,  ComeAgain("7"),                            TOO_MANY,    Elsewhere),
    row(BOTH,  ComeAgain("86400"),                        TOO_MANY,    Elsewhere),
    row(BOTH,  ComeAgain("soon"),                         TOO_MANY,    Elsewhere),
    row(BOTH,  Says(429, "rate_limited"),                 TOO_MANY,    Elsewhere),
    row(BOTH,  Mute(429),                                 TOO_MANY,    Elsewhere),
    // 404, 405, 406, 411, 413, 414, 415, 431, 501.
    row(BOTH,  Says(404, "not_found"),                    REFUSED,     Elsewhere),
    row(BOTH,  Mute(404),                                 REFUSED,     Elsewhere),
    row(BOTH,  Mute(405),                                 REFUSED,     Elsewhere),
    row(BOTH,  Mute(406),                                 REFUSED,     Elsewhere),
    row(BOTH,  Mute(411),                                 REFUSED,     Elsewhere),
    row(BOTH,  Mute(413),                                 REFUSED,     Elsewhere),
    row(BOTH,  Mute(414),                                 REFUSED,     Elsewhere),
    row(BOTH,  Mute(415),                                 REFUSED,     Elsewhere),
    row(BOTH,  Mute(431),                                 REFUSED,     Elsewhere),
    row(BOTH,  Says(501, "not_implemented"),              REFUSED,     Elsewhere),
    // What no row names.
    row(BOTH,  Says(407, "proxy_authentication"),         UNKNOWN,     Here),
    row(BOTH,  Says(410, "gone"),                         UNKNOWN,     Here),
    row(BOTH,  Says(412, "precondition_failed"),          UNKNOWN,     Here),
    row(BOTH,  Says(418, "teapot"),                       UNKNOWN,     Here),
    row(BOTH,  Says(421, "misdirected"),                  UNKNOWN,     Here),
    row(BOTH,  Says(451, "legal_reasons"),                UNKNOWN,     Here),
    row(BOTH,  Mute(499),                                 UNKNOWN,     Here),
    // KallyAI: 400, 401.
    row(KALLY, Says(400, "bad_request"),                  REFUSED,     Elsewhere),
    row(KALLY, Says(400, "email_not_connected"),          REFUSED,     Elsewhere),
    row(KALLY, Mute(400),                                 REFUSED,     Elsewhere),
    row(KALLY, Says(401, "missing_token"),                REFUSED,     Elsewhere),
    row(KALLY, Says(401, "token_expired"),                REFUSED,     Elsewhere),
    row(KALLY, Mute(401),                                 REFUSED,     Elsewhere),
    // KallyAI: 402. Fail-over is opt-in, and never around an approval.
    row(KALLY, Says(402, "quota_exceeded"),               QUOTA,       Nowhere),
    row(KALLY, Says(402, "budget_exceeded"),              QUOTA,       Nowhere),
    row(KALLY, FlatQuota,                                 QUOTA,       Nowhere),
    opted(KALLY, Says(402, "quota_exceeded"),             QUOTA,       Elsewhere),
    opted(KALLY, Says(402, "budget_exceeded"),            QUOTA,       Elsewhere),
    opted(KALLY, FlatQuota,                               QUOTA,       Elsewhere),
    row(KALLY, Says(402, "budget_approval_required"),     APPROVAL,    Approval),
    row(KALLY, Says(402, "soft_cap_reached"),             APPROVAL,    Approval),
    opted(KALLY, Says(402, "budget_approval_required"),   APPROVAL,    Approval),
    opted(KALLY, Says(402, "soft_cap_reached"),           APPROVAL,    Approval),
    row(KALLY, Says(402, "card_declined"),                UNKNOWN,     Here),
    // KallyAI: 403.
    row(KALLY, Says(403, "country_restriction"),          REFUSED,     Elsewhere),
    row(KALLY, Says(403, "unsupported_country"),          REFUSED,     Elsewhere),
    row(KALLY, Says(403, "forbidden"),                    REFUSED,     Elsewhere),
    row(KALLY, Says(403, "suppression_violation"),        EVERYONE,    Nowhere),
    row(KALLY, Says(403, "blocked_number"),               EVERYONE,    Nowhere),
    row(KALLY, Says(403, "account_review"),               UNKNOWN,     Here),
    row(KALLY, Mute(403),                                 UNKNOWN,     Here),
    // KallyAI: 422.
    row(KALLY, Says(422, "missing_phone_number"),         REFUSED,     Elsewhere),
    row(KALLY, Says(422, "unsupported_language"),         REFUSED,     Elsewhere),
    row(KALLY, Says(422, "scheduling_violation"),         REFUSED,     Elsewhere),
    row(KALLY, Says(422, "emergency_number"),             EVERYONE,    Nowhere),
    row(KALLY, Says(422, "toll_number"),                  EVERYONE,    Nowhere),
    row(KALLY, Says(422, "safety_violation"),             EVERYONE,    Nowhere),
    row(KALLY, Says(422, "consent_denied"),               EVERYONE,    Nowhere),
    row(KALLY, Says(422, "something_new"),                UNKNOWN,     Here),
    row(KALLY, Mute(422),                                 UNKNOWN,     Here),
    // KaiCalls: 400, 401, 403 `forbidden`, 404 `not_found`.
    row(KAI,   Says(400, "invalid_request"),              REFUSED,     Elsewhere),
    row(KAI,   Says(400, "bad_request"),                  REFUSED,     Elsewhere),
    row(KAI,   Says(401, "unauthorized"),                 REFUSED,     Elsewhere),
    row(KAI,   Mute(401),                                 REFUSED,     Elsewhere),
    row(KAI,   Says(403, "forbidden"),                    REFUSED,     Elsewhere),
    // KaiCalls: the person, the content, and every code that nobody has mapped.
    row(KAI,   Says(400, "number_on_dnc"),                EVERYONE,    Nowhere),
    row(KAI,   Says(403, "number_on_dnc"),                EVERYONE,    Nowhere),
    row(KAI,   Says(404, "number_on_dnc"),                EVERYONE,    Nowhere),
    row(KAI,   Says(429, "number_on_dnc"),                EVERYONE,    Nowhere),
    row(KAI,   Says(400, "number_opted_out"),             EVERYONE,    Nowhere),
    row(KAI,   Says(400, "tcpa_violation"),               EVERYONE,    Nowhere),
    row(KAI,   Says(400, "content_blocked"),              EVERYONE,    Nowhere),
    opted(KAI, Says(400, "number_on_dnc"),                EVERYONE,    Nowhere),
    row(KAI,   Says(400, "recipient_unavailable"),        EVERYONE,    Nowhere),
    row(KAI,   Says(403, "compliance_hold"),              EVERYONE,    Nowhere),
    row(KAI,   Says(422, "validation_error"),             EVERYONE,    Nowhere),
    row(KAI,   Mute(400),                                 EVERYONE,    Nowhere),
    row(KAI,   Mute(403),                                 EVERYONE,    Nowhere),
    row(KAI,   Mute(422),                                 EVERYONE,    Nowhere),
    row(KAI,   Says(402, "payment_required"),             UNKNOWN,     Here),
];

/// One row at one provider.
#[derive(Clone, Copy)]
struct Play {
    row: &'static Row,
    at: Which,
    /// The phone rings before the provider fails.
    rings: bool,
    callee: usize,
}

fn plays() -> Vec<Play> {
    let mut plays = Vec::new();
    for row in TABLE {
        for at in row.at {
            let liars = !row.delivery.proves_no_ring();
            for rings in [false, true].into_iter().filter(|rings| !rings || liars) {
                plays.push(Play { row, at: *at, rings, callee: plays.len() });
            }
        }
    }
    plays
}

impl Failure {
    /// Where the provider's API is, where it is not at its simulator. The port is kept for as long
    /// as the guard lives.
    fn address(self, sims: &Sims, at: Which) -> (Option<String>, Option<ClosedPort>) {
        match self {
            ConnectionRefused => {
                let port = ClosedPort::new();
                (Some(port.url()), Some(port))
            }
            NoSuchName => (Some("https://provider.invalid".to_owned()), None),
            NoTls => (Some(sims.sim(at).url().replace("http://", "https://")), None),
            Closes | Resets | Says(..) | Mute(_) | ComeAgain(_) | FlatQuota | Redirects(_) => {
                (None, None)
            }
            CutBody | NotJson | HugeBody | MissingId | EmptyBody => (None, None),
        }
    }

    fn fault(self, sims: &Sims, at: Which) -> Option<Fault> {
        Some(match self {
            ConnectionRefused | NoSuchName | NoTls => return None,
            Closes => Fault::Close,
            Resets => Fault::Reset,
            Says(status, code) => Fault::answer(status, code),
            Mute(status) => Fault::raw(status, ""),
            ComeAgain(when) => Fault::answer(429, "rate_limited").with_header("Retry-After", when),
            FlatQuota => Fault::Answer {
                status: 402,
                code: Some("quota_exceeded".to_owned()),
                message: None,
                headers: Default::default(),
                body: None,
                envelope: Some(Envelope::Quota),
            },
            Redirects(status) => {
                Fault::Redirect { status, location: format!("{}{}", sims.sim(at).url(), at.path()) }
            }
            CutBody => Fault::CutBody { sent: None },
            NotJson => Fault::NotJson,
            HugeBody => Fault::HugeBody { bytes: (1 << 20) + 1 },
            MissingId => Fault::MissingId,
            EmptyBody => Fault::EmptyBody,
        })
    }
}

fn setup() -> SimConfig {
    SimConfig::default().seed(0).speed(2000.0).limits(10_000, 10_000)
}

/// Short where only waiting would be longer: evidence is looked for once.
fn timings() -> Timings {
    Timings {
        poll_every: Duration::from_millis(50),
        reconcile_for: Duration::ZERO,
        max_wait: Duration::from_secs(5),
        ..Timings::default()
    }
}

async fn play(play: Play, rings: RingLedger) -> Result<(), String> {
    let Play { row, at, rings: rang, .. } = play;
    let to = callee(play.callee);
    let sims = Sims::on(rings, setup(), setup()).await;
    let (address, _port) = row.failure.address(&sims, at);
    if let Some(fault) = row.failure.fault(&sims, at) {
        let after = match (rang, &fault) {
            (false, _) => After::Nothing,
            // What spoils an answer needs the answer.
            (
                true,
                Fault::CutBody { .. }
                | Fault::NotJson
                | Fault::HugeBody { .. }
                | Fault::MissingId
                | Fault::EmptyBody,
            ) => After::Answer,
            (true, _) => After::Ring,
        };
        let rule = Rule::on("POST", at.path(), fault).to(&to).after(after);
        sims.sim(at).faults().set(FaultScript::default().rule(rule));
    }
    let switchboard = Switchboard::builder()
        .without_calling_rules("no person is called in a test")
        .provider(sims.provider(at, address.as_deref()))
        .provider(sims.provider(at.other(), None))
        .timings(timings())
        .build()
        .unwrap();
    let mut wanted = request(play.callee);
    wanted.failover_on_quota = row.opted_in;
    let id = switchboard.submit(&wanted).await.unwrap().id;
    let call = within("the end of the call", switchboard.wait(id)).await.unwrap();
    judge(&call, play, &sims)
}

/// Holds what the router says, and what the simulators saw, against the row.
fn judge(call: &Call, play: Play, sims: &Sims) -> Result<(), String> {
    let Play { row, at, rings: rang, callee: n } = play;
    let reaches_it = row.delivery != Delivery::NotSent;
    let moved_on = row.ends == Elsewhere;
    let status = match (row.ends, row.delivery, rang) {
        (Elsewhere, _, _) | (Here, _, true) => CallStatus::Closed,
        (Here, Delivery::Placed, false) => CallStatus::Stalled,
        (Here, _, false) => CallStatus::Indeterminate,
        (Nowhere, _, _) => CallStatus::Refused,
        (Approval, _, _) => CallStatus::NeedsApproval,
    };
    // An attempt of which nothing left is tried twice again where it was made.
    let tries = if reaches_it { 1 } else { 3 };
    let mut attempts: Vec<_> =
        (0..tries).map(|_| (at.id().to_owned(), Some(row.delivery))).collect();
    attempts.extend(moved_on.then(|| (at.other().id().to_owned(), Some(Delivery::Placed))));
    let has_it = match row.ends {
        Elsewhere => Some(at.other().id()),
        Here if rang || row.delivery == Delivery::Placed => Some(at.id()),
        Here | Nowhere | Approval => None,
    };

    let mut wrong = Vec::new();
    let mut same = |what: &str, found: String, expected: String| {
        if found != expected {
            wrong.push(format!("{what}: {found}, expected {expected}"));
        }
    };
    let made: Vec<_> =
        call.attempts.iter().map(|one| (one.provider.to_string(), one.delivery)).collect();
    same("attempts", format!("{made:?}"), format!("{attempts:?}"));
    same("status", call.status.to_string(), status.to_string());
    same(
        "provider",
        format!("{:?}", call.provider.as_ref().map(|id| id.as_str())),
        format!("{has_it:?}"),
    );
    same("POSTs there", sims.posts(at).to_string(), usize::from(reaches_it).to_string());
    same("POSTs elsewhere", sims.posts(at.other()).to_string(), usize::from(moved_on).to_string());
    same(
        "rings",
        sims.rings.count(&callee(n)).to_string(),
        usize::from(moved_on || rang).to_string(),
    );
    if wrong.is_empty() {
        return Ok(());
    }
    let errors: Vec<_> = call
        .attempts
        .iter()
        .filter_map(|one| one.error.as_ref())
        .map(|error| &error.message)
        .collect();
    Err(format!(
        "{:?} at {}{}: {} ({errors:?})",
        row.failure,
        at.id(),
        if rang { " after a ring" } else { "" },
        wrong.join("; ")
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_ends_where_it_may_and_no_phone_rings_twice() {
    let rings = RingLedger::in_memory();
    let plays = plays();
    let results: Vec<_> = stream::iter(plays.iter().map(|one| play(*one, rings.clone())))
        .buffer_unordered(32)
        .collect()
        .await;
    let wrong: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    println!("{} rows, {} plays, {} rings", TABLE.len(), plays.len(), rings.len());
    assert!(
        wrong.is_empty(),
        "{} of {} plays went wrong:\n{}",
        wrong.len(),
        plays.len(),
        wrong.join("\n")
    );
    assert!(
        rings.duplicates().is_empty(),
        "{} phones rang more than once",
        rings.duplicates().len()
    );
    let should_ring = plays.iter().filter(|play| play.rings || play.row.ends == Elsewhere).count();
    assert_eq!(rings.len(), should_ring);
}

/// Accepts, reads and says nothing, until our patience is over. tokio's time is moved once the
/// provider has the request.
#[tokio::test]
async fn a_silent_provider_is_not_sent_a_second_call() {
    let rings = RingLedger::in_memory();
    for (n, (at, rang)) in
        Which::BOTH.into_iter().flat_map(|at| [(at, false), (at, true)]).enumerate()
    {
        let (n, before) = (1900 + n, rings.len());
        let sims = Sims::on(rings.clone(), setup(), setup()).await;
        let after = if rang { After::Ring } else { After::Nothing };
        sims.sim(at).faults().set(
            FaultScript::default().rule(Rule::on("POST", at.path(), Fault::Hang).after(after)),
        );
        let switchboard = Switchboard::builder()
            .without_calling_rules("no person is called in a test")
            .provider(sims.provider(at, None))
            .provider(sims.provider(at.other(), None))
            .timings(timings())
            .build()
            .unwrap();
        let id = switchboard.submit(&request(n)).await.unwrap().id;
        within("the request", sims.sim(at).wait_for_requests("POST", at.path(), 1)).await;
        if rang {
            within("the ring", sims.rings.wait_for_rings(before + 1)).await;
        }
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(61)).await;
        tokio::time::resume();
        let call = within("the end of the call", switchboard.wait(id)).await.unwrap();
        static SILENCE: Row = row(BOTH, Closes, UNKNOWN, Here);
        judge(&call, Play { row: &SILENCE, at, rings: rang, callee: n }, &sims).unwrap();
        assert_eq!(call.attempts[0].error.as_ref().unwrap().kind, ErrorKind::Timeout);
    }
    assert!(rings.duplicates().is_empty());
}

/// Closes the connection without having read anything. Whether the request's body had been asked
/// for by then is a race, and each side of it has its own answer: no byte left and the next
/// provider is asked, or nobody knows and nobody is.
#[tokio::test]
async fn a_door_that_closes_before_it_reads_is_never_taken_for_more_than_it_proves() {
    for (n, at) in Which::BOTH.into_iter().enumerate() {
        let (door, sims) = (ClosingDoor::open().await, Sims::start(setup(), setup()).await);
        let switchboard = Switchboard::builder()
            .without_calling_rules("no person is called in a test")
            .provider(sims.provider(at, Some(&door.url())))
            .provider(sims.provider(at.other(), None))
            .timings(timings())
            .build()
            .unwrap();
        let id = switchboard.submit(&request(n)).await.unwrap().id;
        let call = within("the end of the call", switchboard.wait(id)).await.unwrap();
        let there: Vec<_> =
            call.attempts.iter().filter(|one| one.provider.as_str() == at.id()).collect();
        let in_doubt = there.iter().filter(|one| one.delivery == Some(Delivery::Unknown)).count();
        let unsent = there.iter().filter(|one| one.delivery == Some(Delivery::NotSent)).count();
        assert_eq!(in_doubt + unsent, there.len(), "{:?}", call.attempts);
        let elsewhere = sims.posts(at.other());
        if in_doubt == 0 {
            assert_eq!((unsent, elsewhere, call.status), (3, 1, CallStatus::Closed));
        } else {
            assert_eq!((in_doubt, elsewhere, call.status), (1, 0, CallStatus::Indeterminate));
            assert!(unsent <= 2 && there.last().unwrap().delivery == Some(Delivery::Unknown));
        }
        assert!(door.connections() >= there.len());
        assert_eq!(sims.rings.len(), elsewhere);
    }
}

/// With nobody else to ask, a provider that said "too many" is asked again, and not before its
/// pause is over.
#[tokio::test]
async fn a_pause_is_kept_and_the_call_goes_on_after_it() {
    for (n, at) in Which::BOTH.into_iter().enumerate() {
        let sims = Sims::start(setup(), setup()).await;
        let too_many = Fault::answer(429, "rate_limited").with_header("Retry-After", "1");
        sims.sim(at)
            .faults()
            .set(FaultScript::default().rule(Rule::on("POST", at.path(), too_many).nth(1)));
        let switchboard = Switchboard::builder()
            .without_calling_rules("no person is called in a test")
            .provider(sims.provider(at, None))
            .timings(timings())
            .build()
            .unwrap();
        let id = switchboard.submit(&request(n)).await.unwrap().id;
        let call = within("the end of the call", switchboard.wait(id)).await.unwrap();
        let said: Vec<_> = call.attempts.iter().map(|one| one.delivery).collect();
        assert_eq!(said, [Some(TOO_MANY), Some(PLACED)]);
        let pause =
            call.attempts[1].sent_at.unwrap().duration_since(call.attempts[0].ended_at.unwrap());
        assert!(pause.as_millis() >= 990, "{pause:?}");
        assert_eq!((sims.posts(at), sims.rings.count(&callee(n))), (2, 1));
    }
}

/// KallyAI's 401: once more after one refresh, with the same key.
#[tokio::test]
async fn an_expired_token_is_renewed_once_and_the_key_stays() {
    let sims = Sims::start(setup(), setup()).await;
    let mut config = sims.kallyai_config();
    config.refresh_token = Some(sims.kallyai.refresh_token().into());
    sims.kallyai.expire_tokens();
    let switchboard = Switchboard::builder()
        .without_calling_rules("no person is called in a test")
        .provider(Arc::new(KallyAi::new(config, Arc::new(SystemClock)).unwrap()))
        .provider(sims.provider(Which::KaiCalls, None))
        .timings(timings())
        .build()
        .unwrap();
    let id = switchboard.submit(&request(0)).await.unwrap().id;
    let call = within("the end of the call", switchboard.wait(id)).await.unwrap();
    assert_eq!((call.status, call.attempts.len()), (CallStatus::Closed, 1));
    let placing: Vec<_> = sims
        .kallyai
        .requests()
        .into_iter()
        .filter(|one| one.method == "POST" && one.path == Which::KallyAi.path())
        .collect();
    let keys: Vec<_> = placing.iter().map(|one| one.header("idempotency-key").unwrap()).collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
    assert_eq!(sims.kallyai.posts_to("/v1/auth/refresh"), 1);
    assert_eq!((sims.rings.count(&callee(0)), sims.posts(Which::KaiCalls)), (1, 0));
}
