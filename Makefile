PYTHON ?= python3
BIN := .venv/bin
# one more than there are cores: workers often wait for a browser or a process
WORKERS ?= $(shell $(PYTHON) -c "import os; print(os.cpu_count() + 1)")
PYTEST = $(BIN)/python -m pytest --quiet --numprocesses $(WORKERS) --dist worksteal
CAMPAIGNS := crash-test attack-test load-test fuzz-test socket-test file-test
CAMPAIGN = $(PYTEST) --campaign $(if $(SEED),--seed $(SEED))
ATTACKS := tests/http/test_guard.py tests/http/test_connection.py tests/http/test_leaving.py \
	tests/http/test_room.py tests/http/test_turns.py tests/http/test_route_fuzz.py \
	tests/persistence/test_damaged_files.py tests/callbacks/test_egress.py \
	tests/callbacks/test_own_routes.py tests/cli/test_escapes.py
RUN := .venv/installed-run
DEV := .venv/installed-dev
# without the parts of pipecat that its telephony does not import: 38 MB instead of 145
PIPECAT := pipecat-ai==1.14.0 aiofiles docstring-parser loguru loudness numpy opentelemetry-api \
	pillow sentencex soxr wait-for2
NODE_TOOLS := .node/installed

# the tests start hundreds of processes, which read compiled modules
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run test crash-test attack-test load-test fuzz-test socket-test file-test cluster-test java-test node-tools campaigns cov demo bench \
	fmt lint types imports checks readme screenshots worlds clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(RUN): pyproject.toml
	@echo "Creating a virtual environment in .venv"
	@$(PYTHON) -m venv .venv
	@echo "Installing the emulator"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(DEV): $(RUN)
	@echo "Installing the development tools"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(PIPECAT) \
		|| echo "pipecat cannot be installed: the test of its example is skipped, but not in CI"
	@touch $@

$(NODE_TOOLS):
	@echo "Installing vitest, TypeScript and exotel-node for the tests"
	@npm install --silent --prefix .node --no-save --no-package-lock \
		vitest@4.1.12 vite@8.3.8 typescript@7.0.2 exotel-node@0.0.3
	@touch $@

node-tools: ## install vitest, TypeScript and exotel-node, where there is npm; without them their tests are skipped
	@if command -v npm > /dev/null; then $(MAKE) --no-print-directory $(NODE_TOOLS) \
		|| echo "they cannot be installed: their tests are skipped"; fi

run: $(RUN) ## install, and serve the demo world on 127.0.0.1:8080
	$(BIN)/voicebot-emulator serve --demo

demo: $(RUN) ## install, and show a batch of calls from beginning to end
	$(BIN)/voicebot-emulator demo

test: $(DEV) node-tools ## install, check style, types and imports, and run all tests
	@$(BIN)/python -m compileall -q -j 0 emulator  # once, and not by each worker
	@echo "Checking style, types and imports beside the tests"
	@$(MAKE) --no-print-directory checks > .checks.log 2>&1 & checks=$$!; \
	$(PYTEST) --durations 10; tests=$$?; \
	wait $$checks || { cat .checks.log; exit 1; }; exit $$tests

campaigns: $(DEV) ## run all long campaigns (before a release)
	@number=0; for each in $(CAMPAIGNS); do number=$$((number + 1)); \
		echo "campaign $$number of $(words $(CAMPAIGNS)): $$each"; \
		$(MAKE) --no-print-directory $$each || exit 1; done

crash-test: $(DEV) ## kill a server 200 times under load, and check that nothing is lost
	$(CAMPAIGN) tests/persistence/test_crash.py

attack-test: $(DEV) ## attack every route, connection and file, also with the lowest versions
	$(CAMPAIGN) $(ATTACKS)
	nice $(BIN)/python -m tests.lowest

load-test: $(DEV) ## load 16 worlds with 65 clients, and check that worlds stay apart
	$(CAMPAIGN) tests/test_load.py

fuzz-test: $(DEV) ## run every property and OpenAPI test on 25 times as many examples
	$(CAMPAIGN) -m "hypothesis or fuzz"

cluster-test: $(DEV) ## run three shards with standbys behind HAProxy, kill owners, and compare two processes with one (Linux; apt-get install haproxy postgresql)
	$(CAMPAIGN) tests/test_cluster.py tests/test_shards.py tests/test_shard_sockets.py tests/docs/test_deployment.py tests/persistence/test_database.py tests/takeovers.py
	@if [ -n "$(BASE)" ]; then $(BIN)/python -m tests.bench.former $(BASE); \
		else echo "start, memory and GET are not compared: make cluster-test BASE=COMMIT"; fi
	$(BIN)/python -m tests.bench.cluster

socket-test: $(DEV) ## run every test that makes requests over a socket
	$(PYTEST) --socket

file-test: $(DEV) ## run these tests with a data file, and compare the file with the memory
	$(PYTEST) --file

java-test: $(DEV) ## check that Java's own HTTP client is answered (needs Java 17)
	@command -v java > /dev/null || { echo "there is no java here: apt-get install default-jdk-headless" >&2; exit 1; }
	$(PYTEST) tests/http/test_java_client.py

cov: $(DEV) ## run all tests, and fail if they cover less than the floor in pyproject.toml
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --quiet --numprocesses auto --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

bench: $(DEV) ## measure against a bare application, and print a table
	$(BIN)/python -m tests.bench

fmt: $(DEV) ## format the code
	$(BIN)/ruff check --quiet --fix emulator tests
	$(BIN)/ruff format --quiet emulator tests

lint: $(DEV) ## check format and style
	$(BIN)/ruff check --quiet emulator tests
	$(BIN)/ruff format --quiet --check emulator tests

types: $(DEV) ## check types
	$(BIN)/mypy --no-error-summary

imports: $(DEV) ## check that imports point the right way
	@$(BIN)/lint-imports --no-cache --no-logo > .imports.log || { cat .imports.log; exit 1; }

checks: lint types imports ## check style, types and imports

readme: $(DEV) ## write the table of operations into the README
	$(BIN)/python -m tests.readme

screenshots: $(DEV) ## write the pictures of fixtures/screenshots
	$(PYTEST) --screenshots tests/dashboard/test_screenshots.py

worlds: $(DEV) ## write the world files of fixtures/worlds
	$(BIN)/python -m tests.worlds

clean: ## remove everything that the targets made
	rm -rf .venv .node .checks.log .imports.log .coverage .coverage.* .mypy_cache .ruff_cache \
		.pytest_cache .hypothesis build *.egg-info
