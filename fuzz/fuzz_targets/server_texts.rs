//! Texts that the server reads, from any bytes: `cargo +nightly fuzz run server_texts`. What is read
//! and asked is in `switchboard_tests::fuzz`, which the runner for stable toolchains uses as well.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| switchboard_tests::fuzz::server_texts(bytes));
