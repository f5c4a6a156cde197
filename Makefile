# Needs python3 (3.11 or newer), pip and make; everything else is brought into .tools and .venv.
ifdef PORT
export PORT
endif
BLT ?= $(firstword $(wildcard ../shared/data/elections/glasgow-2007-Hillhead.blt) examples/student-union.blt)
VOTERS ?= 500
COVERED ?= tests/unit tests/http tests/store tests/relay tests/attacks
# Also where .venv is activated: it has no pip, which may be needed first.
export PATH := $(subst $(CURDIR)/.venv/bin:,,$(PATH))

ballotcast := .venv/bin/ballotcast
# HOST as `make run HOST=…`; from the environment it counts if it is an address: some shells export a name by it.
stack = $(ballotcast) stack $(if $(filter command,$(origin HOST)),--host "$(HOST)")
tools := .tools/stack/bin
from_npm := $(CURDIR)/.tools/web/node_modules/.bin
# The first that is there, runs (pyenv's shims need not), is new enough and has pip.
python = $(shell PATH="$(PATH)"; for p in python3.13 python3.14 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v "$$p" && break; done)

.PHONY: help environments run up down logs demo localstack localstack-up localstack-down test collect test-quick test-long test-localstack check-localstack test-programs coverage wheel site parity bench oracles vectors documents lint lint-python lint-scripts lint-prose validate format build lock clean
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

environments:
	@test -n "$(python)" || { echo "Python 3.11 or newer with pip is needed" >&2; exit 1; }
	@PYTHONPATH=tools $(python) -m ballotcast_tools.build.environments

run: environments ## the whole system on this machine, in the foreground (PORT=4566)
	@$(stack) run

up: environments ## the same in the background
	@$(stack) up

down: environments ## stop it
	@$(ballotcast) stack down

logs: environments ## follow its log
	@$(ballotcast) stack logs --follow

demo: up ## a real election played on it, counted and verified (BLT=file VOTERS=500 TRUSTEES=2/3)
	@$(ballotcast) demo --blt $(BLT) --voters $(VOTERS) $(if $(TRUSTEES),--trustees $(TRUSTEES))

localstack: localstack-environment ## the whole stack on LocalStack, without Docker, in the foreground (PORT=4566)
	@$(ballotcast) stack --localstack run

localstack-up: localstack-environment ## the same in the background
	@$(ballotcast) stack --localstack up

localstack-down: environments ## stop it
	@$(ballotcast) stack --localstack down

localstack-environment:
	@test -n "$(python)" || { echo "Python 3.11 or newer with pip is needed" >&2; exit 1; }
	@PYTHONPATH=tools $(python) -m ballotcast_tools.build.localstack_environment

# Tests start many processes: without compiled modules each would compile them again, which is why one process collects
# the tests before all workers do. Three workers more than there are cores,
# because those on a stack, which come first, wait more than they work; each file has one worker, so that its fixtures are made once.
test collect test-quick test-long test-localstack coverage parity: export PYTHONDONTWRITEBYTECODE :=
workers = $(shell $(python) -c 'import os; print((os.cpu_count() or 1) + 3)')
pytest = .venv/bin/pytest -q -n $(workers) --dist loadfile --no-loadscope-reorder

test: environments ## style, types, the template, and the tests, those on the deployed stack too
	@$(MAKE) --no-print-directory -j2 --output-sync=target lint validate collect
	$(pytest)

collect: environments
	@log=$$(.venv/bin/pytest --collect-only -qq 2>&1) || { echo "$$log" >&2; exit 1; }

test-quick: lint ## the inner loop: style, types, and the unit tests but the slow ones, with fewer generated examples
	$(pytest) --hypothesis-profile quick -m "not slow and not stack" tests/unit

test-long: environments ## what `make test` leaves out: whole matrices, campaigns, long fuzzing by other examples in each run
	$(pytest) --hypothesis-profile long -m long

test-localstack: localstack-environment ## elections, channels, relay faults and the browser's journeys on LocalStack (QUICK=1: one of each)
	$(pytest) -n 2 --stack localstack $(if $(QUICK),-m essential) tests/stack tests/browser

check-localstack: ## two elections, one of them with trustees, and one test of each kind on LocalStack
	PORT=4610 $(MAKE) --no-print-directory localstack-up
	PORT=4610 VOTERS=50 BLT=examples/student-union.blt $(MAKE) --no-print-directory demo
	PORT=4610 VOTERS=10 TRUSTEES=2/3 $(MAKE) --no-print-directory demo
	$(MAKE) --no-print-directory localstack-down
	QUICK=1 $(MAKE) --no-print-directory test-localstack

