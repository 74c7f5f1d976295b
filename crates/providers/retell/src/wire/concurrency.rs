//! How many calls the account may have at once.

use switchboard_http::answer;

answer! {
    /// The concurrency of the account (OpenAPI, `/get-concurrency`).
    Concurrency {
        /// Calls that are in progress.
        current_concurrency: u64 = ["current_concurrency"],
        /// The most calls at once.
        concurrency_limit: u64 = ["concurrency_limit"],
    }
}
