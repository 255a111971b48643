# The two commands of a new user: `make demo` and `make test`. Both set up what they need.

ifndef PYTHON
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; \
	done)
endif
BIN := .venv/bin
READY := .venv/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

.PHONY: setup demo up test lint format lock clean
.DEFAULT_GOAL := setup

setup: $(READY)  ## .venv with the `leadgen` command; nothing to do while the lock is unchanged

$(READY): requirements.lock pyproject.toml
	@if [ -z "$(PYTHON)" ] || ! $(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))"; then \
	  echo "LeadGen needs Python 3.11 or newer; found: $$($(or $(PYTHON),python3) --version 2>&1 || echo none)." >&2; \
	  echo "Install one, or name it: make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3.12" >&2; exit 1; fi
	@if ! $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null; then \
	  echo "$(PYTHON) cannot make environments: its venv module is missing." >&2; \
	  echo "On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; fi
	@echo "Setting up .venv (about a minute) ..."
	@$(PIP) --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(PIP) install --no-deps --only-binary :all: --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q leadgen leadgen_assets leadgen_api
	@touch $@

demo: setup  ## a campaign from creation to ranked leads and drafts, on the embedded database and the sandbox
	@$(BIN)/leadgen demo $(ARGS)

up: setup  ## everything for use, until Ctrl-C
	@$(BIN)/leadgen up $(ARGS)

test: setup  ## a file's tests run in one process; two files at a time
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock:  ## after a change of dependencies; needs uv
	uv pip compile pyproject.toml --extra embedded --extra dev --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-strip-extras --no-header --no-annotate --quiet --output-file requirements.lock

clean:  ## stops what runs and removes the environment and all data of this checkout
	@if [ -x $(BIN)/leadgen ]; then $(BIN)/leadgen down; fi
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
