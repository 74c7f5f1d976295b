//! Evals and their runs.

use serde_json::Value;
use switchboard_http::answer;

use super::{list::Listed, moment::Moment};

answer! {
    /// An eval (official Python SDK 0.1.0; the answer is not documented).
    Eval in ["eval", "data"] {
        /// Its id.
        id: String = ["id", "eval_id"],
        /// The agent that it tests.
        agent_id: String = ["agent_id"],
        /// The business.
        business_id: String = ["business_id"],
        /// Its name.
        name: String = ["name"],
        /// What it tests.
        description: String = ["description"],
        /// The conversation to test with.
        messages: Value = ["messages"],
        /// When it was created.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for Eval {
    const NAMES: &'static [&'static str] = &["evals"];
}

answer! {
    /// A run of evals (official Python SDK 0.1.0; the answer is not documented).
    EvalRun in ["run", "data"] {
        /// Its id.
        id: String = ["run_id", "id"],
        /// Its id at the voice platform.
        vapi_run_id: String = ["vapi_run_id"],
        /// The eval.
        eval_id: String = ["eval_id"],
        /// The status word; new ones may appear.
        status: String = ["status"],
        /// The results.
        results: Value = ["results", "result"],
    }
}
