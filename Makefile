PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed

.PHONY: help run test crash-test load-test demo bench fmt lint types imports readme screenshots worlds clean

help: ## show what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/python -m compileall -q emulator
	touch $@

run: $(INSTALLED) ## install, and serve the demo world on 127.0.0.1:8080
	$(BIN)/voicebot-emulator serve --demo

test: $(INSTALLED) lint types imports ## install, lint, check types and imports, run all tests
	$(BIN)/python -m pytest --quiet --numprocesses auto
	$(BIN)/python -m pytest --quiet --numprocesses auto --socket tests/platforms

crash-test: $(INSTALLED) ## end a server 200 times under load, and see that nothing is lost
	$(BIN)/python -m pytest --quiet --kills 200 tests/persistence/test_crash.py

load-test: $(INSTALLED) ## have 65 clients hammer at 16 worlds, and see that each keeps to itself
	$(BIN)/python -m pytest --quiet --blows 25 tests/test_hammering.py

demo: $(INSTALLED) ## show a batch of calls from beginning to end
	$(BIN)/voicebot-emulator demo

bench: $(INSTALLED) ## measure against a bare application, and print a table
	$(BIN)/python -m compileall -q emulator tests/bench
	$(BIN)/python -m tests.bench

fmt: $(INSTALLED) ## format the code
	$(BIN)/ruff check --quiet --fix emulator tests
	$(BIN)/ruff format --quiet emulator tests

lint: $(INSTALLED) ## check format and style
	$(BIN)/ruff check --quiet emulator tests
	$(BIN)/ruff format --quiet --check emulator tests

types: $(INSTALLED) ## check types
	$(BIN)/mypy --no-error-summary

imports: $(INSTALLED) ## check that imports point the right way
	$(BIN)/lint-imports --no-cache --no-logo > .imports.log || { cat .imports.log; exit 1; }

readme: $(INSTALLED) ## write the table of operations into the README
	$(BIN)/python -m tests.readme

screenshots: $(INSTALLED) ## write the pictures of fixtures/screenshots
	$(BIN)/python -m pytest --quiet --screenshots tests/dashboard/test_screenshots.py

worlds: $(INSTALLED) ## write the world files of fixtures/worlds
	$(BIN)/python -m tests.worlds

clean: ## remove what was made
	rm -rf .venv .imports.log .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
