# `make demo` and `make test` need only Python 3.11 or newer and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo lab test lint bench clean

demo: .venv/ready
	$(BIN)/dockyard demo
	@echo 'Your turn: make lab'

lab: .venv/ready
	$(BIN)/dockyard lab

test: .venv/ready
	$(BIN)/python -m pytest -n logical --dist loadscope

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/ready .venv-bench/ready
	$(BIN)/python bench/run.py

# The pinned versions that were tried together are in constraints.txt.
.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dockyard needs Python 3.11 or newer: make PYTHON=python3.12 demo")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[lab,dev]'
	@touch $@

# MiniStack, which the bench compares with, lives apart: nothing of ours depends on it.
.venv-bench/ready: constraints.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet 'ministack==1.5.33'
	@touch $@

clean:
	rm -rf .venv .venv-bench
