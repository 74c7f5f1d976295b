//! Outbound calls as they are answered (documents 002 and 003).

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{listed, record};

record! {
    /// What was asked for, as the provider repeats it. Document 002's example is empty, 003's list
    /// has two fields.
    SubmissionRecord {
        /// `restaurant`, `clinic`, `hotel` or `general`.
        task_category: String = ["task_category"],
        /// What the agent shall accomplish.
        task_description: String = ["task_description"],
        /// The callee. The documents' own samples are not valid numbers.
        respondent_phone: String = ["respondent_phone"],
        /// The callee's business.
        business_name: String = ["business_name"],
        /// Who asks.
        user_name: String = ["user_name"],
        /// Where the callee can ring back.
        user_phone: String = ["user_phone"],
        /// The day that was wanted, as `2026-02-14`.
        appointment_date: String = ["appointment_date"],
        /// The time that was wanted, as `20:00`.
        appointment_time: String = ["appointment_time"],
        /// The time that was wanted, in words.
        time_preference_text: String = ["time_preference_text"],
        /// For how many people.
        party_size: u64 = ["party_size"],
        /// The language of the answer.
        language: String = ["language"],
        /// The language of the conversation.
        call_language: String = ["call_language"],
        /// Whether the provider was told to hurry.
        is_urgent: bool = ["is_urgent"],
        /// What was added.
        additional_instructions: Vec<String> = ["additional_instructions"],
    }
}

record! {
    /// A call: the answer to placing one, an entry of the list, and the detail.
    CallRecord {
        /// The provider's id.
        call_id: String = ["call_id", "id"],
        /// `success`, `no_answer`, `busy`, `failed`, `voicemail`, `cancelled`, or a word of a call
        /// that is not over.
        status: String = ["status"],
        /// What came of it.
        highlights: String = ["highlights"],
        /// What should be done next.
        next_steps: String = ["next_steps"],
        /// How long it lasted, in seconds.
        duration_seconds: Decimal = ["duration_seconds"],
        /// What it cost (document 002).
        credits_used: Decimal = ["credits_used"],
        /// When the provider made it.
        created_at: Timestamp = ["/metadata/created_at", "created_at"],
        /// What was asked for.
        submission: SubmissionRecord = ["submission"],
        /// The session it belongs to (document 003).
        session_id: String = ["session_id"],
    }
}

listed!(CallRecord = ["calls", "items"]);

record! {
    /// One utterance.
    TranscriptLine {
        /// `AI` or `HUMAN`.
        speaker: String = ["speaker"],
        /// What was said.
        content: String = ["content"],
        /// How far into the call, as `00:00:05`.
        timestamp: String = ["timestamp"],
    }
}

record! {
    /// What was said.
    TranscriptRecord {
        /// In order.
        entries: Vec<TranscriptLine> = ["entries"],
    }
}

record! {
    /// Where the sound is. Needs the scope `recordings:read`.
    RecordingRecord {
        /// A URL that is a secret for as long as it lasts.
        url: String = ["url", "recording_url"],
        /// How long it plays, in seconds.
        duration_seconds: Decimal = ["duration_seconds"],
        /// As `mp3`.
        format: String = ["format"],
    }
}
