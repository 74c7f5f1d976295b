//! Every wire type of the provider, from any bytes: `cargo +nightly fuzz run kaicalls_answers`.
//! What is read and asked is in `switchboard_tests::fuzz`, which the runner for stable toolchains
//! uses as well.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| switchboard_tests::fuzz::kaicalls_answers(bytes));
