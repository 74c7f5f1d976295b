//! `switchboard plan`: which providers would be asked for a call, and why.

use std::{
    fs::File,
    io::{BufRead, BufReader, stdin},
    path::Path,
};

use jiff::Timestamp;
use switchboard::{
    CallRequest, Config, Plan, Policy, process_environment,
    router::{
        AuditTopic, ExperimentStates, Headroom, Reading, Snapshot, plan,
        quality::{Level, Measured, Measurements, Quality, QualitySettings},
    },
};
use uuid::Uuid;

use crate::{
    cli::{Common, PlanArgs},
    commands::quality,
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Failed, Output, hide, or_dash},
    request, rules_state, setup,
};

pub(crate) fn run(common: &Common, args: PlanArgs, output: Output) -> Outcome {
    let config = setup::read(common)?;
    let policy = config.policy()?;
    rules_state::note(&policy, &config.rule_tables()?, output);
    let base = args.json_request.json_request.as_deref().map(request::from_json).transpose()?;
    let base = base.unwrap_or_else(|| CallRequest::new("", "plan"));
    let base = base.with(|call| {
        let country = args.default_country.map(|country| country.as_str().to_owned());
        call.default_country = country.or(call.default_country.take());
        call.agent = args.agent.clone().or(call.agent.take());
        call.language = args.language.clone().or(call.language.take());
    });
    request::check_agent(&policy, &base)?;
    let data = read_ledger(common, args.ledger.as_deref(), config, policy.quality, output)?;
    let planner = Planner::new(policy, data);
    let request = |to: &str| base.clone().with(|call| to.clone_into(&mut call.to));
    let given = match args.to.as_slice() {
        [] if !base.to.is_empty() => std::slice::from_ref(&base.to),
        given => given,
    };
    match (&args.to_file, given) {
        (None, [only]) => {
            let plan = planner
                .plan(&request(only))
                .map_err(|error| request::by_option(error.into(), "plan"))?;
            if output.json {
                output.object(&plan);
            } else {
                show(&plan, output);
            }
            Ok(exit_of(&plan))
        }
        (file, given) => {
            let mut worst = Exit::Done;
            let mut each = |to: &str| {
                let exit = print_one_of_many(to, planner.plan(&request(to)), output);
                worst = worse(worst, exit);
            };
            given.iter().for_each(|to| each(to));
            if let Some(file) = file {
                read_lines(file, each)?;
            }
            Ok(worst)
        }
    }
}

/// What the ledger adds to a plan: measured quality and the state of experiments.
pub(crate) struct LedgerData {
    quality: Quality,
    experiments: ExperimentStates,
}

/// Reads the ledger. Without one, or if it cannot be read now, only the configuration counts.
fn read_ledger(
    common: &Common,
    file: Option<&Path>,
    config: Config,
    settings: QualitySettings,
    output: Output,
) -> Outcome<Option<LedgerData>> {
    let config = setup::with_ledger(config)
        .ok()
        .filter(|config| config.ledger_file().is_none_or(|file| file.exists()));
    if file.is_none() && config.is_none() {
        return Ok(None);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::local(format!("the runtime could not be started: {error}")))?;
    let read = runtime.block_on(async {
        let ledger = match (file, config) {
            (None, Some(config)) => config.open_ledger(process_environment).await?,
            (file, _) => Some(setup::ledger(common, file).await?.0),
        };
        let Some(ledger) = ledger else {
            return Ok(None);
        };
        let journal = ledger.journal();
        Ok::<_, Failure>(Some(LedgerData {
            quality: quality::measure(&*journal, settings, Timestamp::now(), None).await?,
            experiments: ExperimentStates::of(
                &journal.audit_entries(AuditTopic::Experiment, 0).await?,
            ),
        }))
    });
    match read {
        Err(failure) if file.is_none() => {
            output.note(format!(
                "the ledger cannot be read now, so the plan uses the configuration alone: {failure}"
            ));
            Ok(None)
        }
        read => read,
    }
}

/// The policy, with every provider as before its first call: healthy, with its whole rate limit
/// free.
pub(crate) struct Planner {
    policy: Policy,
    readings: Vec<Reading>,
    data: Option<LedgerData>,
    now: Timestamp,
}

impl Planner {
    /// With what the ledger adds, or without.
    pub(crate) fn new(policy: Policy, data: Option<LedgerData>) -> Self {
        let readings = policy.providers.iter().map(|one| Reading {
            headroom: one.limits.placing.map(|limit| Headroom {
                free: limit.requests,
                of: limit.requests,
                frees_at: None,
            }),
            ..Reading::default()
        });
        Self { readings: readings.collect(), policy, data, now: Timestamp::now() }
    }

    /// Who would be asked for a call.
    pub(crate) fn plan(&self, request: &CallRequest) -> switchboard::Result<Plan> {
        let call = self.policy.complete(request).validate(self.now)?;
        let snapshot = Snapshot {
            policy: &self.policy,
            readings: &self.readings,
            // A number always gets the same random draw.
            draw: Uuid::new_v5(&Uuid::NAMESPACE_OID, call.to.e164().as_bytes()).as_u64_pair().0,
            quality: self.data.as_ref().map(|data| &data.quality as &dyn Measurements),
            experiments: self.data.as_ref().map(|data| &data.experiments),
        };
        Ok(plan(&call, &snapshot, self.now))
    }
}

fn print_one_of_many(to: &str, plan: switchboard::Result<Plan>, output: Output) -> Exit {
    match plan {
        Ok(plan) => {
            let exit = exit_of(&plan);
            if output.json {
                output.object_line(&plan);
            } else {
                show(&plan, output);
            }
            exit
        }
        Err(error) => {
            let failure = Failure::from(error);
            if output.json {
                output.object_line(&Failed { to: Some(to), error: &failure });
            } else {
                output.line(format!("{}: {failure}", hide(to)));
            }
            failure.exit
        }
    }
}

/// Calls `each` for every line that is not blank.
fn read_lines(file: &Path, mut each: impl FnMut(&str)) -> Outcome<()> {
    let problem = |error: std::io::Error| {
        Failure::input("--to-file", format!("{} cannot be read: {error}", file.display()))
    };
    let reader: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(file).map_err(problem)?))
    };
    for line in reader.lines() {
        let line = line.map_err(problem)?;
        if !line.trim().is_empty() {
            each(line.trim());
        }
    }
    Ok(())
}

fn exit_of(plan: &Plan) -> Exit {
    if plan.candidates.is_empty() { Exit::NotPlaced } else { Exit::Done }
}

/// The more serious of two exit codes.
fn worse(one: Exit, other: Exit) -> Exit {
    let weight = |exit: Exit| match exit {
        Exit::Done => 0,
        Exit::NotPlaced => 1,
        Exit::BadInput => 2,
        Exit::Failed | Exit::NeedsApproval | Exit::Unknown | Exit::CallFailed => 3,
    };
    if weight(other) > weight(one) { other } else { one }
}

/// `180 of 214, 84.1 %`.
fn completed(measured: Option<Measured>) -> String {
    let rate = measured.filter(|measured| measured.level != Level::Nothing);
    or_dash(rate.and_then(|measured| {
        let share = quality::percent(measured.success_rate()?);
        Some(format!("{} of {}, {share}", measured.succeeded, measured.tried))
    }))
}

fn show(plan: &Plan, output: Output) {
    let route = plan.route.as_deref().unwrap_or("none: every provider may take it");
    output.line(format!(
        "{}  {} ({})  {}  route: {route}",
        plan.to,
        plan.country.name(),
        plan.country,
        plan.number_type
    ));
    if let Some(assigned) = &plan.experiment {
        output.line(format!("experiment {}: arm {}", assigned.experiment, assigned.arm));
    }
    output.line(plan.expectation());
    let candidates = plan.candidates.iter().enumerate().map(|(at, one)| {
        let headroom = one.headroom.map(|left| format!("{} of {}", left.free, left.of));
        vec![
            format!("{}", at + 1),
            one.provider.to_string(),
            or_dash(one.estimated_cost),
            completed(one.measured),
            or_dash(one.cost_per_success),
            or_dash(headroom),
            one.place(),
        ]
    });
    let rejected = plan.rejected.iter().map(|one| {
        let dash = || "-".to_owned();
        vec![
            dash(),
            one.provider.to_string(),
            dash(),
            completed(one.measured),
            dash(),
            dash(),
            format!("rejected: {}", one.rejection),
        ]
    });
    let mut header = vec![
        "rank",
        "provider",
        "expected cost",
        "completed",
        "cost per success",
        "headroom",
        "reason",
    ];
    let mut rows: Vec<Vec<String>> = candidates.chain(rejected).collect();
    // Without measurements, these two columns are empty.
    if plan.candidates.iter().all(|one| one.measured.is_none()) {
        header.drain(3..5);
        rows.iter_mut().for_each(|row| drop(row.drain(3..5)));
    }
    output.table(&header, rows);
    if plan.candidates.is_empty() {
        output.line("no provider can take this call");
    }
}
