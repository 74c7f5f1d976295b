//! The OpenAPI document in `clients/`, and what is generated from it.

use std::fs;

use serde_json::Value;
use switchboard_tests::binary::{self, root};
use tokio::process::Command;

use super::tools::{run, skipped, text};

#[tokio::test]
async fn the_document_of_the_clients_is_that_of_the_program() {
    let printed = run(Command::new(binary::switchboard()).arg("openapi")).await.unwrap();
    let current: Value = serde_json::from_str(&text(&printed)).unwrap();
    let kept = fs::read_to_string(root().join("clients/openapi.json")).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert!(current == kept, "clients/openapi.json is not current: run clients/generate.sh");
}

/// What the generators need; the error says what is missing.
async fn tools() -> Result<(), String> {
    for (program, arguments) in [
        ("bash", ["-c", "type cmp diff find sed"]),
        ("java", ["-version", ""]),
        ("npm", ["--version", ""]),
        ("python3", ["-c", "import venv, ensurepip"]),
    ] {
        let arguments = arguments.into_iter().filter(|one| !one.is_empty());
        run(Command::new(program).args(arguments))
            .await
            .map_err(|why| format!("{program} is needed ({why})"))?;
    }
    Ok(())
}

#[tokio::test]
async fn the_generated_code_is_what_the_script_makes() {
    let name = "the_generated_code_is_what_the_script_makes";
    if let Err(why) = tools().await {
        return skipped(name, &why);
    }
    let checked = run(Command::new("bash")
        .arg(root().join("clients/generate.sh"))
        .arg("--check")
        .env("SWITCHBOARD", binary::switchboard()))
    .await;
    match checked {
        Ok(_) => {}
        Err(why) if why.contains("could not be installed") => skipped(name, &why),
        Err(why) => panic!("{why}"),
    }
}
