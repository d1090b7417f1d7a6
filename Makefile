# The verbs of this project. `make demo` and `make test` need nothing but Python 3.11 and, as root, apt.
.DEFAULT_GOAL := help
.PHONY: help demo test lint types unit fuzz clean

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
DEMO ?=
PYTEST ?= -n 2
FUZZ ?= tests/agent

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/installed  ## simulated room, agent and page (options: make demo DEMO="--scenario feed-a-loss")
	@$(BIN)/roomready demo $(DEMO)

test: $(VENV)/tested lint types unit  ## environment, Debian packages, lint, types, all tests

lint: $(VENV)/tested
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/tested
	$(BIN)/mypy

unit: $(VENV)/tested
	$(BIN)/pytest $(PYTEST)

fuzz: $(VENV)/tested  ## the properties of parsers and protocols on 20,000 examples each (FUZZ=tests/agent/wire: of some)
	$(BIN)/pytest $(PYTEST) -m hypothesis --hypothesis-profile=fuzz --timeout=0 $(FUZZ)

$(VENV)/bin/python:
	@sh scripts/environment $(PYTHON) $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/tested: $(VENV)/bin/python pyproject.toml scripts/peers
	@sh scripts/peers
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(VENV)/installed $@

clean:  ## forget the environment
	rm -rf $(VENV)
