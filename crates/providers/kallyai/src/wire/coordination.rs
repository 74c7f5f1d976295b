//! Conversations with the coordinator, and its goals (documents 000 and 002, which disagree on the
//! shape of an answer).

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use super::{Breakdown, listed, record, request, words};

request! {
    /// A message to the coordinator: `POST /v1/coordination/message`.
    SendMessage {
        /// The message in plain text.
        message: String = "message",
        ;
        /// The conversation to continue; the provider starts a new one without it.
        conversation_id: String = "conversation_id",
    }
}

record! {
    /// The coordinator's answer. `message` and the fields after it are from document 000,
    /// `response` and the fields after it from document 002.
    CoordinationReply {
        /// The answer in plain text.
        message: String = ["response", "message"],
        /// The conversation that it belongs to.
        conversation_id: String = ["conversation_id"],
        /// The goal that was created (document 002).
        goal_id: String = ["goal_id"],
        /// The actions taken, for example `goal_created` and `call_initiated` (document 002).
        actions_taken: Vec<String> = ["actions_taken"],
        /// The recognized intent, for example `search` (document 000).
        intent: String = ["intent"],
        /// The triggered actions; no entry is documented (document 000).
        triggered_actions: Vec<Value> = ["triggered_actions"],
        /// Suggestions for the next message (document 000).
        suggestions: Vec<String> = ["suggestions"],
        /// The cost in credits (document 000).
        credits_used: Decimal = ["credits_used"],
        /// The answer's own id (document 000).
        message_id: String = ["message_id"],
        /// Whether a goal was completed (document 000).
        goal_completed: bool = ["goal_completed"],
    }
}

record! {
    /// A conversation: an entry of the list, whose id is `id`, and the answer to creating one,
    /// whose id is `conversation_id`.
    ConversationRecord {
        /// The provider's id.
        conversation_id: String = ["conversation_id", "id"],
        /// The title.
        title: String = ["title"],
        /// When it began.
        created_at: Timestamp = ["created_at"],
        /// How many messages it holds.
        message_count: u64 = ["message_count"],
    }
}

listed!(ConversationRecord = ["conversations", "items", "data"]);

words! {
    /// The status of a goal, as in the list's filter. Answers use more words than these
    /// (`needs_input`, `in_progress`), so a record keeps the word itself.
    GoalStatus {
        /// In progress.
        Active = "active",
        /// Completed.
        Completed = "completed",
        /// Cancelled.
        Cancelled = "cancelled",
        /// Not started.
        Pending = "pending",
        /// Archived.
        Archived = "archived",
    }
}

record! {
    /// One step of a goal.
    GoalStep {
        /// The number of the step.
        step: u64 = ["step"],
        /// A description in plain text.
        description: String = ["description"],
        /// The status, for example `completed` or `in_progress`.
        status: String = ["status"],
    }
}

record! {
    /// A goal: an entry of the list, and the detail.
    GoalRecord {
        /// The provider's id.
        goal_id: String = ["id", "goal_id"],
        /// The title.
        title: String = ["title"],
        /// The status: a word of the filter, or another one.
        status: String = ["status"],
        /// The description.
        description: String = ["description"],
        /// When it was made.
        created_at: Timestamp = ["created_at"],
        /// When it last changed.
        updated_at: Timestamp = ["updated_at"],
        /// The cost so far, in credits.
        credits_used: Decimal = ["credits_used"],
        /// The estimated cost in credits.
        credits_estimated: Decimal = ["credits_estimated"],
        /// The parent goal.
        parent_goal_id: String = ["parent_goal_id"],
        /// The number of subgoals.
        sub_goal_count: u64 = ["sub_goal_count"],
        /// The steps.
        steps: Vec<GoalStep> = ["steps"],
    }
}

listed!(GoalRecord = ["goals", "items", "data"]);

record! {
    /// The budget of a goal and what it has cost: `GET /v1/coordination/goals/{goal_id}/budget`.
    GoalBudget {
        /// The goal.
        goal_id: String = ["goal_id"],
        /// The estimated cost in credits.
        credits_estimated: Decimal = ["credits_estimated"],
        /// The cost so far, in credits.
        credits_used: Decimal = ["credits_used"],
        /// The rest of the estimate, in credits.
        credits_remaining: Decimal = ["credits_remaining"],
        /// The credits by action.
        breakdown: Breakdown = ["breakdown"],
    }
}

request! {
    /// The goals to archive: `POST /v1/coordination/goals/batch-archive`.
    BatchArchive {
        /// The goals' ids.
        goal_ids: Vec<String> = "goal_ids",
    }
}
