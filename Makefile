# run · test · check · bench · long · reformat: each is one script, to be read in scripts/.

WORKERS ?= 2
ARGS ?=

.PHONY: run test check bench long reformat

run: ## serve the workshop on http://127.0.0.1:8000 (HOST=… PORT=…)
	@sh scripts/run.sh

test: ## the whole suite on both databases (ARGS="tests/wiping -k verdict")
	@sh scripts/test.sh -n $(WORKERS) $(ARGS)

check: ## style, types, import contracts, French, migrations, links
	@sh scripts/check.sh

bench: ## ratios side by side, written to bench/results.json
	@sh scripts/bench.sh $(ARGS)

long: ## the tests that take minutes
	@sh scripts/test.sh -m long --timeout 3600 $(ARGS)

reformat: ## what ruff can put right by itself
	@sh scripts/venv.sh test
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format .
