//! Answers about outbound calls (documents 002 and 003).

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{listed, record};

record! {
    /// The submission, as the provider repeats it. It is empty in document 002's example and has
    /// two fields in document 003's list.
    SubmissionRecord {
        /// `restaurant`, `clinic`, `hotel` or `general`.
        task_category: String = ["task_category"],
        /// What the agent is to accomplish.
        task_description: String = ["task_description"],
        /// The callee's number. The documents' own examples are not valid numbers.
        respondent_phone: String = ["respondent_phone"],
        /// The callee's business.
        business_name: String = ["business_name"],
        /// The person on whose behalf the call is made.
        user_name: String = ["user_name"],
        /// The number to call back.
        user_phone: String = ["user_phone"],
        /// The requested day, for example `2026-02-14`.
        appointment_date: String = ["appointment_date"],
        /// The requested time, for example `20:00`.
        appointment_time: String = ["appointment_time"],
        /// The requested time in plain text.
        time_preference_text: String = ["time_preference_text"],
        /// The number of people.
        party_size: u64 = ["party_size"],
        /// The language of the answer.
        language: String = ["language"],
        /// The language of the conversation.
        call_language: String = ["call_language"],
        /// Whether the call is urgent.
        is_urgent: bool = ["is_urgent"],
        /// Further instructions.
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
        /// A summary of the outcome.
        highlights: String = ["highlights"],
        /// What should be done next.
        next_steps: String = ["next_steps"],
        /// How long it lasted, in seconds.
        duration_seconds: Decimal = ["duration_seconds"],
        /// The cost in credits (document 002).
        credits_used: Decimal = ["credits_used"],
        /// When the provider created it.
        created_at: Timestamp = ["/metadata/created_at", "created_at"],
        /// What was submitted.
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
        /// The text.
        content: String = ["content"],
        /// The offset into the call, for example `00:00:05`.
        timestamp: String = ["timestamp"],
    }
}

record! {
    /// A transcript.
    TranscriptRecord {
        /// The utterances in order.
        entries: Vec<TranscriptLine> = ["entries"],
    }
}

record! {
    /// Where the recording is. Needs the scope `recordings:read`.
    RecordingRecord {
        /// A URL that is a secret while it is valid.
        url: String = ["url", "recording_url"],
        /// The length in seconds.
        duration_seconds: Decimal = ["duration_seconds"],
        /// The format, for example `mp3`.
        format: String = ["format"],
    }
}
