.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE :=

help:  ## 列出全部命令 · list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

setup: .venv/.ready  ## 安装到 .venv（有 uv 用 uv，否则 venv + pip） · install into .venv

.venv/.ready: pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python $(PYTHON) .venv && \
		uv pip install --quiet --compile-bytecode --python $(BIN)/python --editable . --group dev; \
	else \
		$(PYTHON) -m venv .venv && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1' && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --compile --editable . --group dev; \
	fi
	@$(BIN)/python -m compileall -q jiuzhu_check
	@touch $@

demo: setup  ## 用虚构数据走完 取数→匹配→核对→报告 · the main job on invented data
	@$(BIN)/python sample_data/demo.py

test: setup  ## 测试；单个：make test T="-k vehicle" · run the tests
	@$(BIN)/python -m pytest -q $(T)

test-servers: setup  ## 对着真的服务器测试（要 postgresql、mariadb-server、openssh-server） · the tests that need real servers
	@$(BIN)/python -m pytest -q tests/servers $(T)

test-browser: setup  ## 在 chromium 里测试总览（要 chromium） · the tests that look at pages in a browser
	@$(BIN)/python -m pytest -q tests/browser $(T)

test-papers: setup  ## 排印报告的测试（要 fonts-noto-cjk） · the tests that print reports
	@$(BIN)/python -m pytest -q tests/papers $(T)

test-spark: setup .venv/.spark  ## 在 Spark 集群上核对的测试（要 openjdk-17-jre-headless；几分钟） · checks on a Spark cluster
	@$(BIN)/python -m pytest -q tests/spark $(T)

.venv/.spark: pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python $(BIN)/python --editable '.[spark]'; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[spark]'; \
	fi
	@touch $@

torture: setup  ## 每一次写盘处的故障、每一种文件的损坏（要 cc；很久） · a fault at every write, damage in every file
	@$(BIN)/python -m pytest -q tests/torture $(T)

check: lint types layers test  ## 提交前运行 · run before a commit: style, types, layers, tests

lint: setup  ## 风格与常见错误 · style and common mistakes
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup  ## 类型（mypy strict） · types
	@$(BIN)/mypy

layers: setup  ## 导入方向 · import direction
	@$(BIN)/lint-imports

format: setup  ## 按项目风格改写代码 · rewrite the code in the project's style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

man: setup  ## 由各命令的说明生成 docs/man · make the manual page of the commands' help
	@$(BIN)/python -m jiuzhu_check.cli.manual

update: setup  ## 重写 tests/expected 和英文目录，逐行看过再提交 · rewrite what the tests compare with
	@$(BIN)/python jiuzhu_check/locale/compile.py
	@$(BIN)/python -m jiuzhu_check.cli.manual
	@$(BIN)/python -m pytest -q tests/reports tests/connectors --update
	@git diff --stat tests/expected

bench: setup  ## 速度，各为一次运行里的倍数 · speed, as ratios within one run
	@$(BIN)/python -m tests.bench

bench-spark: setup .venv/.spark  ## 全国规模的依据：每个分片的 CPU、内存、字节（要 Java 17） · what docs/national.md works with
	@$(BIN)/python -m tests.bench_spark

bench-match: setup  ## 匹配速度：与裸连接、Splink 同场比较 · the matcher beside a bare join and Splink
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python $(BIN)/python --group bench; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench; \
	fi
	@$(BIN)/python -m tests.bench_match $(T)

bench-province: setup  ## 一省的第一夜：与裸连接同场比较（约 15 GB 临时空间） · a province's first night beside a bare join
	@$(BIN)/python -m tests.bench_province $(T)

.PHONY: help setup demo test test-servers test-browser test-papers test-spark torture check lint types layers format man update bench bench-spark bench-match bench-province
