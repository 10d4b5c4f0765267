# `make run` shows the product; `make test` proves it. Python 3.11 and make are all they need.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
DEMO := instance
DEMO_ENV = QA_DEMO=1 DATABASE_URL=sqlite:///$(CURDIR)/$(DEMO)/demo.sqlite3 \
	SECRET_KEY=$$(cat $(DEMO)/secret) QA_UPLOADS=$(CURDIR)/$(DEMO)/uploads

.DEFAULT_GOAL := help
.PHONY: help install install-dev run demo-reset packages test test-sqlite test-postgresql lint types \
	resilience bench screens frontend clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

$(VENV)/.made:
	@$(PYTHON) --version >/dev/null 2>&1 || { echo "Python 3.11 is needed: set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made setup.cfg pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.made setup.cfg pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.installed

install: $(VENV)/.installed ## Make the virtual environment with the pinned libraries

install-dev: $(VENV)/.installed-dev ## The same, with the libraries of tests and checks

$(DEMO)/secret:
	@mkdir -p $(DEMO)/uploads && chmod 700 $(DEMO)
	@umask 077 && $(PYTHON) -c "import secrets; print(secrets.token_hex(32))" > $@

run: install $(DEMO)/secret ## Serve the demonstration council on http://127.0.0.1:8000
	@$(DEMO_ENV) $(BIN)/qa-app db upgrade
	@$(DEMO_ENV) $(BIN)/qa-app demo --if-empty
	@$(DEMO_ENV) $(BIN)/qa-app serve

demo-reset: ## Throw the demonstration council away
	rm -f $(DEMO)/demo.sqlite3 $(DEMO)/demo.sqlite3-wal $(DEMO)/demo.sqlite3-shm \
		$(DEMO)/demo.sqlite3-queue

packages: ## Install the Debian packages that the tests use (through sudo when not root)
	@$(PYTHON) tests/packages.py

test: install-dev packages lint types test-sqlite test-postgresql ## Run everything on both databases

test-sqlite: install-dev ## Run every test on SQLite
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-postgresql: install-dev ## Run every test that uses the database on PostgreSQL
	QA_TEST_DATABASE=postgresql $(BIN)/python -m tests.postgres $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: install-dev ## Check style, complexity, security patterns and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: install-dev ## Check the types
	$(BIN)/mypy

resilience: install-dev packages ## Kill, load and interleave in full, on both databases
	QA_RESILIENCE=1 $(BIN)/pytest -m resilience
	QA_RESILIENCE=1 QA_TEST_DATABASE=postgresql $(BIN)/python -m tests.postgres \
		$(BIN)/pytest -m resilience

bench: install-dev ## Measure imports and draws against their floor; adds to bench/RESULTS.md
	$(BIN)/python -m bench.import_audits
	$(BIN)/python -m bench.draw
	$(BIN)/python -m bench.autosave
	$(BIN)/python -m bench.identifiers
	$(BIN)/python -m bench.disclosure
	$(BIN)/python -m bench.reports
	$(BIN)/python -m bench.exports
	$(BIN)/python -m bench.beside

screens: install-dev ## Photograph the main pages of the demonstration that `make run` serves
	$(BIN)/python -m tests.screens

frontend: ## Build the styles and scripts (needs Node; the built files are committed)
	cd frontend && npm ci && npm run build

clean: ## Remove what was built
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
