//! Notifications that wait for the user (document 002).

use jiff::Timestamp;

use super::record;

record! {
    /// A pending item. Actions have a type, goals a status, messages a channel and a preview.
    PendingItem {
        /// The provider's id.
        id: String = ["id"],
        /// The type of action, for example `email_approval`.
        kind: String = ["type"],
        /// The status of a goal, for example `needs_input`.
        status: String = ["status"],
        /// The channel of a message, for example `email`.
        channel: String = ["channel"],
        /// A description in plain text.
        summary: String = ["summary", "preview"],
    }
}

record! {
    /// The pending items of one kind.
    PendingGroup {
        /// The number of items.
        count: u64 = ["count"],
        /// Some of the items.
        items: Vec<PendingItem> = ["items"],
    }
}

record! {
    /// A goal that the assistant is working on.
    ActiveGoal {
        /// The goal's id.
        id: String = ["id"],
        /// A description in plain text.
        summary: String = ["summary"],
        /// The status, for example `in_progress`.
        status: String = ["status"],
        /// The current step in plain text.
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
        /// The total number of items.
        total_pending: u64 = ["total_pending"],
        /// The goals that are being worked on.
        active_goal: ActiveGoal = ["active_goal"],
        /// When this was generated.
        generated_at: Timestamp = ["generated_at"],
    }
}
