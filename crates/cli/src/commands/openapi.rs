//! `switchboard openapi`: prints the document of the HTTP API.

use crate::{cli::OpenApiArgs, exit::Exit, failure::Outcome, output::Output};

pub(crate) fn run(args: &OpenApiArgs, output: Output) -> Outcome {
    output.object(&switchboard_api::document(args.url.as_ref()));
    Ok(Exit::Done)
}
