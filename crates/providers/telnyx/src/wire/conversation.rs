//! What was said in calls, and their sound.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_http::answer;

answer! {
    /// A conversation of an assistant (`telnyx` 4.189.0, `Conversation`).
    Conversation {
        /// Its id.
        id: String = ["id"],
        /// Which call, assistant and callee it was with.
        metadata: Value = ["metadata"],
        /// When it began.
        created_at: Timestamp = ["created_at"],
    }
}

answer! {
    /// What one side said (`telnyx` 4.189.0, `message_list_response`).
    Message {
        /// `assistant` or `user`.
        role: String = ["role"],
        /// What was said.
        text: String = ["text"],
        /// When.
        sent_at: Timestamp = ["sent_at"],
    }
}

answer! {
    /// The insights of a conversation, such as its summary.
    Insight {
        /// `completed` once they are there.
        status: String = ["status"],
        /// The insights.
        conversation_insights: Value = ["conversation_insights"],
    }
}

answer! {
    /// A recording (`telnyx` 4.189.0, `RecordingResponseData`).
    Recording {
        /// The leg of the call.
        call_leg_id: String = ["call_leg_id"],
        /// `completed` once it can be fetched.
        status: String = ["status"],
        /// How long it is, in milliseconds.
        duration_millis: Decimal = ["duration_millis"],
        /// Where it can be fetched, for a while.
        download_urls: DownloadUrls = ["download_urls"],
    }
}

answer! {
    /// The formats of a recording. Whoever has such a URL can fetch the sound.
    DownloadUrls {
        /// As MP3.
        mp3: String = ["mp3"],
        /// As WAV.
        wav: String = ["wav"],
    }
}
