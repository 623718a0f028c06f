# Two commands matter: `make run` and `make test`. Both set up what they need.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
PYTHON_VERSION := 3.11
# Offices often have a certificate authority of their own; the system knows it. (Two names: uv
# renamed the setting.)
export UV_SYSTEM_CERTS := true
export UV_NATIVE_TLS := true

.PHONY: help setup run test types lint bot-test unit train content bench evaluate soak bench-promotion bench-line line-demo clean

help:  ## この一覧
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.uv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info[:2] == (3, 11) else "Python 3.11 が必要です（見つかったもの: " + sys.version.split()[0] + "）。PYTHON=python3.11 make … のように指定できます。")'
	@echo "uv を用意しています…"
	@$(PYTHON) -m venv .uv && .uv/bin/pip install --quiet --disable-pip-version-check uv

setup: $(filter .uv/bin/uv,$(UV))  ## 二つの環境を用意する
	@UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --frozen --quiet --python $(PYTHON_VERSION)
	@cd bot && UV_PROJECT_ENVIRONMENT=.venv $(abspath $(UV)) sync --frozen --quiet --python $(PYTHON_VERSION)

run: setup  ## 準備して起動する（http://localhost:8000/）
	@exec .venv/bin/madoguchi serve

test: setup lint types unit bot-test  ## すべての検査とテスト

lint:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports --verbose

types:
	.venv/bin/mypy
	.venv/bin/mypy --explicit-package-bases --exclude tests/bot tests

unit:
	.venv/bin/pytest

bot-test:
	cd bot && .venv/bin/python -m pytest -c pyproject.toml --rootdir . ../tests/bot

train: setup  ## モデルを学習し直す
	.venv/bin/madoguchi train

content: setup  ## 内容を検査する
	.venv/bin/madoguchi content check

bench: setup  ## 速さを測る（docs/benchmarks.md に書く）
	.venv/bin/python -m tests.bench

evaluate: setup  ## 正しさを測る（docs/benchmarks.md に書く）
	.venv/bin/python -m tests.bench.accuracy

soak: setup  ## 同時32会話を5分
	.venv/bin/python -m tests.bench.soak --seconds 300

bench-promotion: setup  ## 訂正の承認から公開までの時間を測る
	.venv/bin/python -m tests.bench.bench_promotion

bench-line: setup  ## LINEの2,000イベントを流す（通常と、途中で止めた場合）
	.venv/bin/python -m tests.bench.bench_line
	.venv/bin/python -m tests.bench.bench_line --kill-at 0.5

line-demo: setup  ## LINEをアカウントなしで試す
	@exec .venv/bin/python -m tests.support.line_standin.demo

clean:  ## 手元のデータ（var/）を消す
	rm -rf var
