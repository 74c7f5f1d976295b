//! Runs many loops, some concurrently, because a loop mostly waits.

use std::{collections::BTreeSet, fmt::Write, path::Path, time::Duration};

use futures::{StreamExt, future::join_all, stream};
use serde::Serialize;
use serde_json::Value;
use switchboard_testkit::PostgresServer;
use tokio::time::{sleep, sleep_until, timeout};

use crate::{
    kill::{Books, Facts, Fault, Judged, Plan, RowKind, Stage, faults, judge, program, replica},
    loops::{
        LoopOptions,
        people::{self, OptOuts, PeopleJudged},
    },
};

/// The totals of all loops.
#[derive(Debug, Default, Serialize)]
pub struct Totals {
    /// Completed loops.
    pub loops: u32,
    /// Calls in the ledgers.
    pub calls: usize,
    /// Processes killed.
    pub kills: u32,
    /// Processes paused and continued.
    pub pauses: u32,
    /// Rings that were not requested.
    pub duplicate_rings: usize,
    /// Calls that are missing, never finish, or contradict the ledger.
    pub lost_calls: usize,
    /// Rings that the calling rules did not allow.
    pub against_rules: usize,
    /// People whose phone rang as often as it may.
    pub at_limit: usize,
    /// Phones that rang.
    #[serde(skip)]
    pub rings: usize,
    /// Calls of which a restarted process did not know whether they were sent.
    #[serde(skip)]
    pub doubted: usize,
    /// Calls whose result is still unknown at the end.
    #[serde(skip)]
    pub indeterminate: usize,
    /// Calls that an operator resolved.
    #[serde(skip)]
    pub resolved: u32,
    /// How often a process failed by itself and was restarted.
    #[serde(skip)]
    pub failures: u32,
    /// Loops with a violation.
    #[serde(skip)]
    pub bad_loops: u32,
    /// PostgreSQL is not installed, so nothing was run.
    #[serde(skip)]
    pub skipped: bool,
}

/// Runs all loops. `tell` gets the report of each loop with a violation, whose directory is kept.
/// Numbers in it are masked.
///
/// # Panics
/// If a loop cannot be set up.
pub async fn run(options: &LoopOptions, mut tell: impl FnMut(String)) -> Totals {
    let mut totals = Totals::default();
    let server =
        match options.postgres.then(|| PostgresServer::start("-c max_connections=500").unwrap()) {
            Some(None) => {
                totals.skipped = true;
                return totals;
            }
            Some(server) => server,
            None => None,
        };
    let parent = tempfile::Builder::new().prefix("switchboard-kill-").tempdir().unwrap();
    let program = options.program.clone().unwrap_or_else(program::built);
    let program = program::kept(&program, parent.path());
    let numbers = options.first..options.first.saturating_add(options.loops);
    let mut loops = stream::iter(numbers)
        .map(|number| one(options, number, parent.path(), &program, server.as_ref()))
        .buffer_unordered(options.at_once.max(1));
    while let Some(ended) = loops.next().await {
        totals.add(&ended);
        if let Some(report) = ended.report {
            tell(report);
        }
    }
    drop(loops);
    if totals.bad_loops > 0 {
        let _ = parent.keep();
    }
    totals
}

impl Totals {
    /// True if no phone rang twice or against the rules, and no call was lost.
    pub fn is_good(&self) -> bool {
        let Self { bad_loops, duplicate_rings, lost_calls, against_rules, .. } = self;
        *bad_loops == 0 && duplicate_rings + lost_calls + against_rules == 0
    }

    fn add(&mut self, ended: &Ended) {
        self.loops += 1;
        self.calls += ended.calls;
        self.rings += ended.rings;
        self.kills += ended.kills;
        self.pauses += ended.pauses;
        self.failures += ended.failures;
        self.resolved += ended.resolved;
        self.duplicate_rings += ended.judged.duplicate_rings;
        self.lost_calls += ended.judged.lost_calls;
        self.against_rules += ended.people.against_rules;
        self.at_limit += ended.people.at_limit;
        self.doubted += ended.judged.doubted;
        self.indeterminate += ended.judged.indeterminate;
        self.bad_loops += u32::from(ended.report.is_some());
    }
}

#[derive(Debug, Default)]
struct Ended {
    calls: usize,
    rings: usize,
    kills: u32,
    pauses: u32,
    failures: u32,
    resolved: u32,
    judged: Judged,
    people: PeopleJudged,
    report: Option<String>,
}

