//! `switchboard call`: places one call, and prints what is known about it when the command ends.
//!
//! Some providers answer only when the phone call is over. Leaving earlier would lose the call, so
//! this command waits for them even without `--wait`, and says so.

use std::time::Duration;

use indicatif::ProgressBar;
use switchboard::{
    Call, CallEvent, CallId, CallRequest, CallStatus, Engine, Switchboard, core::text::mask,
};
use tokio::sync::{broadcast::Receiver, mpsc::UnboundedReceiver};

use crate::{
    cli::{CallArgs, Common},
    credential::{self, RefusedCredentials},
    failure::Outcome,
    interrupt::{self, Signal},
    output::{Output, or_dash},
    request, setup, terminal,
};

/// How long this command waits for responses to requests about calls of an earlier process.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);

pub(crate) async fn run(common: &Common, args: CallArgs, output: Output) -> Outcome {
    let overrides = setup::overrides(args.lifted)?;
    let base = match &args.json_request.json_request {
        Some(file) => request::from_json(file)?,
        None => CallRequest::new("", ""),
    };
    let request = base.with(|call| {
        call.to = args.to.unwrap_or(std::mem::take(&mut call.to));
        call.task = args.task.unwrap_or(std::mem::take(&mut call.task));
        let country = args.default_country.map(|country| country.as_str().to_owned());
        call.default_country = country.or(call.default_country.take());
        call.agent = args.agent.or(call.agent.take());
        call.language = args.language.or(call.language.take());
        call.idempotency_key = args.idempotency_key;
        call.allow_duplicate |= args.again;
        args.details.put_into(call);
        args.facts.put_into(call);
        call.overrides.extend(overrides);
    });
    request::check_agent(&setup::read(common)?.policy()?, &request)?;
    let switchboard = setup::open_for_calls(common, output).await?;
    let mut watch = Watch {
        output,
        spinner: output.spinner("planning"),
        events: switchboard.engine().events(),
        signals: interrupt::listen()?,
        warned: false,
    };
    let placed = placed(&switchboard, &request, args.wait, &mut watch).await;
    watch.spinner.finish_and_clear();
    let call = match placed {
        Ok(call) => call,
        Err(failure) => {
            // Calls of an earlier process may still be waiting for a response.
            switchboard.engine().shutdown(SHUTDOWN_GRACE).await;
            return Err(request::by_option(failure, "call"));
        }
    };
    // If the user chose to leave the call, it is not waited for any longer.
    let grace = if call.status == CallStatus::Attempting { Duration::ZERO } else { SHUTDOWN_GRACE };
    switchboard.engine().shutdown(grace).await;
    if output.json {
        output.object(&call);
    } else {
        show(&call, NumberDisplay::Masked, output);
    }
    RefusedCredentials::of_call(&call).warn(common, output);
    Ok(credential::exit_of_call(&call))
}

async fn placed(
    switchboard: &Switchboard,
    request: &CallRequest,
    wait: bool,
    watch: &mut Watch,
) -> Outcome<Call> {
    let engine = switchboard.engine();
    let id = switchboard.submit(request).await?.id;
    let Some(call) = watch.during(engine.decided(id), engine, id).await? else {
        return Ok(engine.get(id).await?);
    };
    if call.status.is_settled() || (!wait && call.status != CallStatus::Attempting) {
        return Ok(call);
    }
    if !wait {
        let provider =
            call.attempts.last().map(|last| last.provider.to_string()).unwrap_or_default();
        watch.say(&format!(
            "{provider} answers only when the phone call is over, and its answer is the only reliable record: waiting for it"
        ));
    }
    let Some(over) = watch.during(engine.wait(id), engine, id).await? else {
        return Ok(engine.get(id).await?);
    };
    if over.cost.is_none() && over.status == CallStatus::Closed {
        // If the answer has no bill, the usage log has it. If the log cannot be read, the bill
        // stays unknown.
        if let Err(error) = engine.settle_costs().await {
            tracing::warn!(%error, "the usage log could not be read; the bill is unknown");
        }
        return Ok(engine.get(id).await?);
    }
    Ok(over)
}

/// Shows progress and handles interrupts while a call is open.
struct Watch {
    output: Output,
    spinner: ProgressBar,
    events: Receiver<CallEvent>,
    signals: UnboundedReceiver<Signal>,
    warned: bool,
}

impl Watch {
    fn say(&self, text: &str) {
        self.spinner.suspend(|| self.output.note(text));
    }

