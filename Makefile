# Shelfcast. `make` lists what can be made.

export CGO_ENABLED = 0

VERSION := $(shell git describe --always --dirty --tags 2>/dev/null || echo unknown)
TAGS    ?=
BUILD   := go build -trimpath -tags "$(TAGS)" -ldflags "-s -w -X main.version=$(VERSION)"

.DEFAULT_GOAL := help
.PHONY: help demo build test race cover lint fmt verify bench bench-peers bench-models bench-trees bench-prophet fuzz heavy coverage-sim postgres clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/shelfcast, one static binary (TAGS=objectstore: one that reads s3:// and gs:// too)
	@mkdir -p bin
	$(BUILD) -o bin/shelfcast .

demo: postgres build ## make a synthetic chain and run a whole night in a real Postgres
	bin/shelfcast demo

test: postgres ## run all tests
	go test ./...
	go test -tags objectstore -run 'Object|Store|Address' ./ingest ./ingest/objectstore

race: postgres ## run all tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -race -short ./...

cover: postgres ## print the coverage of each package by its own tests
	go test -cover ./...

lint: ## vet, staticcheck, formatting, and the floors that imports must keep to
	go test ./engine/internal/floors

fmt: ## format every file
	go tool gofumpt -w .

verify: ## fail where go.mod is not tidy or a module is not what its checksum says
	go mod tidy -diff
	go mod verify

BENCH ?= .
bench: postgres ## run the benchmarks (BENCH=regexp) and compare them with the stored base
	@mkdir -p bin
	go test -run '^$$' -bench '$(BENCH)' -benchmem -benchtime 0.5s -count 3 ./... | tee bin/bench.txt
	go tool benchstat engine/docs/bench.txt bin/bench.txt

# TARGET and RELATED name files; VENV is a folder outside of the repository for polars and DuckDB.
bench-peers: ## read TARGET (and RELATED) in turn with shelfcast, polars and DuckDB, which VENV gets
	python3 ingest/peers/read.py --venv "$(VENV)" --target "$(TARGET)" --related "$(RELATED)"

# DATA names the folder with m4, m5 and store_item_demand, CLASSICAL one with series_m3m.csv.gz and series_nn5.csv.gz.
bench-models: ## fit the same series with shelfcast, statsforecast and R's forecast (VENV, DATA, CLASSICAL; SKIP=arima saves hours)
	python3 algorithms/bench/peers/compare.py --venv "$(VENV)" --data "$(DATA)" $(if $(CLASSICAL),--classical "$(CLASSICAL)") $(if $(SKIP),--skip "$(SKIP)")

bench-trees: ## train the same boosted trees with shelfcast and LightGBM (VENV has lightgbm)
	"$(VENV)/bin/python" algorithms/bench/peers/trees.py

# M5 is a folder that datasets import m5 made, FORECAST one of shelfcast forecast from d_1913 on; see the head of the script.
bench-prophet: ## fit 300 item-stores of M5 with Prophet, beside a forecast (VENV has prophet and polars; SEED)
	"$(VENV)/bin/python" algorithms/bench/peers/prophet_m5.py --m5 "$(M5)" --forecast "$(FORECAST)" --as-of 2016-04-24 --seed $(or $(SEED),1)

FUZZTIME ?= 20s
fuzz: ## run every fuzz target for FUZZTIME
	@for pkg in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$target"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s $$pkg || exit 1; \
	  done; \
	done

heavy: postgres ## run the tests that need minutes, among them those on all of M5 (SHELFCAST_DATA names the data)
	SHELFCAST_HEAVY=1 go test -timeout 60m ./...

coverage-sim: ## draw 500 data sets of known effect and print how often intervals of double machine learning hold it
	SHELFCAST_HEAVY=1 go test -timeout 60m -count 1 -v -run TestCoverageBySimulation ./algorithms/doubleml

# Postgres is found by its binaries; a running server is not needed. On Debian and Ubuntu it is installed when it is
# missing and this user may; no cluster is made and no service is started by that.
postgres: ## find the binaries of PostgreSQL, or install them
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 \
	  || [ -n "$$SHELFCAST_PGBIN" ] || [ -n "$$DATABASE_URL" ]; then exit 0; fi; \
	if ! command -v apt-get >/dev/null 2>&1; then \
	  echo "PostgreSQL is missing: install its server (13 or newer), or set SHELFCAST_PGBIN to the folder of initdb" >&2; exit 1; fi; \
	root=""; if [ "$$(id -u)" != 0 ]; then root=sudo; fi; \
	echo "installing PostgreSQL"; \
	export DEBIAN_FRONTEND=noninteractive; \
	$$root apt-get update -qq && $$root apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends postgresql-common >/dev/null && \
	$$root mkdir -p /etc/postgresql-common/createcluster.d && \
	echo "create_main_cluster = false" | $$root tee /etc/postgresql-common/createcluster.d/shelfcast.conf >/dev/null && \
	$$root apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends postgresql >/dev/null; status=$$?; \
	$$root rm -f /etc/postgresql-common/createcluster.d/shelfcast.conf; \
	if [ $$status != 0 ]; then echo "PostgreSQL could not be installed: run 'apt-get install postgresql' as root, then make again" >&2; exit 1; fi

clean: ## remove what was built and the demo's folder (its database stays where the README says)
	rm -rf bin demo coverage.out
