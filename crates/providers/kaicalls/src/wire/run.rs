//! Communication runs, from the SDK only; their answers are not documented.

use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_http::answer;

use super::{list::Listed, moment::Moment};

answer! {
    /// A run (official Python SDK 0.1.0, `communication_runs`).
    CommunicationRun in ["communication_run", "run", "data"] {
        /// The run's id.
        id: String = ["id", "run_id"],
        /// The status, in the provider's word.
        status: String = ["status"],
        /// The business.
        business_id: String = ["business_id"],
        /// The caller's own reference for it.
        external_ref: String = ["external_ref"],
        /// The number of recipients.
        total_recipients: u64 = ["total_recipients", "recipient_count", "total"],
        /// The number of recipients in each status.
        counts: Value = ["counts", "stats"],
        /// When it was created.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for CommunicationRun {
    const NAMES: &'static [&'static str] = &["communication_runs", "runs"];
    const ALONE: &'static [&'static str] = &["communication_run", "run"];
}

answer! {
    /// One recipient of a run (official Python SDK 0.1.0, `communication_runs.jobs`).
    CommunicationJob in ["job", "data"] {
        /// The job's id.
        id: String = ["id", "job_id"],
        /// The run.
        run_id: String = ["communication_run_id", "run_id"],
        /// The sequence that its attempts share.
        sequence_id: String = ["sequence_id"],
        /// `call` or `sms`.
        channel: String = ["channel"],
        /// The recipient's number.
        to: String = ["to", "phone_number", "recipient"],
        /// The recipient's name.
        name: String = ["name"],
        /// The status, in the provider's word.
        status: String = ["status"],
        /// Why no call was placed.
        reason: String = ["reason", "error"],
        /// The call that was placed.
        call_id: String = ["call_id"],
        /// When it was created.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for CommunicationJob {
    const NAMES: &'static [&'static str] = &["jobs", "communication_jobs"];
}

answer! {
    /// One attempt to reach a recipient (official Python SDK 0.1.0, `communication_runs.attempts`).
    CommunicationAttempt in ["attempt", "data"] {
        /// The attempt's id.
        id: String = ["id", "attempt_id"],
        /// The job.
        job_id: String = ["job_id", "communication_job_id"],
        /// The run.
        run_id: String = ["communication_run_id", "run_id"],
        /// The sequence that the attempts of one recipient share.
        sequence_id: String = ["sequence_id"],
        /// `call` or `sms`.
        channel: String = ["channel"],
        /// The call that was placed.
        call_id: String = ["call_id"],
        /// The call's status word; new ones may appear.
        status: String = ["status"],
        /// When it was attempted.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for CommunicationAttempt {
    const NAMES: &'static [&'static str] = &["attempts", "communication_attempts"];
}

answer! {
    /// The result of checking a run (official Python SDK 0.1.0, `communication_runs.validate`).
    RunCheck in ["data"] {
        /// Whether it could be created.
        valid: bool = ["valid", "is_valid", "ok"],
        /// The problems, in the provider's terms.
        errors: Vec<Value> = ["errors", "issues"],
        /// The number of recipients that it would have.
        recipients: u64 = ["recipients", "recipient_count"],
    }
}

answer! {
    /// What a run would do (official Python SDK 0.1.0, `communication_runs.preview`).
    RunPreview in ["preview", "data"] {
        /// What would happen to each recipient, in the provider's terms.
        jobs: Vec<Value> = ["jobs", "recipients"],
        /// The cost in cents.
        estimated_cost_cents: Decimal = ["estimated_cost_cents", "cost_cents"],
    }
}
