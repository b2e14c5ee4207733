"""A citizen with twenty questions and a reviewer with their answers, the real models behind them.

`python -m tests.real_session [FOLDER]` starts the chat over index/default with a desk of its own, asks, rates, logs in,
and writes pictures of every view and `session.jsonl` (question, seconds, what was shown) to FOLDER: what docs/walkthrough.md
and the README's pictures are made from.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browsing import ARGUMENTS, CHROMIUM, DESKTOP, PHONE, ask

QUESTIONS = (
    "托育补贴一个月能领多少钱？", "需要带什么材料？", "沈若溪提了哪几条建议？", "老楼装电梯公积金能取多少？",
    "加装电梯办下来要几天？", "长者食堂80岁补多少钱？", "长者食堂的地址在哪里？", "三条微巴都停哪些站？",
    "65岁坐微巴要钱吗？", "去年空气好的天数有多少？", "今年的目标呢？", "湖心岛的医生叫什么？", "他干了多少年？",
    "老纱厂改造花了多少钱？", "鲜桃的损耗率是多少？", "毕业留在本地工作给多少补助？", "公积金贷款利率是多少？",
    "火星上有水吗？", "你好", "托育补贴和委员的建议差多少？",
)  # fmt: skip
SHOWN = {0: "chat-desktop", 16: "chat-refusal"}
RATED_DOWN = frozenset({1, 5, 7, 10, 12, 14, 19})  # what is thumbed down whatever came: the reviewer's queue


def main() -> int:
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "WENCE_DATABASE": f"sqlite:///{folder}/desk.sqlite"}
        address, server = start(environment)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            citizen(browser.new_context(viewport=DESKTOP).new_page(), address, out)
            phone(browser.new_context(viewport=PHONE, has_touch=True).new_page(), address, out)
            create = [sys.executable, "-m", "desk", "create-admin", "admin", "--generate"]
            made = subprocess.run(create, env=environment, capture_output=True, text=True, check=True).stdout
            reviewer(
                browser.new_context(viewport=DESKTOP).new_page(), address, made.partition("密码：")[2].split()[0], out
            )
        finally:
            browser.close()
            server.terminate()
            server.wait(30)
    return 0


def start(environment: dict[str, str]) -> tuple[str, "subprocess.Popen[str]"]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    begun = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "ui.py", "--port", port], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    server.stdout.readline()
    print(f"ready after {time.perf_counter() - begun:.1f} s", flush=True)
    return f"http://127.0.0.1:{port}", server


def citizen(page: Page, address: str, out: Path) -> None:
    page.goto(address)
    page.wait_for_timeout(3000)
    page.screenshot(path=out / "chat-start.png")
    with (out / "session.jsonl").open("w", encoding="utf-8") as file:
        for number, question in enumerate(QUESTIONS):
            begun = time.perf_counter()
            ask(page, question, seconds=120)
            seconds = round(time.perf_counter() - begun, 2)
            shown = page.locator(".turn:last-child").inner_text()
            file.write(
                json.dumps({"question": question, "seconds": seconds, "shown": shown}, ensure_ascii=False) + "\n"
            )
            if number in RATED_DOWN and (thumb := page.locator(".turn:last-child [data-do=bad]")).count():
                values = {"id": thumb.get_attribute("data-id"), "good": False, "reason": "看不懂"}
                page.request.post(f"{address}/rate", data=values)
            if number in SHOWN:
                page.screenshot(path=out / f"{SHOWN[number]}.png")
    page.goto(f"{address}/articles")
    page.screenshot(path=out / "chat-articles.png")
    page.goto(f"{address}/me")
    page.locator("textarea, input[name=about]").first.fill("我住老小区六楼，腿脚不好，家里还有个两岁的孙子")
    page.locator("form button").first.click()
    expect(page.locator(".matches")).to_be_visible(timeout=60_000)
    page.screenshot(path=out / "chat-me.png")


def phone(page: Page, address: str, out: Path) -> None:
    page.goto(address)
    page.wait_for_timeout(1500)
    page.screenshot(path=out / "chat-phone-start.png")
    ask(page, "加装电梯的奖补提高到多少？", seconds=60)
    page.screenshot(path=out / "chat-phone.png")
    page.locator(".marker").first.click()
    page.wait_for_timeout(800)
    page.screenshot(path=out / "chat-phone-source.png")


def reviewer(page: Page, address: str, password: str, out: Path) -> None:
    page.goto(f"{address}/desk")
    page.screenshot(path=out / "staff-login.png")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(password)
    page.get_by_label("密码").press("Enter")
    page.wait_for_load_state()
    page.screenshot(path=out / "staff-queue.png")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    page.screenshot(path=out / "staff-answer.png")
    for name in ("asked", "articles", "answers", "decay"):
        page.goto(f"{address}/desk/{name}")
        page.wait_for_load_state()
        page.screenshot(path=out / f"staff-{name}.png")
    page.goto(f"{address}/desk/answers")
    links = page.locator("main a[href*='/answers/']").evaluate_all("all => all.map(a => a.href)")
    with (out / "review.jsonl").open("w", encoding="utf-8") as file:
        for link in links:
            page.goto(link)
            shown = page.locator("main").inner_text()
            file.write(json.dumps({"link": link, "shown": shown}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
