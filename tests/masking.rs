//! What a program that logs everything shows of the people it calls and of its credentials:
//! nothing.
//!
//! Every target logs at TRACE while calls succeed, fail, are refused by providers that repeat the
//! number and the key in their answers, and come in by webhook. What was logged, and what `Debug`
//! and `Display` of everything in reach print, must hold no whole number and no credential. The
//! numbering library's own TRACE is left out, as the program leaves it out: it logs whole numbers.
//!
//! A program of its own: it installs the process's global subscriber, and whatever another test
//! logs would be read here as well.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    collections::BTreeSet,
    fmt::Debug,
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::future::join_all;
use jiff::Timestamp;
use switchboard::{
    CallRequest, Config, Error, IncomingWebhook, ProviderId, Switchboard, Timings,
    core::{CallFilter, PageRequest},
};
use switchboard_testkit::{
    SimConfig,
    calls::Outcome,
    fault::{After, Fault, FaultScript, Rule},
};
use switchboard_tests::{
    Receiver, Sims, Which, callee, config, dead::ClosedPort, request, wait::within,
};
use tracing_subscriber::{filter::filter_fn, fmt::MakeWriter, layer::SubscriberExt};

const WEBHOOK_SECRET: &str = "canary-webhook-secret-0123456789abcdef";
const CALLBACK: &str = "+16465550199";

