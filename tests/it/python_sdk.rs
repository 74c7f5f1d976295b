//! KaiCalls' official Python SDK as a client of the simulated KaiCalls: what the provider's own
//! program understands, the simulator says.
//!
//! Needs `python3` with `venv`, and the Python package index. Where one of them is missing the test
//! says `skipped:` and what to install.

use std::{ffi::OsStr, io::Write, path::Path, process::Output};

use serde_json::Value;
use switchboard_testkit::{
    SimConfig, SimKaiCalls,
    calls::Outcome,
    fault::{Fault, FaultScript, Rule},
};
use switchboard_tests::KAICALLS_PATH;
use tempfile::TempDir;
use tokio::process::Command;

const PACKAGE: &str = "kaicalls==0.1.0";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/kaicalls_sdk.py");

async fn run<S: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = S>,
) -> Result<Output, String> {
    let name = program.as_ref().to_string_lossy().into_owned();
    let output = Command::new(program)
        .args(arguments)
        .output()
        .await
        .map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(if output.stderr.is_empty() {
        &output.stdout
    } else {
        &output.stderr
    })
    .into_owned();
    Err(format!("{name} ended with {}:\n{said}", output.status))
}

/// A Python with the SDK and nothing else of this machine; the error says what is missing.
async fn python(directory: &Path) -> Result<std::path::PathBuf, String> {
    run("python3", [OsStr::new("-m"), OsStr::new("venv"), directory.as_os_str()])
        .await
        .map_err(|why| format!("python3 with venv is needed, as apt-get install python3 python3-venv installs it ({why})"))?;
    let python = directory.join("bin").join("python");
    run(&python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE])
        .await
        .map_err(|why| format!("the Python package index is needed for {PACKAGE} ({why})"))?;
    Ok(python)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_sdk_is_served() {
    let directory = TempDir::new().unwrap();
    let python = match python(directory.path()).await {
        Ok(python) => python,
        Err(why) => {
            // Past the test harness, which keeps what a test that passes prints.
            writeln!(std::io::stderr(), "skipped: the_official_sdk_is_served: {why}").unwrap();
            return;
        }
    };
    let faults = FaultScript::default()
        .rule(Rule::on("POST", KAICALLS_PATH, Fault::answer(500, "call_failed")).to("+12015550105"))
        .rule(
            Rule::on("POST", KAICALLS_PATH, Fault::answer(429, "rate_limited")).to("+12015550106"),
        );
    let setup = SimConfig::default()
        .seed(0)
        .speed(600.0)
        .limits(60, 10_000)
        .outcome("+12015550101", Outcome::Completed)
        .outcome("+12015550102", Outcome::Failed)
        .outcome("+12015550103", Outcome::NoAnswer)
        .outcome("+12015550107", Outcome::Completed)
        .refuse("+12015550104", "number_on_dnc")
        .faults(faults);
    let sim = SimKaiCalls::start(setup).await.unwrap();
    let session = ["--session", sim.session_credential()];
    // `-B`: no compiled Python beside the sources.
    let arguments = ["-B", SCRIPT, sim.url(), sim.credential(), sim.agent_id(), sim.business_id()]
        .into_iter()
        .chain(session);
    let output = match run(&python, arguments).await {
        Ok(output) => output,
        Err(why) => panic!("{why}"),
    };
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    println!("{summary}");
    let done = [
        "create",
        "wait",
        "get",
        "fail",
        "list",
        "agents",
        "numbers",
        "balance",
        "usage",
        "errors",
        "recordings",
        "transcripts",
        "agents-write",
        "phone-numbers",
        "webhooks",
        "events",
        "communication-runs",
        "scopes",
    ];
    assert_eq!(summary["done"], serde_json::json!(done));
    assert_eq!(summary["placed"], 5);
    // Each call rang once, the one that was placed to be heard of as well; what was refused and
    // what was repeated rang nobody.
    assert_eq!(sim.rings().len(), 5);
    assert_eq!(sim.rings().duplicates(), [("+12015550101".to_owned(), 2)].into());
    assert_eq!(sim.rings().count("+12015550107"), 1);
    assert!(
        sim.requests()
            .iter()
            .any(|one| { one.header("user-agent").is_some_and(|agent| agent.contains("python")) })
    );
}