test-programs: ## install the browser and the proxy that tests use, where they are missing (Debian, Ubuntu)
	@tools/test-programs

coverage: environments ## which lines the tests run (those that need no deployed stack): .tools/coverage.md
	@PYTHONPATH=tools $(python) -m ballotcast_tools.build.coverage
	PYTHONPATH=.tools/coverage $(pytest) --cov --cov-report= $(COVERED)
	PYTHONPATH=.tools/coverage .venv/bin/python -m coverage report --format=markdown >.tools/coverage.md
	@tail -n 1 .tools/coverage.md

wheel: environments ## build the wheel, install it into an empty environment and run its command there
	@rm -rf .tools/wheel .tools/wheel-environment
	.venv/bin/python -m ballotcast_tools.build.wheel

site: environments ## the documentation as a site, .tools/site-html; fails on any broken link
	@PYTHONPATH=tools $(python) -m ballotcast_tools.build.site

parity: environments ## every test of an API by both paths, ASGI and API Gateway's events, on moto's tables
	BOTH_WAYS=1 TABLES=moto $(pytest) tests/http tests/parity

oracles: environments ## our counts beside those of pref-voting and abcvoting
	.tools/uv/bin/uv run --frozen --isolated --all-extras --with 'abcvoting>=2.19' --with 'pref-voting>=1.18' \
		pytest -q tests/unit/counting/test_oracles.py

bench: $(if $(QUICK),environments,up) ## what it costs, beside stock FastAPI on Lambda (QUICK=1, FASTRAPI=1); writes bench.json
	@$(ballotcast) bench $(if $(QUICK),--quick) $(if $(FASTRAPI),--fastrapi)

vectors: environments ## write tests/vectors again, after a change of a format
	PYTHONPATH=tests .venv/bin/python -m vector_maker

documents: environments ## write the pages of docs/ that are made from the code, after a change of it
	.venv/bin/python -m ballotcast_tools.documents.drawings
	.venv/bin/python -m ballotcast_tools.documents.rule_texts
	.venv/bin/python -m ballotcast_tools.documents.openapi

# Each by itself as well: `make lint-python`, `make lint-scripts`, `make lint-prose`.
lint: lint-python lint-scripts lint-prose ## style, types and wording

lint-python: environments
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

# By Node.js of this machine, or the one that was installed because there was none; see docs/pages.md.
lint-scripts: environments
	@PATH="$(CURDIR)/.tools/node/bin:$(PATH)"; export OXLINT_TSGOLINT_PATH=$(from_npm)/tsgolint; set -ex; cd functions/web; \
		$(from_npm)/tsc; \
		$(from_npm)/eslint --cache --cache-strategy content --cache-location $(CURDIR)/.tools/web/eslint.json .; \
		$(from_npm)/oxlint --type-aware static/js

# The rules are in tools/prose/rules.yml; texts that did not change since the last run are not read again.
lint-prose: environments
	.venv/bin/python -m ballotcast_tools.prose

validate: environments ## the template
	AWS_DEFAULT_REGION=eu-west-1 SAM_CLI_TELEMETRY=0 $(tools)/sam validate --lint
	$(tools)/cfn-lint template.yaml

format: environments ## put the style right
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

build: environments ## package for AWS into .aws-sam/build (ARCH=arm64 or x86_64)
	@MAKEFLAGS= PYTHON=$(CURDIR)/$(tools)/python SAM_CLI_TELEMETRY=0 $(tools)/sam build $(if $(CONFIG),--config-env $(CONFIG))

lock: environments ## solve all dependencies again and write the lock files
	.tools/uv/bin/uv lock
	cd functions/web && npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	PYTHONPATH=tools $(python) -m ballotcast_tools.build.browser_libraries
	cd tools/locks && for name in bootstrap stack node site coverage; do ../../.tools/uv/bin/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-header $$name.in --output-file $$name.lock; done
	cd tools/locks/prose && npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	cd tools/locks/localstack-core && npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	cd tools/locks/localstack-core && compile="../../../.tools/uv/bin/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header" && \
		$$compile --python-version 3.12 pyproject.toml --output-file requirements.lock && \
		$$compile --python-version 3.11 runtime_client.in --output-file runtime_client.lock

clean: ## remove what was installed and built; the data of `make run` stays (ballotcast stack reset deletes it)
	rm -rf .venv .tools .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis
