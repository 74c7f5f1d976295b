//! `switchboard plan`: who would take a call, and why.

use std::{
    fs::File,
    io::{BufRead, BufReader, stdin},
    path::Path,
};

use jiff::Timestamp;
use switchboard::{
    CallRequest, LaneSettings, Plan, Policy,
    router::{Headroom, Reading, Snapshot, plan},
};
use uuid::Uuid;

use crate::{
    cli::{Common, PlanArgs},
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Failed, Output, hide, or_dash},
    setup,
};

pub(crate) fn run(common: &Common, args: PlanArgs, output: Output) -> Outcome {
    let planner = Planner::new(setup::read(common)?.policy()?);
    let request = |to: &str| CallRequest {
        agent: args.agent.clone(),
        language: args.language.clone(),
        // A plan asks for no task, and a request cannot be without one.
        ..CallRequest::new(to, "plan")
    };
    match (&args.to_file, args.to.as_slice()) {
        (None, [only]) => {
            let plan = planner.plan(&request(only))?;
            if output.json {
                output.object(&plan);
            } else {
                show(&plan, output);
            }
            Ok(verdict(&plan))
        }
        (file, given) => {
            let mut worst = Exit::Done;
            let mut each = |to: &str| {
                let exit = one_of_many(to, planner.plan(&request(to)), output);
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

/// The policy with every provider as it is before its first call: healthy, and its limit free.
struct Planner {
    policy: Policy,
    readings: Vec<Reading>,
    now: Timestamp,
}

impl Planner {
    fn new(policy: Policy) -> Self {
        let readings = policy.providers.iter().map(|one| {
            let limit = LaneSettings::documented(&one.info).place_limit;
            Reading {
                headroom: limit.map(|limit| Headroom {
                    free: limit.requests,
                    of: limit.requests,
                    frees_at: None,
                }),
                ..Reading::default()
            }
        });
        Self {
            readings: readings.collect(),
            policy,
            now: Timestamp::now(),
        }
    }

    fn plan(&self, request: &CallRequest) -> switchboard::Result<Plan> {
        let call = request.validate(self.now)?;
        let snapshot = Snapshot {
            policy: &self.policy,
            readings: &self.readings,
            // The same number is shown the same draw each time.
            draw: Uuid::new_v5(&Uuid::NAMESPACE_OID, call.to.e164().as_bytes()).as_u64_pair().0,
        };
        Ok(plan(&call, &snapshot, self.now))
    }
}

fn one_of_many(to: &str, made: switchboard::Result<Plan>, output: Output) -> Exit {
    match made {
        Ok(plan) => {
            let exit = verdict(&plan);
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
                output.object_line(&Failed {
                    to: Some(to),
                    error: &failure,
                });
            } else {
                output.line(format!("{}: {failure}", hide(to)));
            }
            failure.exit
        }
    }
}

/// Calls `each` for every line that holds anything.
fn read_lines(file: &Path, mut each: impl FnMut(&str)) -> Outcome<()> {
    let problem = |error: std::io::Error| Failure::input("--to-file", format!("{} cannot be read: {error}", file.display()));
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

fn verdict(plan: &Plan) -> Exit {
    if plan.candidates.is_empty() {
        Exit::NobodyTakesIt
    } else {
        Exit::Done
    }
}

/// What is wrong with a request weighs more than that nobody takes it.
fn worse(one: Exit, other: Exit) -> Exit {
    let weight = |exit: Exit| match exit {
        Exit::Done => 0,
        Exit::NobodyTakesIt => 1,
        Exit::BadInput => 2,
        Exit::Failed | Exit::NeedsApproval | Exit::Unknown => 3,
    };
    if weight(other) > weight(one) { other } else { one }
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
    let candidates = plan.candidates.iter().enumerate().map(|(at, one)| {
        let headroom = one.headroom.map(|left| format!("{} of {}", left.free, left.of));
        vec![
            format!("{}", at + 1),
            one.provider.to_string(),
            or_dash(one.estimated_cost),
            or_dash(headroom),
            one.to_string(),
        ]
    });
    let rejected = plan.rejected.iter().map(|one| {
        vec![
            "-".to_owned(),
            one.provider.to_string(),
            "-".to_owned(),
            "-".to_owned(),
            format!("not: {}", one.rejection),
        ]
    });
    output.table(
        &["rank", "provider", "expected cost", "headroom", "why"],
        candidates.chain(rejected),
    );
    if plan.candidates.is_empty() {
        output.line("no provider can take this call");
    }
}
