//! Every failure that a placing request can meet at the platforms of voice agents, through the
//! router, with the real backends over their simulators and KallyAI behind each of them.
//!
//! As in `failures`, each row says what the provider does, what that proves, and where the call ends.
//! Where the failure proves no silence, it is played with a provider that did nothing and with one
//! that rang the phone first. A provider that documents what a repeat under the same key does gets one
//! repeat: a request that never arrived places the call then, and one that did is found.

use std::time::Duration;

use futures::{StreamExt, stream};
use switchboard::{Call, CallStatus, Delivery, Switchboard, Timings, core::Refusal};
use switchboard_testkit::{
    RingLedger, SimConfig, SimKallyAi, Simulator,
    fault::{After, Fault, FaultScript, Rule},
};
use switchboard_tests::{Platform, Sims, Which, callee, dead::ClosedPort, request, wait::within};

use self::{
    Ends::{Elsewhere, Here, Nowhere},
    Failure::{
        Closes, ConnectionRefused, CutBody, EmptyBody, HugeBody, MissingId, NotJson, Redirects,
        Resets, Says, Words,
    },
};

/// What the platform does with the first placing request.
#[derive(Debug, Clone, Copy)]
enum Failure {
    ConnectionRefused,
    Closes,
    Resets,
    /// It answers with this status and error code.
    Says(u16, &'static str),
    /// It answers with this status and body.
    Words(u16, &'static str),
    Redirects(u16),
    CutBody,
    NotJson,
    HugeBody,
    MissingId,
    EmptyBody,
}

/// Where the call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// At the other provider.
    Elsewhere,
    /// At the platform: nobody else is asked, whatever becomes of it.
    Here,
    /// Nowhere: nobody may place it.
    Nowhere,
}

type Row = (&'static [Platform], Failure, Delivery, Ends);

const ALL: &[Platform] = &Platform::ALL;
const RETELL: &[Platform] = &[Platform::Retell];
const CALLE: &[Platform] = &[Platform::CallE];
const TELNYX: &[Platform] = &[Platform::Telnyx];
const VAPI: &[Platform] = &[Platform::Vapi];

const NOT_SENT: Delivery = Delivery::NotSent;
const REFUSED: Delivery = Delivery::Refused(Refusal::ThisProvider);
const TOO_MANY: Delivery = Delivery::Refused(Refusal::RateLimited);
const QUOTA: Delivery = Delivery::Refused(Refusal::Quota);
const EVERYONE: Delivery = Delivery::Refused(Refusal::Everyone);
const PLACED: Delivery = Delivery::Placed;
const UNKNOWN: Delivery = Delivery::Unknown;

/// Telnyx points to the field that it refuses.
const OUR_FIELD: &str =
    r#"{"errors":[{"code":"10015","title":"No","source":{"pointer":"/assistant/id"}}]}"#;
const THE_CALLEE: &str = r#"{"errors":[{"code":"10016","title":"No","source":{"pointer":"/to"}}]}"#;
const VAPI_SAYS_NO: &str = r#"{"message":["Something is wrong"],"error":"x","statusCode":400}"#;
const RETELL_SAYS_NO: &str = r#"{"status":"error","message":"Something is wrong"}"#;

#[rustfmt::skip]
const TABLE: &[Row] = &[
    // at     the provider                                       proves    the call ends
    (ALL,    ConnectionRefused,                                  NOT_SENT, Elsewhere),
    (ALL,    Closes,                                             UNKNOWN,  Here),
    (ALL,    Resets,                                             UNKNOWN,  Here),
    (ALL,    Redirects(302),                                     REFUSED,  Elsewhere),
    (ALL,    Redirects(307),                                     REFUSED,  Elsewhere),
    (ALL,    CutBody,                                            PLACED,   Here),
    (ALL,    NotJson,                                            PLACED,   Here),
    (ALL,    HugeBody,                                           PLACED,   Here),
    (ALL,    MissingId,                                          PLACED,   Here),
    (ALL,    EmptyBody,                                          PLACED,   Here),
    (ALL,    Words(408, ""),                                     UNKNOWN,  Here),
    (ALL,    Words(409, ""),                                     UNKNOWN,  Here),
    (ALL,    Words(410, ""),                                     UNKNOWN,  Here),
    (ALL,    Words(418, ""),                                     UNKNOWN,  Here),
    (ALL,    Words(425, ""),                                     UNKNOWN,  Here),
    (ALL,    Words(500, ""),                                     UNKNOWN,  Here),
    (ALL,    Words(502, "<html>Bad gateway</html>"),             UNKNOWN,  Here),
    (ALL,    Words(503, ""),                                     UNKNOWN,  Here),
    (ALL,    Words(504, ""),                                     UNKNOWN,  Here),
    (ALL,    Words(599, ""),                                     UNKNOWN,  Here),
    (ALL,    Words(401, ""),                                     REFUSED,  Elsewhere),
    (ALL,    Words(404, ""),                                     REFUSED,  Elsewhere),
    (ALL,    Words(405, ""),                                     REFUSED,  Elsewhere),
    (ALL,    Words(429, ""),                                     TOO_MANY, Elsewhere),
    // Retell: statuses without codes.
    (RETELL, Words(400, RETELL_SAYS_NO),                         EVERYONE, Nowhere),
    (RETELL, Words(401, RETELL_SAYS_NO),                         REFUSED,  Elsewhere),
    (RETELL, Words(402, RETELL_SAYS_NO),                         QUOTA,    Nowhere),
    (RETELL, Words(422, RETELL_SAYS_NO),                         REFUSED,  Elsewhere),
    (RETELL, Words(429, RETELL_SAYS_NO),                         TOO_MANY, Elsewhere),
    (RETELL, Words(403, RETELL_SAYS_NO),                         UNKNOWN,  Here),
    // CALL-E: a code for every refusal.
    (CALLE,  Says(403, "recipient_blocked"),                     EVERYONE, Nowhere),
    (CALLE,  Says(422, "policy_violation"),                      EVERYONE, Nowhere),
    (CALLE,  Says(422, "invalid_phone"),                         EVERYONE, Nowhere),
    (CALLE,  Says(422, "invalid_recipient"),                     EVERYONE, Nowhere),
    (CALLE,  Says(400, "no_recipients"),                         EVERYONE, Nowhere),
    (CALLE,  Says(400, "invalid_request"),                       EVERYONE, Nowhere),
    (CALLE,  Says(422, "input_incomplete"),                      EVERYONE, Nowhere),
    (CALLE,  Says(422, "result_schema_invalid"),                 REFUSED,  Elsewhere),
    (CALLE,  Says(422, "unsupported_region"),                    REFUSED,  Elsewhere),
    (CALLE,  Says(422, "unsupported_language"),                  REFUSED,  Elsewhere),
    (CALLE,  Says(401, "unauthorized"),                          REFUSED,  Elsewhere),
    (CALLE,  Says(403, "forbidden"),                             REFUSED,  Elsewhere),
    (CALLE,  Says(402, "insufficient_balance"),                  QUOTA,    Nowhere),
    (CALLE,  Says(429, "llm_token_budget_exceeded"),             QUOTA,    Nowhere),
    (CALLE,  Says(429, "rate_limit_exceeded"),                   TOO_MANY, Elsewhere),
    (CALLE,  Says(429, "account_concurrency_exceeded"),          TOO_MANY, Elsewhere),
    (CALLE,  Says(409, "idempotency_conflict"),                  UNKNOWN,  Here),
    (CALLE,  Says(500, "internal_error"),                        UNKNOWN,  Here),
    (CALLE,  Says(503, "provider_unavailable"),                  UNKNOWN,  Here),
    (CALLE,  Says(503, "account_concurrency_unavailable"),       UNKNOWN,  Here),
    (CALLE,  Says(503, "llm_token_budget_unavailable"),          UNKNOWN,  Here),
    (CALLE,  Says(422, "something_new"),                         UNKNOWN,  Here),
    // Telnyx: numbers as codes, and the field that is meant.
    (TELNYX, Words(422, THE_CALLEE),                             EVERYONE, Nowhere),
    (TELNYX, Words(400, THE_CALLEE),                             EVERYONE, Nowhere),
    (TELNYX, Says(422, "10015"),                                 EVERYONE, Nowhere),
    (TELNYX, Words(422, OUR_FIELD),                              REFUSED,  Elsewhere),
    (TELNYX, Says(401, "10009"),                                 REFUSED,  Elsewhere),
    (TELNYX, Says(402, "20100"),                                 QUOTA,    Nowhere),
    (TELNYX, Says(403, "10010"),                                 REFUSED,  Elsewhere),
    (TELNYX, Says(404, "10005"),                                 REFUSED,  Elsewhere),
    (TELNYX, Says(429, "10011"),                                 TOO_MANY, Elsewhere),
    (TELNYX, Says(429, "90103"),                                 TOO_MANY, Elsewhere),
    (TELNYX, Says(500, "10007"),                                 UNKNOWN,  Here),
    (TELNYX, Says(503, "10008"),                                 UNKNOWN,  Here),
    // Vapi: statuses without codes.
    (VAPI,   Words(400, VAPI_SAYS_NO),                           EVERYONE, Nowhere),
    (VAPI,   Words(401, VAPI_SAYS_NO),                           REFUSED,  Elsewhere),
    (VAPI,   Words(402, VAPI_SAYS_NO),                           QUOTA,    Nowhere),
    (VAPI,   Words(403, VAPI_SAYS_NO),                           REFUSED,  Elsewhere),
    (VAPI,   Words(404, VAPI_SAYS_NO),                           REFUSED,  Elsewhere),
    (VAPI,   Words(429, VAPI_SAYS_NO),                           TOO_MANY, Elsewhere),
    (VAPI,   Words(422, VAPI_SAYS_NO),                           UNKNOWN,  Here),
    (VAPI,   Words(500, VAPI_SAYS_NO),                           UNKNOWN,  Here),
    (VAPI,   Words(524, ""),                                     UNKNOWN,  Here),
];

/// One row at one platform.
#[derive(Clone, Copy)]
struct Play {
    at: Platform,
    failure: Failure,
    delivery: Delivery,
    ends: Ends,
    /// The phone rings before the provider fails.
    rang: bool,
    callee: usize,
}

fn plays() -> Vec<Play> {
    let mut plays = Vec::new();
    for (platforms, failure, delivery, ends) in TABLE {
        for at in *platforms {
            for rang in [false, true] {
                if !rang || !delivery.proves_no_ring() {
                    let (failure, delivery, ends) = (*failure, *delivery, *ends);
                    let callee = plays.len();
                    plays.push(Play { at: *at, failure, delivery, ends, rang, callee });
                }
            }
        }
    }
    plays
}

impl Play {
    fn rule(self, sim: &Simulator) -> Option<Rule> {
        let spoils_answer = After::Answer;
        let (fault, after) = match self.failure {
            ConnectionRefused => return None,
            Closes => (Fault::Close, After::Ring),
            Resets => (Fault::Reset, After::Ring),
            Says(status, code) => (Fault::answer(status, code), After::Ring),
            Words(status, body) => (Fault::raw(status, body), After::Ring),
            Redirects(status) => {
                let location = format!("{}{}", sim.url(), self.at.path());
                (Fault::Redirect { status, location }, After::Ring)
            }
            CutBody => (Fault::CutBody { sent: None }, spoils_answer),
            NotJson => (Fault::NotJson, spoils_answer),
            HugeBody => (Fault::HugeBody { bytes: (1 << 20) + 1 }, spoils_answer),
            MissingId => (Fault::MissingId, spoils_answer),
            EmptyBody => (Fault::EmptyBody, spoils_answer),
        };
        let after = if self.rang { after } else { After::Nothing };
        Some(Rule::on("POST", self.at.path(), fault).nth(1).after(after))
    }

    /// Whether the phone rings in the end. A request that never arrived places the call when it is
    /// repeated under its key; a success that cannot be read is not repeated.
    fn rings(self) -> bool {
        let repeated = self.delivery == UNKNOWN && self.at.repeats();
        self.rang || repeated || self.ends == Elsewhere
    }
}

fn setup() -> SimConfig {
    SimConfig::default().seed(0).speed(2000.0).limits(10_000, 10_000).concurrency(1000)
}

/// Short where only waiting would be longer.
fn timings() -> Timings {
    Timings {
        poll_every: Duration::from_millis(50),
        reconcile_for: Duration::ZERO,
        max_wait: Duration::from_secs(5),
        ..Timings::default()
    }
}

async fn play(play: Play, rings: RingLedger) -> Result<(), String> {
    let sim = play.at.start(&rings, setup()).await;
    let behind = Sims::on(rings.clone(), setup(), setup()).await;
    let closed = matches!(play.failure, ConnectionRefused).then(ClosedPort::new);
    if let Some(rule) = play.rule(&sim) {
        sim.faults().set(FaultScript::default().rule(rule));
    }
    let switchboard = Switchboard::builder()
        .without_calling_rules("no person is called in a test")
        .provider(play.at.provider(&sim, closed.as_ref().map(ClosedPort::url).as_deref()))
        .provider(behind.provider(Which::KallyAi, None))
        .timings(timings())
        .build()
        .unwrap();
    let id = switchboard.submit(&request(play.callee)).await.unwrap().id;
    let call = within("the end of the call", switchboard.wait(id)).await.unwrap();
    let elsewhere = posts(&behind.kallyai);
    let rang = rings.count(&callee(play.callee));
    judge(&call, play, elsewhere, rang)
}

fn posts(kallyai: &SimKallyAi) -> usize {
    kallyai.posts_to(Which::KallyAi.path())
}

/// Holds what the router says, and what the simulators saw, against the row.
fn judge(call: &Call, play: Play, elsewhere: usize, rang: usize) -> Result<(), String> {
    let Play { at, failure, delivery, ends, .. } = play;
    let status = match (ends, delivery, play.rings()) {
        // CALL-E has no list, and what was placed is not repeated: a webhook or a person tells.
        (Here, PLACED, _) if !at.lists() => CallStatus::Stalled,
        (Elsewhere, ..) | (Here, _, true) => CallStatus::Closed,
        (Here, PLACED, false) => CallStatus::Stalled,
        (Here, _, false) => CallStatus::Indeterminate,
        (Nowhere, ..) => CallStatus::Refused,
    };
    let first = call.attempts.first();
    let last = call.attempts.last().map(|one| one.provider.as_str());
    let wanted = if ends == Elsewhere { Which::KallyAi.id() } else { at.id() };
    let mut wrong = Vec::new();
    let mut same = |what: &str, found: String, expected: String| {
        if found != expected {
            wrong.push(format!("{what}: {found}, expected {expected}"));
        }
    };
    same(
        "first",
        format!("{:?}", first.map(|one| one.provider.as_str())),
        format!("{:?}", Some(at.id())),
    );
    // A repeat of the key may have settled what the first request left open.
    if delivery.proves_no_ring() || delivery == PLACED {
        same(
            "proves",
            format!("{:?}", first.and_then(|one| one.delivery)),
            format!("{:?}", Some(delivery)),
        );
    }
    same("last", format!("{last:?}"), format!("{:?}", Some(wanted)));
    same("status", call.status.to_string(), status.to_string());
    same("POSTs elsewhere", elsewhere.to_string(), usize::from(ends == Elsewhere).to_string());
    same("rings", rang.to_string(), usize::from(play.rings()).to_string());
    if wrong.is_empty() {
        return Ok(());
    }
    let errors: Vec<_> = call
        .attempts
        .iter()
        .filter_map(|one| one.error.as_ref())
        .map(|error| &error.message)
        .collect();
    let when = if play.rang { " after a ring" } else { "" };
    Err(format!("{failure:?} at {}{when}: {} ({errors:?})", at.id(), wrong.join("; ")))
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
    assert_eq!(rings.len(), plays.iter().filter(|play| play.rings()).count());
}
