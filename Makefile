# `make run` and `make test` are all that a fresh machine needs. The work is done by scripts/.
.PHONY: help run web check fmt test test-long conformance fuzz e2e screenshots ci bench-check bench-ingest bench-ledger bench-log-size bench-stop bench-streams bench-wasm

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | expand -t 14

run: ## build everything and serve the demo company on http://127.0.0.1:8080, data in ./data
	scripts/web
	cargo run --bin sayso -- demo

web: ## browser code, styles and static files into target/site, within the size budget
	scripts/web --require-wasm

check: ## what to run while writing: the compiler and its lints
	cargo clippy --all-targets
	cargo check --no-default-features

fmt: ## format the Rust code
	cargo fmt
	cargo fmt --manifest-path xtask/Cargo.toml
	cargo fmt --manifest-path fuzz/Cargo.toml
	cargo fmt --manifest-path examples/x11-collector/Cargo.toml

test: ## every check and test, as CI runs them; installs what they need
	@scripts/test

test-long: ## property tests with many more cases, 200 kills, 100 rounds on a failing disk, 10,000 withdrawals
	PROPTEST_CASES=10000 SAYSO_TEST_KILLS=200 SAYSO_TEST_FAULTS=100 SAYSO_TEST_TRIALS=10000 scripts/test setup unit integration

fuzz: ## the ledger's parsers with libFuzzer, FUZZ_SECONDS each (60); installs cargo-fuzz
	scripts/fuzz $(or $(FUZZ_SECONDS),60)

conformance: ## the fault matrix: our collectors stop in every case, and those that make mistakes are caught
	cargo test --test it -- conformance

e2e: ## only the tests in a browser
	scripts/test setup web e2e

screenshots: ## a picture of every page, light and dark, 390 and 1280 px, into tests/e2e/out/shots
	scripts/test setup web
	cargo build --bin sayso
	node tests/e2e/screenshots.mjs

bench-log-size: ## what judging and proving costs at 1,000, 100,000 and 1,000,000 entries; ENTRIES=n for one size
	cargo bench --bench log_size -- $(if $(ENTRIES),--entries $(ENTRIES))

bench-ledger: ## what a durable entry costs, beside the bare disk and a bare handler in the same run
	cargo bench --bench ledger -- $(ARGS)

bench-check: ## a check over a million employees beside a bare handler, batches, cold start, memory; ARGS="--states 16"
	cargo bench --bench check -- $(ARGS)

bench-ingest: ## what taking records in costs, beside a raw bulk insert, on SQLite and where it is installed PostgreSQL
	! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || with=scripts/with-postgres; \
	  SAYSO_TEST_FSYNC=on $$with cargo bench --bench ingest -- $(ARGS)

bench-stop: ## how long a withdrawal and a pause take to reach every collector; ARGS="--agents 1000" for many
	cargo bench --bench stop -- $(ARGS)

bench-streams: ## what open streams cost the server, heartbeats included; ARGS="--streams 10000" for the full number
	ulimit -n 20000 && cargo bench --bench streams -- $(ARGS)

bench-wasm: ## milliseconds to check a receipt in a browser, and natively beside it
	scripts/test setup web
	cargo build --bin sayso
	node tests/e2e/bench-wasm.mjs

ci: ## exactly what CI runs
	.ci/run
