# `make run` and `make test` are all that a fresh machine needs. The work is done by scripts/.
.PHONY: help run web check fmt test test-long e2e screenshots bench-wasm ci

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

test: ## every check and test, as CI runs them; installs what they need
	@scripts/test

test-long: ## the property tests with many more cases
	PROPTEST_CASES=10000 scripts/test setup unit integration

e2e: ## only the tests in a browser
	scripts/test setup web e2e

screenshots: ## a picture of every page, light and dark, 390 and 1280 px, into tests/e2e/out/shots
	scripts/test setup web
	cargo build --bin sayso
	node tests/e2e/screenshots.mjs

bench-wasm: ## milliseconds to check a receipt in a browser, and natively beside it
	scripts/test setup web
	cargo build --bin sayso
	node tests/e2e/bench-wasm.mjs

ci: ## exactly what CI runs
	.ci/run
