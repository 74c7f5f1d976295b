//! Explores all models of the calling protocol, and prints which properties hold or fail, with
//! counterexamples.
//!
//! `cargo run --release -p switchboard-tests --bin model -- [--json] [--quick] [--threads N] [NAME
//! ...]`. `--json` prints one object per line. Exits with 1 if a model has an unexpected result.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use serde_json::json;
use switchboard_tests::model::{Bounds, VARIANTS, Variant, Verdict, check};

#[derive(Debug)]
struct Asked {
    json: bool,
    bounds: Bounds,
    threads: usize,
    names: Vec<String>,
}

fn main() -> ExitCode {
    let asked = match asked(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(wrong) => {
            eprintln!("{wrong}\nusage: model [--json] [--quick] [--threads N] [NAME ...]");
            return ExitCode::from(2);
        }
    };
    if !asked.json {
        println!("{}", line("model", "unique", "depth", "seconds", "verdict"));
    }
    let mut surprises = 0_u32;
    for variant in VARIANTS.iter().filter(|variant| asked.wants(variant)) {
        let verdict = check(variant, asked.bounds, asked.threads);
        surprises += u32::from(verdict.surprise().is_some());
        if asked.json {
            println!("{}", object(&verdict));
        } else {
            show(&verdict);
        }
    }
    if surprises > 0 {
        eprintln!("{surprises} of the models did not come out as they should");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn show(verdict: &Verdict) {
    let broken: Vec<&str> = verdict.failures.iter().map(|failure| failure.property).collect();
    let what = if broken.is_empty() {
        "holds".to_owned()
    } else {
        format!("fails: {}", broken.join(", "))
    };
    let (unique, depth) = (verdict.unique_states.to_string(), verdict.depth.to_string());
    let seconds = format!("{:.1}", verdict.took.as_secs_f64());
    println!("{}", line(verdict.variant.name, &unique, &depth, &seconds, &what));
    println!("    {}", verdict.variant.about);
    for failure in verdict.failures.iter().filter(|failure| {
        verdict.variant.breaks.contains(&failure.property) || verdict.variant.breaks.is_empty()
    }) {
        println!("    {}: {}", failure.property, failure.steps.join("; "));
    }
    if let Some(surprise) = verdict.surprise() {
        println!("    SURPRISE: {surprise}");
    }
}

fn line(name: &str, unique: &str, depth: &str, seconds: &str, verdict: &str) -> String {
    format!("{name:<14} {unique:>9} {depth:>5} {seconds:>7}  {verdict}")
}

fn object(verdict: &Verdict) -> serde_json::Value {
    let failures: Vec<_> = verdict
        .failures
        .iter()
        .map(|failure| json!({ "property": failure.property, "steps": failure.steps }))
        .collect();
    json!({
        "model": verdict.variant.name,
        "about": verdict.variant.about,
        "seeded": verdict.variant.fault.map(|fault| format!("{fault:?}")),
        "unique_states": verdict.unique_states,
        "states": verdict.states,
        "depth": verdict.depth,
        "seconds": verdict.took.as_secs_f64(),
        "holds": verdict.failures.is_empty(),
        "failures": failures,
        "missing": verdict.missing,
        "surprise": verdict.surprise(),
    })
}

impl Asked {
    fn wants(&self, variant: &Variant) -> bool {
        self.names.is_empty() || self.names.iter().any(|name| name == variant.name)
    }
}

fn asked(mut arguments: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut asked = Asked { json: false, bounds: Bounds::FULL, threads: 1, names: Vec::new() };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => asked.json = true,
            "--quick" => asked.bounds = Bounds::QUICK,
            "--threads" => {
                let count = arguments
                    .next()
                    .and_then(|count| count.parse().ok())
                    .filter(|count| *count > 0);
                asked.threads = count.ok_or("--threads wants a number")?;
            }
            name if VARIANTS.iter().any(|variant| variant.name == name) => {
                asked.names.push(name.to_owned())
            }
            unknown => return Err(format!("{unknown} is not known")),
        }
    }
    Ok(asked)
}
