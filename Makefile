# Two commands: `make demo` and `make test`. Both install what is missing (Debian 12) and build.

# Debian packages that building and running needs, and those that only the tests need.
PACKAGES = g++ libexpat1-dev libre2-dev libsqlite3-dev libssl-dev libxlsxwriter-dev libzip-dev pkg-config zlib1g-dev
TEST_PACKAGES = curl gcc libc6-dev libreoffice-calc-nogui openssl python3 python3-venv
DEB_PACKAGES = binutils dpkg-dev
BENCH_PACKAGES = nginx-light python3-venv wrk

# debug builds faster, release runs faster. The Swift runtime is linked in, so that the program runs from any folder.
CONFIG ?= release
# It has a build folder of its own: tests link that runtime dynamically, and the two do not mix.
BUILD = Scripts/swift-build --configuration $(CONFIG) --static-swift-stdlib --scratch-path .build-program
PROGRAM = $(shell $(BUILD) --show-bin-path)/plumbline

.PHONY: build test demo check bench deb faults clean packages test-packages

build: packages
	$(BUILD) --product plumbline

# Tests with sockets and programs of their own. The other ends of sockets wait only so long; and where a process has more than
# a thousand descriptors, as with so many workspaces open at once, Foundation reads beyond the list of them and may crash
# when it starts a program.
SUITES = BotSink|Deliverer|FailingSource|FilledTemplate|Guard|GuardedTransport|HTTPSink|PrivateAuthority|ProcessPull|Recovery|Sandbox|SandboxLimit|SandboxSecrecy|SinkPrivacy
PROGRAMS = ^CallbacksTests\.RealSenderTests|^RecordFilesTests\.(LibreOffice|PythonWorkbook)Tests
PATIENT = ^ConsoleTests|^GatewayTests\.($(SUITES))Tests|$(PROGRAMS)
CONNECTORS = ^(Attendance|ERP|File|OA|Process|Survey|Ticketing|Webhook)Tests

# Connectors, the other parts, those with sockets, then whole programs, and every test once: at once they keep each other
# waiting beyond what they allow.
test: packages test-packages
	Scripts/swift-build --build-tests
	$(MAKE) build CONFIG=debug
	swift test --skip-build --disable-xctest --filter '$(CONNECTORS)'
	swift test --skip-build --disable-xctest --skip '^EndToEndTests|$(CONNECTORS)|$(PATIENT)'
	swift test --skip-build --disable-xctest --filter '$(PATIENT)'
	PLUMBLINE_PROGRAM=$$(pwd)/.build-program/debug/plumbline \
		swift test --skip-build --disable-xctest --filter '^EndToEndTests'

demo: build
	Scripts/demo $(PROGRAM)

# A Debian package of the program, beside the program.
deb: build
	@Scripts/install-packages $(DEB_PACKAGES)
	Scripts/deb $(PROGRAM) .build-program

# Format, and warnings of a full build of our own code.
check: packages
	Scripts/check

# Parts of the engine, then workloads beside other tools: make bench WORKLOADS="w1 w1b" N=1000000 ROUNDS=5
bench: build
	@Scripts/install-packages $(BENCH_PACKAGES)
	Scripts/bench $(if $(N),--n $(N)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(WORKLOADS)

# Kills, power cuts, upgrades, backups under load and failing disks at length, on a debug build: make faults ROUNDS=1000
FAULTS = Tests/Faults/faults.py
faults: packages test-packages
	$(MAKE) build CONFIG=debug
	$(FAULTS) kills --program .build-program/debug/plumbline --rounds $(or $(ROUNDS),1000)
	$(FAULTS) power --program .build-program/debug/plumbline --rounds $(or $(ROUNDS),1000)
	$(FAULTS) migration --program .build-program/debug/plumbline --rounds 40
	$(FAULTS) backups --program .build-program/debug/plumbline --rounds 20
	$(FAULTS) disk --program .build-program/debug/plumbline

packages:
	@Scripts/install-packages $(PACKAGES)

test-packages:
	@Scripts/install-packages $(TEST_PACKAGES)

clean:
	rm -rf .build .build-program
