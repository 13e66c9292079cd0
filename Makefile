# Everything runs from .venv, made from the hashed lock on first use. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTEST_ARGS ?=

.PHONY: help demo test soak diagnose-matrix check bench lock lint format pages clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(READY) ## the main job on simulated equipment; KEEP=1 leaves it running
	@$(BIN)/trunkline demo $(if $(KEEP),--keep)

test: $(READY) ## all tests
	@$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

soak: $(READY) ## kill the daemon at random while a certificate is renewed, N=500 times; SEED=… repeats
	@PYTHONPATH=tests $(BIN)/python -W ignore::DeprecationWarning -m tests.soak $(or $(N),500) $(SEED)

diagnose-matrix: $(READY) ## do every cause and the hold-out to a trunk of the lab and write what `trunkline diagnose` says
	@PYTHONPATH=tests $(BIN)/python -m support.matrices

check: $(READY) ## formatting, lint, types, the floors of the house, the generated pages
	@$(BIN)/ruff format --check daemon tests
	@$(BIN)/ruff check daemon tests
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@PYTHONPATH=tests $(BIN)/python -m support.pages --check

format: $(READY) ## format and mend what ruff can mend
	@$(BIN)/ruff format daemon tests
	@$(BIN)/ruff check --fix daemon tests

pages: $(READY) ## write the pages and schemas that are made from the code
	@PYTHONPATH=tests $(BIN)/python -m support.pages

bench: $(READY) ## measure against named floors and peers; one table
	@PYTHONPATH=tests $(BIN)/python -m tests.bench

lock: $(VENV)/bin/python ## write requirements.lock anew, with the newest versions that fit
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile --quiet --upgrade --all-extras --group dev --generate-hashes --no-emit-index-url \
		--no-header --python-version 3.11 pyproject.toml -o requirements.lock

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "trunkline needs Python 3.11 or later; set PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "cannot make $(VENV): on Debian, install the package python3-venv"; exit 1; }

$(READY): requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "setting up $(VENV) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock \
		|| { echo "cannot install what requirements.lock names: see pip's words above; a package index must be reachable"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean: ## remove what the targets made
	@rm -rf $(VENV) .lab .build .mypy_cache .ruff_cache .pytest_cache .hypothesis