    /// Runs `work` and shows the latest event. `None` if the user chose to leave.
    async fn during<T>(
        &mut self,
        work: impl Future<Output = switchboard::Result<T>> + Send,
        engine: &Engine,
        id: CallId,
    ) -> Outcome<Option<T>> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                result = &mut work => return Ok(Some(result?)),
                event = self.events.recv() => {
                    if let Ok(event) = event {
                        self.output.set_message(&self.spinner, event.to_string());
                    }
                }
                Some(signal) = self.signals.recv() => {
                    if self.warned || signal == Signal::Terminate {
                        return Ok(None);
                    }
                    self.warned = true;
                    self.interrupted(engine, id).await;
                }
            }
        }
    }

    /// Handles the first interrupt: a call that was not sent is cancelled; for one that was, the
    /// user learns what leaving means.
    async fn interrupted(&self, engine: &Engine, id: CallId) {
        let Ok(call) = engine.get(id).await else {
            return;
        };
        match call.status {
            CallStatus::Received | CallStatus::Scheduled | CallStatus::Admitted
                if engine.cancel(call.id).await.is_ok() =>
            {
                self.say("interrupted: nothing was sent, and the call is cancelled");
            }
            CallStatus::Closed | CallStatus::Refused | CallStatus::NeedsApproval => {}
            CallStatus::Received
            | CallStatus::Scheduled
            | CallStatus::Admitted
            | CallStatus::Attempting
            | CallStatus::InProgress
            | CallStatus::Indeterminate
            | CallStatus::Stalled => {
                self.say(
                    "interrupted: the call was sent and goes on at its provider; wait for its end, or interrupt again to leave without knowing the result",
                );
            }
        }
    }
}

/// Whether phone numbers are shown in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberDisplay {
    Full,
    Masked,
}

/// Prints a call as a table.
pub(crate) fn show(call: &Call, numbers: NumberDisplay, output: Output) {
    table(rows(call, numbers), output);
}

/// Prints what is known of these fields.
pub(crate) fn table(rows: Vec<(&'static str, Option<String>)>, output: Output) {
    let known = rows.into_iter().filter(|(_, value)| value.is_some());
    output.table(
        &["field", "value"],
        known.map(|(what, value)| vec![what.to_owned(), or_dash(value)]),
    );
}

/// A long text as a cell of that table: masked unless numbers are shown, and at most a screen of it.
pub(crate) fn text_cell(call: &Call, numbers: NumberDisplay, text: &str) -> String {
    let hint = format!("switchboard calls show {} --full", call.id);
    let text = if numbers == NumberDisplay::Full { text.to_owned() } else { mask(text) };
    terminal::screen(&terminal::line(&text), &hint)
}

/// What is known of a call, by field.
pub(crate) fn rows(call: &Call, numbers: NumberDisplay) -> Vec<(&'static str, Option<String>)> {
    let reveal = numbers == NumberDisplay::Full;
    let number = if reveal { call.to.e164().to_owned() } else { call.to.masked() };
    let text_cell =
        |text: &Option<String>| text.as_deref().map(|text| text_cell(call, numbers, text));
    let tried: Vec<String> = call
        .attempts
        .iter()
        .map(|one| format!("{} ({})", one.provider, one.state.as_str()))
        .collect();
    let flags: Vec<&str> = call.flags.iter().map(|flag| flag.message.as_str()).collect();
    vec![
        ("call", Some(call.id.to_string())),
        ("to", Some(format!("{number} {}", call.country))),
        ("batch", call.batch.as_ref().map(ToString::to_string)),
        ("status", Some(call.status.to_string())),
        ("outcome", call.outcome.map(|outcome| outcome.to_string())),
        ("reason", text_cell(&call.fault.as_ref().map(|fault| fault.message.clone()))),
        ("look at this", (!flags.is_empty()).then(|| flags.join(" "))),
        ("provider", call.provider.as_ref().map(ToString::to_string)),
        (
            "provider's call id",
            call.provider_call_id
                .as_ref()
                .map(|id| if reveal { id.as_str().to_owned() } else { id.to_string() }),
        ),
        ("asked", (!tried.is_empty()).then(|| tried.join(", then "))),
        ("expected cost", call.estimated_cost.map(|cost| cost.to_string())),
        ("billed", call.cost.map(|cost| cost.to_string())),
        ("duration", call.duration.map(|duration| format!("{} s", duration.as_secs()))),
        ("summary", text_cell(&call.summary)),
        ("next steps", text_cell(&call.next_steps)),
    ]
}
