# prisonflow: one command to run, one to test, one to lint. `make help` lists them.
#
#   make run PYTHON=/path/to/python3.12     another interpreter (3.11 or newer)
#   make test PYTEST_ARGS="-m 'not slow'"
#
# The environment lives in .venv. Each stamp is written after its installation has succeeded, so an
# interrupted one is taken up again, and a finished one is not repeated until pyproject.toml changes
# or the folder moves. An environment that works is kept, whatever PYTHON says: `make distclean`
# first to change the interpreter.

PYTHON ?= python3
PYTEST_ARGS ?=
RUN_ARGS ?= baseline no_agreement --out outputs

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet
RUN_READY := $(VENV)/.ready-run
APP_READY := $(VENV)/.ready-app
DEV_READY := $(VENV)/.ready-dev
SUPPORTED := import sys; sys.exit(sys.version_info < (3, 11))
# An environment knows its own path. Copied or moved, it would run the code of the old place.
AT_HOME := grep -qsF '$(CURDIR)/$(VENV)' $(VENV)/bin/activate
MOVED := $(shell $(AT_HOME) || echo FORCE)

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench engine performance app docs artefacts regression calibration \
	doubt validation notebooks picture screenshot clean distclean FORCE
.NOTPARALLEL:

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: $(RUN_READY) ## simulate the baseline and the world without the agreement, into outputs/
	$(VENV)/bin/prisonflow run $(RUN_ARGS)

# Tests of one file share what they prepare, and stay together. Files come in the order of
# tests/conftest.py, not by their number of tests: slow ones first, so that no processor waits for
# the other at the end.
test: $(DEV_READY) ## run the tests
	$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

lint: $(DEV_READY) ## check style, types and the direction of imports
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m mypy --explicit-package-bases docs
	$(VENV)/bin/lint-imports --no-logo

format: $(DEV_READY) ## put the code into the agreed form
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(RUN_READY) ## run every benchmarks/bench_*.py
	@set -e; for bench in benchmarks/bench_*.py; do \
		test -e "$$bench" || { echo "There is no benchmarks/bench_*.py."; exit 0; }; \
		echo "== $$bench"; $(PY) -m "benchmarks.$$(basename "$$bench" .py)"; \
	done

engine: $(RUN_READY) ## compile the engine again, after a change of sim/world (half a minute)
	PRISONFLOW_COMPILE=1 $(PIP) --no-deps --editable .
	$(VENV)/bin/prisonflow --version

performance: $(RUN_READY) ## measure the engines, and write docs/performance.md again (ten minutes)
	@$(PIP) --editable '.[peers]'
	$(PY) -m benchmarks.bench_replication --scale 1 4 16 --repeats 3 --page docs/performance.md
	$(PY) -m benchmarks.bench_peers --page docs/performance.md
	$(PY) -m benchmarks.bench_run $(if $(AGAINST),--against $(AGAINST)) --page docs/performance.md

app: $(APP_READY) ## open the page to ask "what if" in a browser
	$(VENV)/bin/prisonflow app

docs: $(DEV_READY) ## build the documentation site into site/
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict --quiet
	@echo "open site/index.html"

# Each keeps the hash of what made it, in docs/artefacts.toml.
artefacts: $(DEV_READY) ## make anew whatever is stale of all that is derived and in git
	$(PY) -m docs.artefacts

regression: $(DEV_READY) ## store the results that the regression tests compare with
	$(PY) -m docs.artefacts $@

calibration: $(DEV_READY) ## calibrate the baseline, and keep ensemble and report (half an hour)
	$(PY) -m docs.artefacts $@

doubt: $(DEV_READY) ## draw every shipped scenario, and keep how sure its answer is (half an hour)
	$(PY) -m docs.artefacts $@

validation: $(DEV_READY) ## test the model against what is known, and write docs/validation.md (ten minutes)
	$(PY) -m docs.artefacts $@

notebooks: $(DEV_READY) ## execute the notebooks and store what they show
	$(PY) -m docs.artefacts $@

picture: $(DEV_READY) ## make the README's picture again
	$(PY) -m docs.artefacts $@

screenshot: $(DEV_READY) ## make the README's picture of the page again (needs Chromium)
	$(PY) -m docs.artefacts $@

clean: ## remove caches and build products; outputs/, .venv and the compiled engine stay
	rm -rf build dist *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find benchmarks docs notebooks sim tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

distclean: clean ## clean, and remove .venv
	rm -rf $(VENV) sim/world/compiled/*.so sim/world/compiled/*.pyd

# Keep an environment that works; replace one that is half made, too old, or moved.
define make_environment
	@if ! { $(AT_HOME) && $(PY) -c '$(SUPPORTED)' && $(PY) -m pip --version; } >/dev/null 2>&1; then \
		command -v "$(PYTHON)" >/dev/null 2>&1 || { \
			echo "prisonflow needs Python 3.11 or newer, but '$(PYTHON)' was not found." >&2; \
			echo "Install it, or name yours: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }; \
		"$(PYTHON)" -c '$(SUPPORTED)' || { \
			echo "prisonflow needs Python 3.11 or newer; '$(PYTHON)' is $$("$(PYTHON)" --version 2>&1)." >&2; \
			echo "Name a newer one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }; \
		echo "Making $(VENV) with $$("$(PYTHON)" --version)"; \
		"$(PYTHON)" -m venv --clear $(VENV); \
	fi
endef

$(RUN_READY): pyproject.toml setup.py $(MOVED)
	$(make_environment)
	@echo "Installing prisonflow into $(VENV) (a minute or two, once)"
	@$(PIP) --editable .
	@touch $@

$(APP_READY): pyproject.toml $(MOVED)
	$(make_environment)
	@echo "Installing prisonflow and what its page needs into $(VENV) (a minute or two, once)"
	@$(PIP) --editable '.[app]'
	@touch $(RUN_READY) $@

$(DEV_READY): pyproject.toml $(MOVED)
	$(make_environment)
	@echo "Installing prisonflow and its development tools into $(VENV) (a few minutes, once)"
	@$(PIP) --editable '.[dev]'
	@touch $(RUN_READY) $(APP_READY) $@
