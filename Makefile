# The commands of a developer and of CI. Everything is installed into .venv and node_modules, at the versions
# that constraints.txt and package-lock.json name. To run the product takes little; to develop it takes also the
# linters, a browser driver and a Node that is the same for all of us, from PyPI.

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNNABLE := $(VENV)/.runnable
DEVELOPABLE := $(VENV)/.developable
PACKAGES := node_modules/.with-tools
TYPED := replay storage viewer examples tests $(wildcard benchmarks) hatch_build.py

# Most tests wait for something. One that drives a browser needs both processors of a small machine.
SIDE_BY_SIDE := --numprocesses=auto --maxprocesses=4 --dist=worksteal

export PATH := $(CURDIR)/$(BIN):$(PATH)
# pip hands the first to the environments it builds in up to 25.2, the second from 25.3 on.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_BUILD_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.NOTPARALLEL:
.PHONY: demo build test check static lint-python types-python types-javascript lint-javascript \
	units-javascript bench bench-full soak format install wheel lock clean

demo: build
	$(BIN)/replay demo

build: $(RUNNABLE)
	$(BIN)/python hatch_build.py

install: $(DEVELOPABLE) $(PACKAGES)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "replay-desk needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(RUNNABLE): pyproject.toml constraints.txt hatch_build.py | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[build]'
	$(BIN)/python hatch_build.py requirements | xargs -r $(BIN)/python -m pip install --quiet
	touch $@

$(DEVELOPABLE): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ $(RUNNABLE)

$(PACKAGES): package.json sdk_js/package.json viewer/web/package.json package-lock.json | $(DEVELOPABLE)
	npm ci
	touch $@

# Everything that reads the code without running it; `make -k static` goes on after the first that complains.
static: lint-python types-python types-javascript lint-javascript

lint-python: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types-python: install
	$(BIN)/mypy $(TYPED)

types-javascript: install
	npm run --silent types

lint-javascript: install
	npm run --silent lint

units-javascript: install
	npm run --silent test

check: install build static units-javascript
	$(BIN)/pytest $(SIDE_BY_SIDE) -m "not browser and not faults and not soak"

test: install build static units-javascript
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/pytest $(SIDE_BY_SIDE) -m "not browser and not soak"
	$(BIN)/pytest -m "browser and not soak"

soak: install build
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.soak.postgres
	$(BIN)/pytest -m soak

bench: install build
	$(BIN)/python -m benchmarks

# Also what takes long: longer trips, other recorders, which it installs for itself, and a million sessions,
# which the first time it makes up and keeps under build/bench.
bench-full: install build
	$(BIN)/python -m benchmarks all

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	npm run --silent format

wheel: install
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

# Takes the newest versions that pyproject.toml allows and writes them down.
lock:
	env -u PIP_CONSTRAINT -u PIP_BUILD_CONSTRAINT $(PYTHON) -m venv --clear build/lock
	env -u PIP_CONSTRAINT -u PIP_BUILD_CONSTRAINT build/lock/bin/python -m pip install --quiet --editable '.[dev]'
	build/lock/bin/python -m pip freeze --exclude-editable > constraints.txt
	npm update

clean:
	rm -rf build dist sdk_js/dist replay/collector/static viewer/static node_modules benchmarks/peer/node_modules $(VENV)
