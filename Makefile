# Two commands do all the set-up themselves: `make quickstart` and `make test`.

SWIFT ?= swift
PYTHON ?= python3
VENV := .venv
SWINGBY := .build/release/swingby

.PHONY: quickstart build test lint format bench soak release-digests clean

# The paper's learning order as a table and a picture, from one sweep.
quickstart: build
	$(SWINGBY) run sweeps/quickstart.yaml --workers 2
	$(SWINGBY) figure quickstart path --out quickstart.png
	@echo "picture: quickstart.png"

# With Swift's libraries inside: a host that runs the program needs no toolchain.
build:
	cluster/install-deps --build
	$(SWIFT) build -c release --product swingby --static-swift-stdlib

# One build: the tests and the program that they start. The end-to-end tests, which block threads
# while programs run, have a process of their own.
test: $(VENV)/torch-is-there
	cluster/install-deps --build --test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --skip EndToEndTests
	$(SWIFT) test --skip-build --filter EndToEndTests

# The reference that SIM trials are held against. Where pip knows a CPU wheel it takes that.
$(VENV)/torch-is-there: Tests/SIMTrialsTests/torch/requirements.txt
	cluster/install-deps --test
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

lint:
	$(SWIFT) format lint --strict -r Sources Tests Package.swift

format:
	$(SWIFT) format -i -r Sources Tests Package.swift

# What a release build computes is what the tests (a debug build) have on record, bit by bit.
release-digests: build
	Tests/EndToEndTests/release-digests $(SWINGBY)

# Time a training step of each common shape, beside PyTorch, JAX and numpy, of image generators beside
# PyTorch, and what a trial costs that does nothing, beside loky, Dask, Ray and HyperQueue.
bench: build $(VENV)/peers-are-there
	$(VENV)/bin/python Sources/Benchmarks/sim $(SWINGBY)
	$(VENV)/bin/python Sources/Benchmarks/diffusion $(SWINGBY)
	$(VENV)/bin/python Sources/Benchmarks/dispatch $(SWINGBY)

$(VENV)/peers-are-there: Sources/Benchmarks/requirements.txt $(VENV)/torch-is-there
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

# Many more seeds of the simulated cluster, and the real kills again and again.
soak: $(VENV)/torch-is-there
	cluster/install-deps --build --test
	$(SWIFT) build --build-tests
	SWINGBY_SIMULATION_SEEDS=20000 $(SWIFT) test --skip-build --filter CoordinationTests
	for round in 1 2 3 4 5 6 7 8 9 10; do \
		$(SWIFT) test --skip-build --filter QuickstartTests || exit 1; done

clean:
	rm -rf .build
