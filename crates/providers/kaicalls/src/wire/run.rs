//! Communication runs: the larger surface, whose answers no document describes.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    list::Listed,
    read::{Moment, answer},
};

answer! {
    /// A run (official Python SDK 0.1.0, `communication_runs`).
    CommunicationRun in ["communication_run", "run", "data"] {
        /// The run's id.
        id: String = ["id", "run_id"],
        /// How far it is, in the provider's word.
        status: String = ["status"],
        /// The business.
        business_id: String = ["business_id"],
        /// The caller's own name of it.
        external_ref: String = ["external_ref"],
        /// How many recipients it has.
        total_recipients: u64 = ["total_recipients", "recipient_count", "total"],
        /// How many of them are how far.
        counts: Value = ["counts", "stats"],
        /// When it was made.
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
        /// What its attempts have in common.
        sequence_id: String = ["sequence_id"],
        /// `call` or `sms`.
        channel: String = ["channel"],
        /// The recipient's number.
        to: String = ["to", "phone_number", "recipient"],
        /// The recipient's name.
        name: String = ["name"],
        /// How far it is, in the provider's word.
        status: String = ["status"],
        /// Why nobody was called.
        reason: String = ["reason", "error"],
        /// The call that was placed.
        call_id: String = ["call_id"],
        /// When it was made.
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
        /// What the attempts of one recipient have in common.
        sequence_id: String = ["sequence_id"],
        /// `call` or `sms`.
        channel: String = ["channel"],
        /// The call that was placed.
        call_id: String = ["call_id"],
        /// The call's status word, of an open enumeration.
        status: String = ["status"],
        /// When.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for CommunicationAttempt {
    const NAMES: &'static [&'static str] = &["attempts", "communication_attempts"];
}

answer! {
    /// What is wrong with a run that was not made (official Python SDK 0.1.0,
    /// `communication_runs.validate`).
    RunCheck in ["data"] {
        /// Whether it could be made.
        valid: bool = ["valid", "is_valid", "ok"],
        /// What is wrong, in the provider's words.
        errors: Vec<Value> = ["errors", "issues"],
        /// How many recipients it would have.
        recipients: u64 = ["recipients", "recipient_count"],
    }
}

answer! {
    /// What a run would do (official Python SDK 0.1.0, `communication_runs.preview`).
    RunPreview in ["preview", "data"] {
        /// What would become of each recipient, in the provider's words.
        jobs: Vec<Value> = ["jobs", "recipients"],
        /// What it would cost, in hundredths of a dollar.
        estimated_cost_cents: Decimal = ["estimated_cost_cents", "cost_cents"],
    }
}
