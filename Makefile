# Two commands on a fresh machine: `make up` and `make test`. Everything else is a convenience.
#   make up    [SYSTEM=shop] [STACK=dev]   the stack in embedded mode, installing what is missing first
#   make down  [SYSTEM=shop] [STACK=dev]   removes what `make up` made and ends its processes
#   make test                              all tests, fast ones first
#   make plan  [SYSTEM=shop] [STACK=dev]   what `make up` would do, with the pack's verdicts
#   make clean                             removes compiled code and packages; keeps local stacks and the tool cache

SYSTEM ?= shop
STACK ?= dev
# The default system's stacks are plain stages; every other system has its own pair, such as payments-dev.
NAME := $(if $(filter shop,$(SYSTEM)),$(STACK),$(SYSTEM)-$(STACK))

PACKAGES := node_modules/.package-lock.json
KEELSON := node bin/keelson

.PHONY: up down plan test doctor build clean help
.DEFAULT_GOAL := help

help:
	@sed -n '1,6s/^# \{0,1\}//p' Makefile

up: $(PACKAGES)
	@$(KEELSON) up -s $(NAME)

down: $(PACKAGES)
	@$(KEELSON) down -s $(NAME)

plan: $(PACKAGES)
	@$(KEELSON) plan -s $(NAME)

doctor: $(PACKAGES)
	@$(KEELSON) doctor

build: $(PACKAGES)
	@npm run --silent build

test: build
	@node dist/test/run.js

# npm ci empties node_modules first: only when the lock is newer than what is installed.
$(PACKAGES): package-lock.json
	@echo "installing npm packages (about a minute, 350 MiB of disk)"
	@npm ci --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

clean:
	@rm -rf dist dist-* node_modules
	@echo "kept: .keelson (local stacks; make down removes them) and the tool cache (~/.cache/keelson)"
