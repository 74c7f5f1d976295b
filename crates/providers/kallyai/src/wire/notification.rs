//! What waits for a person (document 002).

use jiff::Timestamp;

use super::record;

record! {
    /// One thing that waits. Actions have a type, goals a status, messages a channel and a preview.
    PendingItem {
        /// The provider's id.
        id: String = ["id"],
        /// As `email_approval`.
        kind: String = ["type"],
        /// As `needs_input`.
        status: String = ["status"],
        /// As `email`.
        channel: String = ["channel"],
        /// In words.
        summary: String = ["summary", "preview"],
    }
}

record! {
    /// The things of one kind that wait.
    PendingGroup {
        /// How many.
        count: u64 = ["count"],
        /// Some of them.
        items: Vec<PendingItem> = ["items"],
    }
}

record! {
    /// What the assistant is doing now.
    ActiveGoal {
        /// The goal's id.
        id: String = ["id"],
        /// In words.
        summary: String = ["summary"],
        /// As `in_progress`.
        status: String = ["status"],
        /// The step, in words.
        current_step_description: String = ["current_step_description"],
    }
}

record! {
    /// `GET /v1/notifications/pending`.
    PendingNotifications {
        /// Actions that need an approval.
        actions: PendingGroup = ["actions"],
        /// Goals that need an answer.
        goals: PendingGroup = ["goals"],
        /// Messages that are unread.
        inbox: PendingGroup = ["inbox"],
        /// How many in all.
        total_pending: u64 = ["total_pending"],
        /// What is being done now.
        active_goal: ActiveGoal = ["active_goal"],
        /// When this was counted.
        generated_at: Timestamp = ["generated_at"],
    }
}