/// Everything that was written, in memory.
#[derive(Debug, Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Paper {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Paper {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// What was printed, each with where it comes from.
#[derive(Debug, Default)]
struct Notes(Vec<(&'static str, String)>);

impl Notes {
    fn text(&mut self, place: &'static str, text: impl Into<String>) {
        self.0.push((place, text.into()));
    }

    fn debug(&mut self, place: &'static str, value: &dyn Debug) {
        self.text(place, format!("{value:?}"));
        self.text(place, format!("{value:#?}"));
    }

    fn error(&mut self, error: &Error) {
        self.debug("an error", error);
        self.text("an error", error.to_string());
    }
}

/// What must not be shown.
struct Canaries(Vec<(&'static str, String)>);

impl Canaries {
    fn of(sims: &Sims, callees: impl Iterator<Item = usize>) -> Self {
        let mut canaries = vec![
            ("KaiCalls' key", sims.kaicalls.credential().to_owned()),
            ("KallyAI's token", sims.kallyai.credential().to_owned()),
            ("KallyAI's refresh token", sims.kallyai.refresh_token().to_owned()),
            ("the webhook secret", WEBHOOK_SECRET.to_owned()),
            ("the number to ring back", CALLBACK[2..].to_owned()),
        ];
        // Without the plus and the country code: however it is written, it is the same phone.
        canaries.extend(callees.map(|n| ("a callee", callee(n)[2..].to_owned())));
        Self(canaries)
    }

    /// The lines that show one.
    fn shown_in(&self, notes: &Notes) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (place, text) in &notes.0 {
            for line in text.lines() {
                // Numbers that somebody laid out are numbers all the same.
                let joined: String = line.chars().filter(|c| c.is_alphanumeric()).collect();
                for (what, canary) in &self.0 {
                    let shown = [line, &joined]
                        .into_iter()
                        .find_map(|text| Some((text, text.find(canary.as_str())?)));
                    if let Some((text, at)) = shown {
                        let around: String =
                            text.chars().skip(at.saturating_sub(120)).take(200).collect();
                        found.insert(format!("{place} shows {what}: …{around}…"));
                    }
                }
            }
        }
        found
    }
}

/// The ordinary calls come to a talk, so that there is a summary, a transcript and a recording.
fn setup() -> SimConfig {
    SimConfig::default()
        .seed(0)
        .speed(1000.0)
        .outcome(callee(0), Outcome::Completed)
        .outcome(callee(1), Outcome::Completed)
}

/// A pause that a provider asks for is not waited for.
fn impatient() -> Timings {
    Timings { max_wait: Duration::from_millis(100), ..config::timings() }
}

/// A request with everything that must not be shown.
fn full(n: usize) -> CallRequest {
    let mut full = request(n);
    full.callback_number = Some(CALLBACK.to_owned());
    full
}

/// What each provider is made to do with the nth call, so that every way of failing is walked.
fn troubles(sims: &Sims, at: Which) -> Vec<(Fault, After)> {
    let secret = sims.sim(at).credential().to_owned();
    let echo = |n: usize| {
        format!(
            r#"{{"error":{{"code":"invalid_request","message":"cannot call {} with Bearer {secret}","details":{{"reason":"{}"}}}}}}"#,
            callee(n),
            callee(n)
        )
    };
    let base = base(at);
    // With something between the digits, in every place where a provider has a word of its own.
    let laid_out = |n: usize, between: &str| {
        callee(n)
            .trim_start_matches('+')
            .chars()
            .map(|c| format!("{c}{between}"))
            .collect::<String>()
    };
    let odd_code = |n: usize, between: &str| {
        let number = laid_out(n, between);
        format!(
            r#"{{"error":{{"code":"no_route:{number}","message":"cannot call <b>{}</b>","correlation_id":"trace_{number}"}}}}"#,
            laid_out(n, "</b><b>")
        )
    };
    let odd_call = |n: usize, between: &str| {
        let number = laid_out(n, between);
        format!(
            r#"{{"success":true,"call_id":"call_{number}","id":"call_{number}","status":"ringing {number}","agent_id":"{number}","summary":"{number}",
                "call":{{"id":"call_{number}","call_id":"call_{number}","status":"ringing {number}"}}}}"#
        )
    };
    vec![
        (Fault::raw(400, echo(base)), After::Nothing),
        (Fault::raw(401, echo(base + 1)), After::Nothing),
        (Fault::raw(500, echo(base + 2)), After::Ring),
        (Fault::raw(404, echo(base + 3)), After::Nothing),
        (Fault::raw(429, echo(base + 4)), After::Nothing),
        (Fault::raw(201, echo(base + 5)), After::Ring),
        (Fault::raw(201, format!("[\"{}\", \"{secret}\"]", callee(base + 6))), After::Ring),
        (Fault::Reset, After::Ring),
        (Fault::CutBody { sent: None }, After::Answer),
        (
            Fault::Redirect {
                status: 307,
                location: format!("https://elsewhere.invalid/{}?key={secret}", callee(base + 9)),
            },
            After::Nothing,
        ),
        (Fault::raw(400, odd_code(base + 10, ":")), After::Nothing),
        (Fault::raw(403, odd_code(base + 11, ".")), After::Nothing),
        (Fault::raw(201, odd_call(base + 12, "|")), After::Ring),
        (Fault::raw(201, odd_call(base + 13, "\u{b7}")), After::Ring),
        (Fault::raw(201, odd_call(base + 14, "~")), After::Ring),
    ]
}

/// From here on the troubles are answers with a call whose id the provider made up.
const MADE_UP: usize = 12;

const fn base(at: Which) -> usize {
    match at {
        Which::KallyAi => 100,
        Which::KaiCalls => 200,
    }
}

/// One call, followed to its end, and everything that can be printed of it. What a provider has
/// under an id that it made up has none.
async fn walk(switchboard: &Switchboard, request: &CallRequest, has_end: bool) -> Notes {
    let mut notes = Notes::default();
    let call = match switchboard.submit(request).await {
        Ok(call) if has_end => {
            within("the end of the call", switchboard.wait(call.id)).await.unwrap()
        }
        Ok(call) => {
            within("who has the call", switchboard.engine().decided(call.id)).await.unwrap()
        }
        Err(error) => {
            notes.error(&error);
            return notes;
        }
    };
    notes.debug("a call", &call);
    notes.text("a call's number", call.to.to_string());
    for attempt in &call.attempts {
        notes.text(
            "an attempt's error",
            attempt.error.as_ref().map_or("", |error| error.message.as_str()),
        );
        for evidence in &attempt.evidence {
            notes.text("an attempt's evidence", evidence.detail.as_str());
        }
    }
    notes.text("a call's fault", call.fault.as_ref().map_or("", |fault| fault.message.as_str()));
    match switchboard.engine().transcript(call.id).await {
        Ok(found) => notes.debug("a transcript", &found),
        Err(error) => notes.error(&error),
    }
    match switchboard.engine().recording(call.id).await {
        Ok(found) => notes.debug("a recording", &found),
        Err(error) => notes.error(&error),
    }
    if let Err(error) = switchboard.engine().stop(call.id).await {
        notes.error(&error);
    }
    notes
}

/// Calls that go well, calls that must not be made, webhooks that nobody sent, and everything that
/// a program holds.
async fn ordinary(sims: &Sims, switchboard: &Switchboard) -> Notes {
    let mut notes = Notes::default();
    for (n, at) in Which::BOTH.into_iter().enumerate() {
        let mut request = full(n);
        request.tags = vec![at.id().to_owned()];
        notes.debug("a request", &request);
        notes.debug("a plan", &switchboard.plan(&request).unwrap());
        notes.debug("a valid call", &request.validate(Timestamp::now()).unwrap());
        notes.0.extend(walk(switchboard, &request, true).await.0);
        assert_eq!(sims.rings.count(&callee(n)), 1);
    }
    for to in ["+442079460123x", "+19005550101", "+1911", "no number", "+12125550"] {
        notes.0.extend(walk(switchboard, &CallRequest::new(to, "Say hello."), true).await.0);
    }
    for body in [format!(r#"{{"event":"call.completed","to":"{}"}}"#, callee(2)), "{".to_owned()] {
        let webhook = IncomingWebhook {
            headers: vec![("authorization".to_owned(), format!("Bearer {WEBHOOK_SECRET}"))],
            body: body.into_bytes(),
            received_at: Timestamp::now(),
        };
        notes.debug("a webhook", &webhook);
        notes.error(
            &switchboard.engine().receive_webhook("kaicalls/nonsense", webhook).await.unwrap_err(),
        );
    }
    for which in Which::BOTH {
        let provider = switchboard.engine().provider(&ProviderId::new(which.id())).unwrap();
        let listed = provider
            .lists()
            .unwrap()
            .list(&CallFilter::default(), &PageRequest::default())
            .await
            .unwrap();
        notes.debug("a page of calls", &listed);
        notes.debug(
            "a provider's record",
            &provider.calls().get(&listed.items[0].id).await.unwrap(),
        );
        notes.debug("a provider", &provider);
    }
    notes.debug("the facade", switchboard);
    notes.debug("the router", switchboard.engine());
    notes.debug("the readings", &switchboard.engine().readings());
    notes
}

/// Everything that can go wrong, at each provider, all at once. Each call has a router of its own,
/// so that a doubt or a pause left by one does not spare the next its trouble.
async fn trouble(sims: &Sims) -> Notes {
    let mut walks = Vec::new();
    for at in Which::BOTH {
        let mut script = FaultScript::default();
        for (n, (fault, after)) in troubles(sims, at).into_iter().enumerate() {
            let n = base(at) + n;
            script = script.rule(Rule::on("POST", at.path(), fault).to(callee(n)).after(after));
            let switchboard =
                config::start(config::router(sims).adjust(|policy| policy.timings = impatient()));
            let mut request = full(n);
            request.tags = vec![at.id().to_owned()];
            walks.push((switchboard, request, n < base(at) + MADE_UP));
        }
        sims.sim(at).faults().set(script);
        let port = ClosedPort::new();
        let away = Switchboard::builder()
            .without_calling_rules("no person is called in a test")
            .provider(sims.provider(at, Some(&port.url())))
            .timings(impatient());
        walks.push((away.build().unwrap(), full(base(at) + 15), true));
    }
    let fired = |at: Which| usize::try_from(sims.sim(at).faults().fired()).unwrap();
    let notes = join_all(
        walks.iter().map(|(switchboard, request, has_end)| walk(switchboard, request, *has_end)),
    )
    .await;
    for at in Which::BOTH {
        assert!(fired(at) >= troubles(sims, at).len(), "{} troubles at {}", fired(at), at.id());
    }
    Notes(notes.into_iter().flat_map(|notes| notes.0).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_and_printed_values_show_no_number_and_no_credential() {
    let paper = Paper::default();
    let layer = tracing_subscriber::fmt::layer().with_writer(paper.clone()).with_ansi(false);
    let silent = filter_fn(|metadata| !metadata.target().starts_with("rlibphonenumber"));
    tracing::subscriber::set_global_default(
        tracing_subscriber::registry().with(silent).with(layer),
    )
    .unwrap();

    let sims = Sims::start(setup(), setup()).await;
    let receiver = Receiver::listen().await;
    let builder = config::router(&sims).webhooks(config::webhooks(receiver.url(), WEBHOOK_SECRET));
    let mut notes = Notes::default();
    notes.debug("the router's builder", &builder);
    notes.debug("the configuration", &Config::from_toml(&config::text(&sims)).unwrap());
    let switchboard = config::start(builder);
    receiver.serve(switchboard.engine());
    let mut events = switchboard.engine().events();
    notes.0.extend(ordinary(&sims, &switchboard).await.0);
    notes.0.extend(trouble(&sims).await.0);
    let mut told = 0;
    while let Ok(progress) = events.try_recv() {
        told += 1;
        notes.text("an event", progress.to_string());
        notes.text("an event", format!("{progress:?}"));
    }
    assert!(told >= 6, "{told} events");
    let log = paper.text();
    let lines = |word: &str| log.lines().filter(|line| line.contains(word)).count();
    assert!(
        lines("switchboard_engine") > 20 && lines("TRACE") > 20,
        "the log is on: {} lines",
        log.lines().count()
    );
    notes.text("the log", log);

    assert!(notes.0.len() > 200, "{} things were printed", notes.0.len());
    let shown = Canaries::of(&sims, (0..300).filter(|n| n % 100 < 20)).shown_in(&notes);
    let list: Vec<String> = shown.into_iter().collect();
    assert!(list.is_empty(), "{}", list.join("\n"));
}