async fn one(
    options: &LoopOptions,
    number: u32,
    parent: &Path,
    program: &Path,
    server: Option<&PostgresServer>,
) -> Ended {
    let plan = Plan::draw(options.seed, number, options.providers, options.pause);
    let books = server.map_or(Books::Sqlite, |server| Books::Postgres(server.database().unwrap()));
    let stage = Stage::set(parent, number, program, books, options.providers, &plan).await;
    let processes = plan.replicas.iter().enumerate();
    let courses = join_all(processes.map(|(n, strikes)| replica::run(&stage, n, strikes.clone())));
    let (mut courses, opt_outs) = tokio::join!(courses, opt_outs(&stage, &plan));
    // A call that an operator resolved just after its batch gave it up is followed by the next
    // process.
    if plan.once_more || courses.iter().any(|course| course.resolved > 0) {
        courses.push(replica::run(&stage, 0, [].into()).await);
    }
    // Requests of a killed process may still be in flight.
    if let Some(struck) = courses.iter().filter_map(|course| course.struck).max() {
        sleep_until(struck + faults::quiet_after()).await;
    } else if plan.faults.iter().any(|script| !script.rules.is_empty()) {
        sleep(faults::quiet_after()).await;
    }
    let mut problems: Vec<String> =
        courses.iter_mut().filter_map(|course| course.broken.take()).collect();
    let mut facts = facts(&stage, &plan, &mut problems).await;
    let people = people::judge(&opt_outs, &facts.rings, &facts.calls);
    let (calls, rings) = (facts.calls.len(), facts.rings.len());
    // The others are called once.
    facts.calls.retain(|call| !people::is_person(call.to.e164()));
    facts.rings.retain(|ring| !people::is_person(&ring.to));
    facts.rejected.retain(|to| !people::is_person(to));
    let judged = judge(&facts);
    problems.extend(people.faults.iter().map(|(to, what)| format!("{} {what}", masked(to))));
    let mut ended = Ended {
        calls,
        rings,
        kills: courses.iter().map(|course| course.kills).sum(),
        pauses: courses.iter().map(|course| course.pauses).sum(),
        failures: courses.iter().map(|course| course.failures).sum(),
        resolved: courses.iter().map(|course| course.resolved).sum(),
        judged,
        people,
        report: None,
    };
    if !problems.is_empty() && ended.judged.faults.is_empty() && ended.people.faults.is_empty() {
        // A damaged ledger, or a process that hangs or fails, counts as a lost call.
        ended.judged.lost_calls += 1;
    }
    if !(problems.is_empty() && ended.judged.faults.is_empty()) {
        let report =
            report(options, number, &plan, &stage, &facts, &ended.judged.faults, &problems).await;
        ended.report = Some(format!("{report}  kept in {}\n", stage.keep().display()));
    }
    ended
}

/// Records the opt-outs of the plan.
async fn opt_outs(stage: &Stage, plan: &Plan) -> OptOuts {
    let mut opt_outs = OptOuts::new();
    for (nth, (rings, later)) in plan.opt_outs.iter().enumerate() {
        let rung = async {
            while stage.ring_count() < *rings {
                sleep(Duration::from_millis(5)).await;
            }
        };
        // There may be no ring for long.
        let _ = timeout(Duration::from_secs(4), rung).await;
        sleep(*later).await;
        let ledger = stage.ledger().await;
        opt_outs.extend(people::opt_out(&ledger.journal(), nth).await);
    }
    opt_outs
}

async fn facts(stage: &Stage, plan: &Plan, problems: &mut Vec<String>) -> Facts {
    match stage
        .ask(&["ledger", "check", "--json"])
        .await
        .map(|text| serde_json::from_str::<Value>(&text))
    {
        Ok(Ok(check)) if check["problems"].as_array().is_some_and(Vec::is_empty) => {}
        Ok(check) => problems.push(format!("switchboard ledger check: {check:?}")),
        Err(problem) => problems.push(problem),
    }
    let calls = stage.calls().await.unwrap_or_else(|problem| {
        problems.push(problem);
        Vec::new()
    });
    Facts {
        rows: plan.rows.clone(),
        rings: stage.rings(),
        calls,
        rejected: (0..plan.replicas.len()).flat_map(|n| rejected(&stage.rejected(n))).collect(),
    }
}

/// The phone numbers in a table of rejected rows, if there is one.
fn rejected(table: &Path) -> BTreeSet<String> {
    let Ok(mut table) = csv::Reader::from_path(table) else {
        return BTreeSet::new();
    };
    let rows = table.records().map(Result::unwrap);
    rows.filter_map(|row| row.get(0).map(str::to_owned)).collect()
}

async fn report(
    options: &LoopOptions,
    number: u32,
    plan: &Plan,
    stage: &Stage,
    facts: &Facts,
    faults: &[Fault],
    problems: &[String],
) -> String {
    let mut report = format!("{}\n", options.again(number));
    let good = plan.rows.iter().filter(|row| row.kind == RowKind::Good).count();
    let _ = writeln!(
        report,
        "  {} rows, {good} of them good; strikes {:?}",
        plan.rows.len(),
        plan.replicas
    );
    for (kind, script) in options.providers.iter().zip(&plan.faults) {
        let _ = writeln!(report, "  {}: {}", kind.id(), faults::told(script));
    }
    for problem in problems {
        let _ = writeln!(report, "  {problem}");
    }
    for fault in faults {
        let _ = writeln!(report, "  {} {}", masked(&fault.to), fault.what);
        for ring in facts.rings.iter().filter(|ring| ring.to == fault.to) {
            let key = ring.idempotency_key.as_deref().unwrap_or("no key");
            let _ =
                writeln!(report, "    ring {} {} {} {key}", ring.at, ring.provider, ring.call_id);
        }
        if let Some(call) = fault.call {
            let shown = stage
                .ask(&["calls", "show", &call.to_string()])
                .await
                .unwrap_or_else(|problem| problem);
            for line in shown.lines() {
                let _ = writeln!(report, "    {line}");
            }
        }
    }
    for replica in 0..plan.replicas.len() {
        report.push_str(&stage.last_words(replica));
    }
    report
}

/// The number with only its last two digits.
fn masked(number: &str) -> String {
    let from = number.char_indices().rev().nth(1).map_or(0, |(at, _)| at);
    format!("...{}", &number[from..])
}
