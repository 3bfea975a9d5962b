# The commands of a developer and of CI. Everything is installed into .venv and node_modules, at the versions
# that constraints.txt and package-lock.json name; Node comes from PyPI into .venv, so that all of us have one.

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PACKAGES := node_modules/.package-lock.json
TYPED := replay storage viewer examples tests $(wildcard benchmarks) hatch_build.py

export PATH := $(CURDIR)/$(BIN):$(PATH)
# pip hands the first to the environments it builds in up to 25.2, the second from 25.3 on.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_BUILD_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo build test check static lint-python types-python types-javascript lint-javascript \
	units-javascript bench soak format install wheel lock clean

demo: build
	$(BIN)/replay demo

build: install
	$(BIN)/python hatch_build.py

install: $(INSTALLED) $(PACKAGES)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("replay-desk needs Python 3.11 or newer: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

$(PACKAGES): package.json sdk_js/package.json viewer/web/package.json package-lock.json | $(INSTALLED)
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

check: build static units-javascript
	$(BIN)/pytest -m "not browser and not faults and not soak"

test: build static units-javascript
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/pytest -m "not soak"

soak: build
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/pytest -m soak

bench: build
	$(BIN)/python -m benchmarks

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
	rm -rf build dist sdk_js/dist replay/collector/static viewer/static node_modules $(VENV)
