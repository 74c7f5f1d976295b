//! Conversations with the coordinator, and its goals (documents 000 and 002, which disagree on the
//! shape of an answer).

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use super::{Breakdown, listed, record, request, words};

request! {
    /// A message to the coordinator: `POST /v1/coordination/message`.
    SendMessage {
        /// What is wanted, in plain words.
        message: String = "message",
        ;
        /// The conversation it continues; without one the provider begins a new one.
        conversation_id: String = "conversation_id",
    }
}

record! {
    /// What the coordinator answers: `message` and its neighbours are document 000's, `response`
    /// and its neighbours document 002's.
    CoordinationReply {
        /// The answer in words.
        message: String = ["response", "message"],
        /// The conversation that it belongs to.
        conversation_id: String = ["conversation_id"],
        /// The goal that came of it (document 002).
        goal_id: String = ["goal_id"],
        /// What was done, as `goal_created` and `call_initiated` (document 002).
        actions_taken: Vec<String> = ["actions_taken"],
        /// What was understood, as `search` (document 000).
        intent: String = ["intent"],
        /// What was set in motion; no document shows an entry (document 000).
        triggered_actions: Vec<Value> = ["triggered_actions"],
        /// What could be asked for next (document 000).
        suggestions: Vec<String> = ["suggestions"],
        /// What it cost (document 000).
        credits_used: Decimal = ["credits_used"],
        /// The answer's own id (document 000).
        message_id: String = ["message_id"],
        /// Whether a goal was reached by it (document 000).
        goal_completed: bool = ["goal_completed"],
    }
}

record! {
    /// A conversation: an entry of the list, whose id is `id`, and the answer to creating one,
    /// whose id is `conversation_id`.
    ConversationRecord {
        /// The provider's id.
        conversation_id: String = ["conversation_id", "id"],
        /// In words.
        title: String = ["title"],
        /// When it began.
        created_at: Timestamp = ["created_at"],
        /// How many messages it holds.
        message_count: u64 = ["message_count"],
    }
}

listed!(ConversationRecord = ["conversations", "items", "data"]);

words! {
    /// Where a goal stands, as the list's filter names it. Answers use more words than these
    /// (`needs_input`, `in_progress`), so a record keeps the word itself.
    GoalStatus {
        /// It is worked on.
        Active = "active",
        /// It was reached.
        Completed = "completed",
        /// It was given up.
        Cancelled = "cancelled",
        /// It has not begun.
        Pending = "pending",
        /// It was put away.
        Archived = "archived",
    }
}

record! {
    /// One step of a goal.
    GoalStep {
        /// Which one.
        step: u64 = ["step"],
        /// In words.
        description: String = ["description"],
        /// As `completed` and `in_progress`.
        status: String = ["status"],
    }
}

record! {
    /// A goal: an entry of the list, and the detail.
    GoalRecord {
        /// The provider's id.
        goal_id: String = ["id", "goal_id"],
        /// In few words.
        title: String = ["title"],
        /// One of the filter's words, or another.
        status: String = ["status"],
        /// In more words.
        description: String = ["description"],
        /// When it was made.
        created_at: Timestamp = ["created_at"],
        /// When it last changed.
        updated_at: Timestamp = ["updated_at"],
        /// What it has cost.
        credits_used: Decimal = ["credits_used"],
        /// What it will cost, as the provider guesses.
        credits_estimated: Decimal = ["credits_estimated"],
        /// The goal that it is a part of.
        parent_goal_id: String = ["parent_goal_id"],
        /// How many goals are parts of it.
        sub_goal_count: u64 = ["sub_goal_count"],
        /// How it is to be reached.
        steps: Vec<GoalStep> = ["steps"],
    }
}

listed!(GoalRecord = ["goals", "items", "data"]);

record! {
    /// What a goal may cost and has cost: `GET /v1/coordination/goals/{goal_id}/budget`.
    GoalBudget {
        /// The goal.
        goal_id: String = ["goal_id"],
        /// What it will cost, as the provider guesses.
        credits_estimated: Decimal = ["credits_estimated"],
        /// What it has cost.
        credits_used: Decimal = ["credits_used"],
        /// What is left of the estimate.
        credits_remaining: Decimal = ["credits_remaining"],
        /// For what.
        breakdown: Breakdown = ["breakdown"],
    }
}

request! {
    /// Which goals to put away: `POST /v1/coordination/goals/batch-archive`.
    BatchArchive {
        /// Their ids.
        goal_ids: Vec<String> = "goal_ids",
    }
}
