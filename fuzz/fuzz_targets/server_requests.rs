//! Requests to the server, from any bytes: `cargo +nightly fuzz run server_requests`. The first eight
//! bytes choose the request. What is asked is in `switchboard_tests::fuzz`, which the runner for
//! stable toolchains uses as well.
#![no_main]

use std::sync::LazyLock;

use switchboard_tests::fuzz::{Chance, Requests};
use tokio::runtime::Runtime;

static SERVER: LazyLock<(Runtime, Requests)> = LazyLock::new(|| {
    let runtime = Runtime::new().unwrap();
    let requests = runtime.block_on(Requests::start());
    (runtime, requests)
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((seed, input)) = bytes.split_first_chunk() else { return };
    let mut chance = Chance::new(u64::from_le_bytes(*seed));
    let (runtime, requests) = &*SERVER;
    runtime.block_on(requests.ask(input, &mut chance)).unwrap();
});
