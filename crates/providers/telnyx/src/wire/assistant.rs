//! Assistants and their versions.

use jiff::Timestamp;
use switchboard_http::answer;

answer! {
    /// An assistant, or one version of it (`telnyx` 4.189.0, `InferenceEmbedding`).
    Assistant {
        /// Its id, the same for all its versions.
        id: String = ["id"],
        /// Its name.
        name: String = ["name"],
        /// The id of the version.
        version_id: String = ["version_id"],
        /// When this version was saved.
        version_created_at: Timestamp = ["version_created_at"],
        /// When it was created.
        created_at: Timestamp = ["created_at"],
    }
}
