# The project's commands. Each installs what it needs (tools/install-packages), so a fresh Debian is enough.
.DEFAULT_GOAL := help
PREFIX ?= /usr/local

# Each target builds in one folder, and several install packages.
.NOTPARALLEL:
.PHONY: help packages packages-to-build packages-to-lint demo test lint format sanitize fuzz bench install deb dist \
        clean build-% test-%

help:
	@echo 'make demo      install what is missing, build, run the example against the embedded emulator'
	@echo 'make test      install what is missing, build, pass every test'
	@echo 'make lint      formatting, line lengths, the floors, clang-tidy'
	@echo 'make format    format every source file'
	@echo 'make sanitize  the tests under AddressSanitizer, UndefinedBehaviorSanitizer and ThreadSanitizer'
	@echo 'make fuzz      every fuzz target for SECONDS=60, or TARGET=name alone, with AddressSanitizer and'
	@echo '               UndefinedBehaviorSanitizer'
	@echo 'make bench     the benchmarks'
	@echo 'make install   install to PREFIX ($(PREFIX)), below DESTDIR if it is given'
	@echo 'make deb       Debian packages, to build/release/packages'
	@echo 'make dist      the command as a tarball for other Linux systems, to build/release/packages'
	@echo 'make clean     remove what was built'

packages:
	@tools/install-packages

packages-to-build:
	@tools/install-packages --to-build

packages-to-lint:
	@tools/install-packages --to-lint

demo: packages-to-build
	@tools/build release adit 1>&2
	@tools/demo build/release/adit

test: test-release

test-%: packages
	@tools/install-npm
	@tools/build $*
	@tools/test $*

lint: packages-to-lint
	@tools/lint

format: packages-to-lint
	@tools/sources | xargs clang-format -i

sanitize: test-asan test-tsan

fuzz: packages
	@tools/fuzz $(or $(SECONDS),60) $(TARGET)

bench: packages
	@tools/bench

# Other users can read what is installed and packed, whatever the umask is.
# adit_installed_texts is built last of all that is installed. These targets do not need the tests.
install: packages-to-build
	@tools/build release adit_installed_texts
	@umask 022; DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(PREFIX)"

deb: packages-to-build
	@tools/build release adit_installed_texts
	@umask 022; cd build/release && cpack

dist: packages-to-build
	@tools/build release adit_installed_texts
	@umask 022; tools/dist build/release build/release/packages

clean:
	@rm -rf build
