# The way in: `make` says what there is, `make demo` shows it, `make test` checks it.
# Needs Rust, a C compiler and Node.js; scripts/need says precisely what is missing.

CARGO ?= cargo
NPM ?= npm
# More for `pvn demo`, for example: make demo ARGS=--resume
ARGS ?=
# Which benchmark `make bench` runs.
BENCH ?= flow

# The arithmetic of Ed25519 may use AVX-512, where the processor has it: it looks when it runs (docs/decisions/0022).
ifeq ($(shell uname -m),x86_64)
export CARGO_CFG_CURVE25519_DALEK_BACKEND ?= avx512
endif

TARGET := $(or $(CARGO_TARGET_DIR),target)
PVN := $(TARGET)/release/pvn
PVN_DEV := $(TARGET)/debug/pvn
HAS_NEXTEST := $(shell $(CARGO) nextest --version >/dev/null 2>&1 && echo yes)
# A browser for the tests of the pages: the first of these that is there.
CHROMIUM ?= $(firstword $(shell command -v chromium chromium-browser google-chrome google-chrome-stable 2>/dev/null))

WEB_SOURCES := $(shell find web/src web/public web/build web/licences web/verify/src -type f 2>/dev/null) \
	$(wildcard web/package.json web/tsconfig.json web/vite.config.js web/verify/package.json web/verify/vite.config.js)
# What npm and the last step of the web build leave behind.
WEB_PACKAGES := web/node_modules/.package-lock.json
WEB_BUILT := web/dist/portal.js.br

.PHONY: help need demo web build test soak test-rust test-hostile test-services test-verify test-web lint fmt bench deny clean-demo
.DEFAULT_GOAL := help

help: ## This list
	@echo "Public Value Network. Two commands are enough to begin:"
	@echo
	@echo "  make demo        builds everything, starts a network of separate processes on this machine,"
	@echo "                   plays real published figures through it and prints what to open"
	@echo "  make test        builds and checks everything; what can't be checked here is said, not skipped in silence"
	@echo
	@echo "The first build takes some minutes; later ones only what changed."
	@echo
	@echo "All commands:"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do printf '  make %-14s %s\n' "$$name" "$$what"; done
	@echo
	@echo "Where to read on: README.md (what it is for), ARCHITECTURE.md (the rooms), CONTRIBUTING.md (how to change it)."

need: ## Says what is missing on this machine, and how to get it
	@scripts/need

demo: need web ## Builds and runs the demonstration until Ctrl-C; ARGS= are passed on to `pvn demo`
	@echo "Building pvn (the first time some minutes) ..."
	$(CARGO) build --release --locked --package pvn
	$(PVN) demo $(ARGS)

web: $(WEB_BUILT) ## Builds the portal's styles and scripts, if they changed

$(WEB_PACKAGES): web/package.json web/verify/package.json web/package-lock.json
	cd web && $(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

$(WEB_BUILT): $(WEB_PACKAGES) $(WEB_SOURCES)
	cd web && $(NPM) run --silent build
	@touch $@

build: need web ## Builds pvn for use: target/release/pvn
	$(CARGO) build --release --locked --package pvn

test: test-rust test-hostile test-services test-verify test-web lint ## Runs every test, the browser's included, and the linters

test-rust: need web ## Unit, integration, simulation, scenario and wall tests
ifeq ($(HAS_NEXTEST),yes)
	$(CARGO) nextest run --workspace --locked --no-fail-fast
	$(CARGO) test --workspace --locked --doc --quiet
else
	@echo "cargo-nextest is not installed: running the same tests with cargo test, which takes longer and shows less."
	@echo "To install it: cargo install cargo-nextest --locked"
	$(CARGO) test --workspace --locked --no-fail-fast
endif

# Four shares of damaged contracts, for as many cores.
test-hostile: need ## A million damaged contracts and whatever else a node reads, of people and from strangers: an answer to each, in time
ifeq ($(HAS_NEXTEST),yes)
	DEED_TEXTS=250000 $(CARGO) nextest run --locked --package deed --test hostile_text --cargo-profile hostile --no-fail-fast --success-output final
	WIRE_CASES=30000 $(CARGO) nextest run --locked --package protocol --test hostile_bytes --no-fail-fast --success-output final
else
	DEED_TEXTS=250000 $(CARGO) test --locked --package deed --test hostile_text --profile hostile -- --nocapture
	WIRE_CASES=30000 $(CARGO) test --locked --package protocol --test hostile_bytes -- --nocapture
endif

test-services: need web ## The scenarios beside each service's contracts, and of the worked examples
	$(CARGO) build --locked --package pvn
	@for contract in services/*/*.deed docs/deed/examples/*.deed; do echo "$$contract"; $(PVN_DEV) deed test "$$contract" || exit 1; done

test-verify: need $(WEB_PACKAGES) ## The second verifier of proofs, held to the first one's vectors
	cd web && $(NPM) run --silent test:verify

test-web: need web ## The public pages in a real browser
	$(CARGO) build --locked --package pvn
	@if [ -n "$(CHROMIUM)" ]; then \
	  cd web && PVN_BIN="$(abspath $(PVN_DEV))" CHROMIUM="$(CHROMIUM)" $(NPM) test; \
	elif [ -n "$(PVN_NEEDS_BROWSER)" ]; then \
	  echo "No browser found, and PVN_NEEDS_BROWSER is set: install chromium." >&2; exit 1; \
	else \
	  echo "NOT TESTED: the public pages, because no browser was found."; \
	  echo "Install chromium (Debian, Ubuntu: apt install chromium) or say where one is: make test CHROMIUM=/path/to/chrome"; \
	fi

# Twice: tests of rooms without a world may read files, the rooms themselves may not.
lint: need web ## Formatting, clippy, warnings refused, and the types of scripts
	cd web && $(NPM) run --silent lint
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --locked -- -D warnings
	$(CARGO) clippy --workspace --locked --all-targets -- -D warnings -A clippy::disallowed_methods -A clippy::disallowed_types

fmt: ## Formats all Rust
	$(CARGO) fmt --all

bench: build ## Measures the network on this machine, as JSON; BENCH=flow says what
	$(PVN) bench $(BENCH) --json

SEEDS ?= 0..1000
soak: ## Storms over a cluster of validators, one for each of SEEDS=FROM..TO
	SOAK_SEEDS=$(SEEDS) $(CARGO) nextest run -p cluster --no-capture -E 'test(whatever_storms_come)'

deny: ## Licences, banned packages and sources of all dependencies
	@$(CARGO) deny --version >/dev/null 2>&1 || { \
	  echo "cargo-deny is not installed. To install it (some minutes): cargo install cargo-deny --locked" >&2; exit 1; }
	$(CARGO) deny --locked check bans licenses sources

clean-demo: ## Removes what the demonstration left behind
	rm -rf demo-data
