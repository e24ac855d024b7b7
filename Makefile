# `make run` starts the app; `make check` answers within a minute, `make test` passes every test but those that
# take long by their nature, which `make soak` passes.
# Each makes its own .venv and installs what it needs.

PORT ?= 8501
PROCESSES ?= 2
VENV = .venv
BIN = $(VENV)/bin
# The first Python that runs and is new enough; a name on the PATH may be a mere stand-in.
NEW_ENOUGH = -c "import sys; sys.exit(sys.version_info < (3, 11))"
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python $(NEW_ENOUGH) 2>/dev/null && echo $$python && break; done)

.PHONY: run check test soak lint format clean

run: $(VENV)/.run
	@$(BIN)/python -c "import socket, sys; s = socket.socket(); s.settimeout(1); sys.exit(s.connect_ex(('127.0.0.1', $(PORT))) == 0)" \
		|| { echo "Port $(PORT) is taken: close the program that uses it, or choose another with make run PORT=8502."; exit 1; }
	@$(BIN)/python -m streamlit run app.py --server.port $(PORT)

# Lint, types, and the tests of the core that take a moment.
check: $(VENV)/.test lint
	$(BIN)/python -m pytest tests/core -n $(PROCESSES) -m "not soak and not slow"

# Each process has a server and a browser of its own, and passes whole files of browser tests before the rest.
test: $(VENV)/.test lint
	$(BIN)/python -m pytest -n $(PROCESSES)

# What takes long by its nature; one process, for some of it measures time or memory.
soak: $(VENV)/.test
	$(BIN)/python -m pytest -m soak --durations=20

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tests/javascript/lint.py
	$(BIN)/node --test tests/javascript/*.test.mjs

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) tests/javascript/node_modules

$(BIN)/python:
	@$(or $(PYTHON),false) $(NEW_ENOUGH) \
		|| { echo "Convoscope needs Python 3.11 or newer: install one, or name it with make PYTHON=/path/to/python3."; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "Python's venv module is missing: on Debian, apt-get install python3-venv."; exit 1; }

$(VENV)/.run: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.test: requirements.txt requirements-dev.txt tests/javascript/package-lock.json | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix tests/javascript --silent
	$(BIN)/python tests/browser/chromium.py
	@touch $@
