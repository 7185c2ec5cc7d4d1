# Every target installs what it needs first. CI runs `make test`.
SHELL := /bin/bash
export PATH := $(CURDIR)/.venv/bin:$(PATH)

DEMO := demo
CUDA := $(CURDIR)/target/cuda
# The oldest GPU that it shall run on, as its compute capability without the dot: 80 is an A100.
CUDA_COMPUTE_CAP ?= 80
COVERSLIP := target/release/coverslip
SETS := ../shared/data/mil
REPEATS := 5
VIEWER := services/viewer/dist/index.html
VIEWER_SOURCES := $(shell find services/viewer -path '*/node_modules' -prune -o -path '*/dist' -prune \
	-o -type f \( -name '*.ts' -o -name '*.css' -o -name '*.html' -o -name '*.svg' -o -name 'package*.json' \) -print)

.PHONY: help setup viewer build cuda demo test lint compiled unit peers browser screenshots cluster chaos conformance classic-mil bench encoder clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## install Debian, Python and Node packages
	@.ci/setup

viewer: setup $(VIEWER) ## build the web app

$(VIEWER): $(VIEWER_SOURCES)
	cd services/viewer && npm ci --no-audit --no-fund --silent && npm run --silent build

build: viewer ## build the release binary
	cargo build --release

cuda: viewer ## build target/cuda/release/coverslip for NVIDIA GPUs, without one: fetches CUDA 13.0, half an hour
	models/encoder/cuda/toolchain $(CUDA)/toolkit
	PATH=$(CUDA)/toolkit/bin:$$PATH CUDA_HOME=$(CUDA)/toolkit CUDA_COMPUTE_CAP=$(CUDA_COMPUTE_CAP) \
		cargo build --release --features cuda --target-dir $(CUDA)

demo: build ## one slide all the way: paint, ingest, embed, score, and a browser to look at it
	COVERSLIP=$(COVERSLIP) tests/demo/run $(DEMO)

test: setup lint unit peers browser cluster ## everything CI runs

lint: viewer ## formatting and lints, warnings are errors
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	@if command -v cargo-deny >/dev/null; then cargo deny --offline check bans licenses sources; fi

# One set of features and targets for all that follows, so that nothing is compiled twice.
compiled: viewer
	cargo build --workspace --all-targets

unit: compiled ## the Rust tests, whole-path tests of the real binary included, and the viewer's own
	cargo test --workspace
	cd services/viewer && npm test --silent

peers: compiled ## OpenSlide 4, wsidicom, dciodvfy, hl7apy and @medplum read what we wrote and answer; Slim's viewer shows it; people come through oidc-provider; schemathesis asks the API
	tests/peers/run

browser: compiled ## the viewer in headless Chromium
	tests/browser/run

screenshots: build ## make the pictures in docs/ anew
	tests/browser/screenshots docs

cluster: compiled ## the Helm chart, without a cluster
	tests/cluster/run

chaos: compiled ## kill, wipe, cut off and break everything twenty times; two hundred slides; takes an hour
	COVERSLIP_CHAOS_ROUNDS=20 cargo test --workspace --test chaos -- --nocapture

conformance: compiled ## what takes too long for every run: shipped models on held-out data, a full index of similar tiles, the chart's policy scan, 5,000 cases of each operation
	@.ci/setup conformance
	tests/cluster/scan/run
	tests/peers/openapi/run 5000
	cargo test --workspace --test held_out -- --ignored --nocapture
	cargo test --workspace --test encoder_probe -- --ignored --nocapture
	cargo test --workspace --test recall -- --ignored --nocapture

classic-mil: ## the five classic MIL sets as Ilse et al. did them, beside their figures
	cargo run --release --package coverslip-mil --example classic_mil -- $(SETS) $(REPEATS)

bench: build ## each figure against its peer in the same run, written to BENCHMARKS.md
	@.ci/setup bench
	$(COVERSLIP) bench --write BENCHMARKS.md
	COVERSLIP_BINARY=$(COVERSLIP) cargo run --release --package coverslip-tests --example cluster_figures -- \
		--write BENCHMARKS.md
	COVERSLIP_BINARY=$(COVERSLIP) WRITE=BENCHMARKS.md tests/bench/first_view

encoder: build ## train an encoder on phantoms and on real H&E into target/encoder, with its figures; takes hours
	COVERSLIP=$(COVERSLIP) models/shipped/encoder/train/run target/encoder

clean: ## remove what was built and the demo's data
	rm -rf target $(DEMO) services/viewer/dist services/viewer/node_modules .venv
