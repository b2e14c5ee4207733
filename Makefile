# make run: everything from nothing to the chat. make test: all tests. Each is safe to repeat and goes on where it stopped.
PYTHON ?= python3
ARTICLES ?= index/articles
INDEX ?= index/default
PORT ?= 7860
PY := .venv/bin/python
# Python compiles what it imports and keeps it; pip would compile all 16,000 files, of which a fifth is ever used: a minute
# of waiting. Where the environment forbids Python to keep it (as images often do), every start would cost six seconds more.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(PY) -m pip install --disable-pip-version-check --no-compile --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help setup run test test-fast check rules gate train-judge train-adapter clean

help: ## 列出全部目标
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本：make run PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/runs: .venv/made pyproject.toml constraints.txt
	$(PIP) --quiet torch==2.13.0
	$(PIP) --editable .
	@touch $@

.venv/tests: .venv/runs
	$(PIP) --editable '.[dev]'
	@touch $@

setup: .venv/runs ## 安装依赖，下载并转换模型，为 ARTICLES 建立索引
	$(PY) -m rag setup
	$(PY) -m rag index $(ARTICLES) --index $(INDEX)
	$(PY) -m rag read --index $(INDEX)

run: setup ## 完成 setup 后启动聊天（ARTICLES=路径 换成自己的文章）
	$(PY) ui.py --index $(INDEX) --port $(PORT)

test: .venv/tests setup ## 全部检查和测试，包括真实模型、浏览器和数据库
	bash .ci/packages
	$(MAKE) check
	$(PY) -m pytest

test-fast: .venv/tests ## 只跑快速测试：不用模型、网络、浏览器和 PostgreSQL
	$(PY) -m pytest -m "not model and not browser and not postgres and not slow"

check: .venv/tests ## ruff、ruff format、mypy --strict
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

rules: .venv/made ## 数一数手写的规则：模式、常数、只用一次的函数（只许减少）
	@$(PY) -m tests.house rules

gate: .venv/tests setup ## 评测门槛：比上次验收的数字差就失败
	$(PY) -m eval gate

train-judge: .venv/tests ## 训练随包附带的判断模型（两核约两小时，可中断后继续；数据在 ../shared/evaldata）
	$(PY) -m eval.training.judge

train-adapter: .venv/tests setup ## 训练本地模型的适配器（两核空闲时约三小时，GPU 十几分钟，可中断后继续；数据在 ../shared/evaldata）
	$(PY) -m eval.training.data answer
	$(PY) -m eval.training.adapters answer

clean: ## 删除虚拟环境和索引（模型缓存保留）
	rm -rf .venv index/default
