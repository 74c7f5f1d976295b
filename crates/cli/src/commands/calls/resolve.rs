//! `calls resolve`: an operator's decision on a call that Switchboard could not decide.

use switchboard::{
    Switchboard,
    journal::state::{Resolution, Verdict},
};

use crate::{
    cli::ResolveArgs,
    commands::{
        call::{self, NumberDisplay},
        calls::by_id::find_id,
    },
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    setup,
};

pub(super) async fn run(switchboard: &Switchboard, args: ResolveArgs, output: Output) -> Outcome {
    let note = args.note.trim().to_owned();
    if note.is_empty() {
        return Err(Failure::input("--note", "is empty: give the reason for the decision"));
    }
    let by = setup::operator(args.by)?;
    if args.provider_call.is_some() && !matches!(args.verdict, Verdict::Ended(_)) {
        return Err(Failure::input(
            "--provider-call",
            "is only for ended=OUTCOME: use placed=ID instead",
        ));
    }
    let Some(ledger) = switchboard.ledger() else {
        return Err(Failure::local("the configuration names no ledger"));
    };
    let id = find_id(&*ledger.journal(), &args.id).await?;
    let follow = matches!(args.verdict, Verdict::Placed(_));
    let resolution =
        Resolution { verdict: args.verdict, call: args.provider_call.map(Into::into), by, note };
    let decided = switchboard.engine().resolve(id, resolution).await?;
    switchboard.engine().stop_now();
    if output.json {
        output.object(&decided);
    } else {
        call::show(&decided, NumberDisplay::Masked, output);
        if follow && !decided.status.is_settled() {
            output.note(
                "the process that has it will follow it to its end, or the next one that places calls",
            );
        }
    }
    Ok(Exit::Done)
}
