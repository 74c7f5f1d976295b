# Shortcuts. Each is one plain command: nothing here is needed.

# The main job, against simulated providers.
demo:
    cargo run -- demo

# Every test.
test:
    cargo test --workspace --features switchboard-cli/postgres,switchboard-cli/keyring,switchboard-cli/otel

# What CI runs.
ci:
    bash .ci/run

# Format and lint.
tidy:
    cargo fmt --all
    cargo clippy --workspace --all-targets -- -D warnings

# What a plan costs, and what placing costs beside a bare request.
bench:
    cargo bench -p switchboard-benches --bench plan
    cargo bench -p switchboard-benches --bench place

# Licences, advisories and sources of the dependencies (needs cargo-deny).
deny:
    cargo deny check
