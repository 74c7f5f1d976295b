//! `wait_for_call`: waits, and says now and then that it still does.

use std::time::Duration;

use rmcp::model::{CallToolResponse, ProgressNotificationParam};
use switchboard_api::{Code, Problem, caller::CallsRead, problem::Result, service::Until};

use super::Use;
use crate::arguments::{Waiting, Wanted, read};

/// How often a client that asked for progress hears of it.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

impl Use<'_> {
    pub(super) async fn wait_for_call(&self) -> Result<CallToolResponse> {
        let by = self.caller.allowed::<CallsRead>()?;
        let wanted: Waiting = read(self.tool, self.arguments)?;
        let id = wanted.id()?;
        let until = match wanted.until {
            Wanted::Settled => Until::Settled,
            Wanted::Decided => Until::Decided,
        };
        let whole = Duration::from_secs(wanted.seconds()?);
        let clock = self.service.clock();
        let begun = clock.uptime();
        loop {
            let left = whole.saturating_sub(clock.uptime().saturating_sub(begun));
            let step = left.min(PROGRESS_EVERY);
            let step_begun = clock.uptime();
            let record = tokio::select! {
                record = self.service.call_when(by, id, until, step) => record?,
                () = self.context.ct.cancelled() => {
                    return Err(Problem::new(Code::RequestTimeout, "the client stopped waiting"));
                }
            };
            let now = clock.uptime();
            let came = record.call.status.is_settled() || now.saturating_sub(step_begun) < step;
            if came || now.saturating_sub(begun) >= whole {
                return self.whole(&record);
            }
            self.progress(now.saturating_sub(begun), whole).await;
        }
    }

    async fn progress(&self, waited: Duration, whole: Duration) {
        let Some(token) = self.context.meta.get_progress_token() else {
            return;
        };
        let progress = ProgressNotificationParam::new(token, waited.as_secs_f64())
            .with_total(whole.as_secs_f64())
            .with_message("the call goes on");
        // A client that is gone does not need it.
        let _ = self.context.peer.notify_progress(progress).await;
    }
}
