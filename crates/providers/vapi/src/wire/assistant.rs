//! Assistants.

use jiff::Timestamp;
use switchboard_http::answer;

answer! {
    /// An assistant (OpenAPI, `/assistant/{id}`).
    Assistant {
        /// Its id, the same for all its versions.
        id: String = ["id"],
        /// Its name.
        name: String = ["name"],
        /// The version, for example `v3`.
        version: String = ["version"],
        /// When it was created.
        created_at: Timestamp = ["createdAt"],
    }
}
