# `make demo` opens the quickstart; `make test` runs every test. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .make

.PHONY: setup build demo docs test quick hosts late pythons release rehearsal version test-python test-server test-browser test-js lint audit format bench \
	external-links screenshots clean

setup: $(STAMPS)/python $(STAMPS)/js

# System packages: only what is missing, and only with apt.
$(STAMPS)/system:
	@mkdir -p $(STAMPS)
	@sh scripts/system-packages.sh
	@touch $@

$(STAMPS)/js: js/package.json js/package-lock.json
	@mkdir -p $(STAMPS)
	cd js && npm ci --no-progress
	@touch $@

PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# Make `install` put $(2) into the environment $(1): by uv, in a tenth of pip's time; by pip where uv finds no packages, as
# it does not read the indexes that a machine's pip is configured for.
install = $(BIN)/uv pip install --quiet --python $(1)/bin/python $(2) || $(PIP) --python $(1)/bin/python install $(2)

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(PIP) install 'uv>=0.9'

EXTRAS := test,lint,demo,bench,docs
# Many processes of the tests start at once: none of them is to compile what all of them import.
$(STAMPS)/python: export UV_COMPILE_BYTECODE := 1
$(STAMPS)/python: pyproject.toml hatch_build.py $(STAMPS)/js | $(BIN)/uv
	@mkdir -p $(STAMPS)
	$(call install,$(VENV),-e '.[$(EXTRAS)]')
	@touch $@

# Rebuild the bundle when its sources change.
BUNDLE := src/nanomeet_widget/static/.built
$(BUNDLE): $(STAMPS)/js js/build.mjs js/tsconfig.json $(shell find js/src js/types js/wasm -type f 2>/dev/null)
	cd js && npm run --silent build

build: setup $(BUNDLE)

# The notebook is the default URL, so that the printed one leads to it if no browser opens. Containers run as
# root, which Jupyter has to be told is intended.
demo: build
	$(BIN)/jupyter lab --ServerApp.root_dir=notebooks --LabApp.default_url=/lab/tree/quickstart.ipynb \
		$(if $(filter 0,$(shell id -u)),--allow-root)

# What is short comes first, side by side: one waits for the network, another for one core.
test: $(STAMPS)/system build
	$(MAKE) -j3 lint hosts test-js
	$(MAKE) test-python

# The tests of what differs from the main branch, by name. `BASE=HEAD`: of uncommitted changes.
BASE ?= main
quick: build
	$(BIN)/python scripts/touched_tests.py $(BASE)

# Environments with other notebooks and versions, for tests/browser/hosts.
HOSTS := $(patsubst tests/browser/hosts/environments/%.txt,.hosts/%/.made,$(wildcard tests/browser/hosts/environments/*.txt))
hosts: $(HOSTS)

.hosts/%/.made: tests/browser/hosts/environments/%.txt pyproject.toml | build
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .hosts/$*
	$(call install,.hosts/$*,-e . -r $<)
	@touch $@

test-js: build
	cd js && npm test

# Three workers per core: tests without a browser compute for less than half of their time, and wait for servers and
# deadlines otherwise. A worker runs all tests of a file, so that a file's servers start once. Browser tests run after
# them: they leave both cores little to do besides. Each of their workers has a Lab and a Chromium; one that is done takes
# over tests of another one. A third one uses the cores while tests wait; more only slow each other.
WORKERS ?= 6
BROWSER_WORKERS ?= 3
test-python: test-server test-browser

test-server: build
	$(BIN)/python -m pytest --ignore=tests/browser --numprocesses=$(WORKERS) --dist=loadfile --no-loadscope-reorder

test-browser: build hosts
	$(BIN)/python -m pytest tests/browser --numprocesses=$(BROWSER_WORKERS) --dist=worksteal --durations=20

lint: build
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd js && npm run check && npm run lint

# Tests with messages that come late, each page's and bot's at a pace of its own: those that hold only while all are equally
# fast fail. Those that count messages in a time fail, too. `make late TESTS=tests/browser/test_polls.py LATE=1`.
LATE ?= 0.4
late: $(STAMPS)/system build
	PYTHONPATH=tests/late LATE=$(LATE) $(BIN)/python -m pytest $(TESTS) --numprocesses=$(BROWSER_WORKERS) --dist=loadfile

# The tests on every Python that is there, with the oldest and the newest allowed dependencies. Some of it:
# `make pythons PYTHONS="3.10 3.13" RESOLUTIONS=lowest TESTS=tests/unit`.
PYTHONS ?=
RESOLUTIONS ?= lowest highest
TESTS ?= tests/unit tests/contract tests/secrecy
pythons: $(STAMPS)/system $(STAMPS)/release build
	$(BIN)/python -m scripts.pythons --pythons="$(PYTHONS)" --resolutions="$(RESOLUTIONS)" \
		--tests="$(TESTS)" --workers=$(WORKERS)

$(STAMPS)/release: pyproject.toml $(STAMPS)/python
	$(call install,$(VENV),-e '.[release]')
	@touch $@

# docs/releasing.md: what these do. Neither uploads anything.
release: $(STAMPS)/release setup
	$(BIN)/python -m scripts.release --pythons="$(PYTHONS)"

rehearsal: $(STAMPS)/release setup
	$(BIN)/python -m scripts.release --rehearse --pythons="$(PYTHONS)"

# `make version VERSION=0.2.0` writes it everywhere, and closes the section of CHANGELOG.md.
version: setup
	$(BIN)/python -m scripts.versions $(VERSION)

# Known vulnerabilities of dependencies; needs a network.
audit: setup
	$(BIN)/python scripts/audit.py

format: setup
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format
	cd js && npm run format

# Each writes its section of benchmarks/RESULTS.md; `make bench BENCHMARKS=fan_out` runs one of them.
BENCHMARKS := broadcast_latency python_broadcast python_meeting lip_sync late_join fan_out bad_network mesh_stage background rejoin recovery soak groups \
	hostile recording_length drift slow_reader bots records polls invites whole_class
bench: $(STAMPS)/system build
	set -e; for name in $(BENCHMARKS); do $(BIN)/python -m benchmarks.$$name; done

# The site of the documents, in `site/`: open site/index.html. What is wrong with a page or a link ends it.
docs: build
	$(BIN)/python -m docs.site

# Links of the site to others, one a line: for a machine with a network and a program that tries them.
external-links: docs
	@$(BIN)/python -m docs.site --external

# Retake the screenshots of the documents and the gallery, and record what the demo page plays.
screenshots: $(STAMPS)/system build
	$(BIN)/python -m docs.site.record
	SCREENS=docs/images $(BIN)/python -m pytest $(addprefix tests/browser/test_,screens.py class.py class_panel.py python_class_panel.py gallery.py)

clean:
	rm -rf $(VENV) .hosts .pythons $(STAMPS) js/node_modules src/nanomeet_widget/static dist site
