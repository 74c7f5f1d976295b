//! Workspaces.

use serde_json::Value;
use switchboard_http::answer;

use super::{list::Listed, moment::Moment};

answer! {
    /// A workspace (official Python SDK 0.1.0; the answer is not documented).
    Workspace in ["workspace", "data"] {
        /// Its id.
        id: String = ["id", "workspace_id"],
        /// Its name.
        name: String = ["name"],
        /// The status word; new ones may appear.
        status: String = ["status"],
        /// The caller's reference.
        external_ref: String = ["external_ref"],
        /// The caller's data.
        metadata: Value = ["metadata"],
        /// When it was created.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for Workspace {
    const NAMES: &'static [&'static str] = &["workspaces"];
}
