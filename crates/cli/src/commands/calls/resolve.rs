//! An operator's decision on a call that nothing else could prove.

use switchboard::{
    Switchboard,
    journal::state::{Resolution, Verdict},
};

use crate::{
    cli::ResolveArgs,
    commands::call,
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    setup,
};

pub(super) async fn run(switchboard: &Switchboard, args: ResolveArgs, output: Output) -> Outcome {
    let note = args.note.trim().to_owned();
    if note.is_empty() {
        return Err(Failure::input(
            "--note",
            "is empty: say on what grounds, for whoever asks later",
        ));
    }
    let by = setup::operator(args.by)?;
    if args.provider_call.is_some() && !matches!(args.verdict, Verdict::Ended(_)) {
        return Err(Failure::input(
            "--provider-call",
            "belongs to ended=OUTCOME: write placed=ID instead",
        ));
    }
    let follow = matches!(args.verdict, Verdict::Placed(_));
    let resolution =
        Resolution { verdict: args.verdict, call: args.provider_call.map(Into::into), by, note };
    let decided = switchboard.router().resolve(args.id, resolution).await?;
    switchboard.router().stop_now();
    if output.json {
        output.object(&decided);
    } else {
        call::show(&decided, false, output);
        if follow && !decided.status.is_settled() {
            output.note(
                "its end is followed by the process that has it, or by the next that places calls",
            );
        }
    }
    Ok(Exit::Done)
}
