"""The desk's pages: closed to strangers, true to their role, and nothing that was stored runs in them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from httpx import Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from desk.app import PAGES, PATH, STATIC, build_desk, mount, open_desk_store
from desk.indexing import Indexing
from desk.store import Store, open_store
from desk.store.catalogue import State
from desk.store.people import StaffRole
from desk.store.queue import Reason
from desk.web.charts import Bar, level_bars, nice_top, stacked_bars
from desk.web.marking import Piece, Table, mark_paragraphs
from desk.web.texts import TEXT
from rag.datatypes import Answer, Sentence, Span, Status
from rag.errors import UserError
from rag.validity import Named, Told, Validity
from rag.validity import State as RuleState
from tests.desk_demo import FakeDeskBot
from tests.desk_fakes import ARTICLE, HOSTILE, PROPOSAL, SUBSIDY_ANSWER, Clock, cite, refused, sqlite_store, suggested
from tests.fakes import make_article

PASSWORD = "correct horse 7"
TEMPLATES = Path("desk/web/templates")


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords in the clear: argon2 itself is tried in test_desk_people."""
    monkeypatch.setattr("desk.web.staff.hash_password", lambda password: "hash:" + password)
    monkeypatch.setattr(
        "desk.web.staff.is_password", lambda password, hashed: hashed is not None and hashed == "hash:" + password
    )


class House:
    """An application with a public page and the desk, its store, clock, bot and builds."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.store: Store = sqlite_store(folder, self.clock)
        for name, role in (
            ("admin", StaffRole.ADMINISTRATOR),
            ("lina", StaffRole.REVIEWER),
            ("wang", StaffRole.READER),
        ):
            self.store.people.create(name, "hash:" + PASSWORD, role)
        self.bot = FakeDeskBot([ARTICLE, PROPOSAL])
        self.app = FastAPI()
        self.indexing: Indexing = mount(self.app, self.store, self.bot)
        self.app.get("/{rest:path}")(lambda rest: {"public": rest})

    def visitor(self) -> "Visitor":
        return Visitor(self.app)

    def staff(self, name: str) -> "Visitor":
        visitor = Visitor(self.app)
        assert visitor.log_in(name, PASSWORD).status_code == 303
        return visitor


class Visitor:
    """A browser of one person: keeps cookies, follows nothing, sends the page's form token with every form."""

    def __init__(self, app: FastAPI) -> None:
        self.client = TestClient(app, follow_redirects=False, headers={"accept": "text/html"})
        self.csrf = ""

    def log_in(self, name: str, password: str, **form: str):
        response = self.client.post("/desk/login", data={"name": name, "password": password, **form})
        if response.status_code == 303:
            self.csrf = re.findall(r'name="csrf" value="([^"]+)"', self.get("/account").text)[0]
        return response

    def get(self, path: str, **headers: str):
        return self.client.get("/desk" + path, headers=headers)

    def post(self, path: str, files: object = None, **form: object):
        return self.client.post("/desk" + path, data={"csrf": self.csrf, **form}, files=files)


def leads_to(response: Response) -> str:
    """Where a browser goes from there: the path, with what is asked of it."""
    place = response.request.url.join(response.headers["location"])
    assert place.host == "testserver"
    return place.raw_path.decode()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = House(tmp_path)
    yield opened
    opened.indexing.wait()
    opened.store.close()


def test_a_model_that_was_not_loaded_is_said_on_every_page_to_staff_and_to_nobody_else(house: House):
    reader = house.staff("wang")
    assert "模型坏了" not in reader.get("/queue").text
    house.bot.problems = (UserError("模型坏了，请运行 <make setup>。", "The model is damaged; run <make setup>."),)
    said = '<p class="notice bad" role="status">模型坏了，请运行 &lt;make setup&gt;。</p>'
    for path in ("/queue", "/articles", "/asked", "/nowhere"):
        assert said in reader.get(path).text, path
    assert "The model is damaged; run &lt;make setup&gt;." in reader.get("/queue?lang=en").text
    assert "模型坏了" not in house.visitor().get("/login").text


# ---------------------------------------------------------------- the door


def every_route(house: House) -> list[tuple[str, str]]:
    """(method, path) of every route of the mounted application that is beneath /desk."""
    found = []
    for route in house.app.router.routes:
        if isinstance(route, Mount) and route.path == PATH:
            for inner in route.routes:
                assert isinstance(inner, Route)
                path = re.sub(r"{[^}]*}", "x", inner.path)
                found += [(method, PATH + path) for method in sorted(inner.methods or ())]
    return found


def test_no_route_of_the_desk_is_reached_without_a_login(house: House):
    client = TestClient(house.app, follow_redirects=False)
    routes = every_route(house)
    assert len(routes) > len(PAGES)
    open_ones = set()
    for method, path in routes:
        for cookies in ({}, {"wence_desk": "made-up"}):
            client.cookies.clear()
            client.cookies.update(cookies)
            response = client.request(method, path, headers={"accept": "text/html"})
            if response.status_code == 303:
                assert leads_to(response).startswith("/desk/login?next="), path
            elif response.status_code != 401:
                open_ones.add((method, path))
    assert open_ones == {
        *(("GET", f"/desk/static/{name}") for name in STATIC),
        *(("HEAD", f"/desk/static/{name}") for name in STATIC),
        ("GET", "/desk/login"),
        ("HEAD", "/desk/login"),
    }, "and POST /desk/login, which answers 401 without a password"


def test_a_path_nobody_thought_of_is_closed_too(house: House):
    visitor = house.visitor()
    assert leads_to(visitor.get("/api/answers")) == "/desk/login?next=%2Fapi%2Fanswers"
    assert visitor.get("/articles/progress", accept="application/json").status_code == 401
    assert house.staff("wang").get("/api/answers").status_code == 404
    assert house.visitor().client.get("/elsewhere").json() == {"public": "elsewhere"}
    assert leads_to(house.visitor().client.get("/desk")) == "/desk/queue"


@pytest.mark.parametrize("name", ["wang", "lina"])
def test_each_role_opens_its_own_pages_and_no_others(house: House, name: str):
    visitor = house.staff(name)
    role = {"wang": StaffRole.READER, "lina": StaffRole.REVIEWER}[name]
    for method, path, needed, _ in PAGES:
        if path in ("/logout", "/login"):
            continue
        address = re.sub(r"{[^}]*}", "x", path)
        response = visitor.get(address) if method == "GET" else visitor.post(address)
        refused = response.status_code == 403
        assert refused == (needed is not None and not role.may(needed)), (method, path, response.status_code)


def test_a_login_leads_back_to_where_it_was_asked_for_and_never_elsewhere(house: House):
    for wanted, place in [
        ("/answers?status=error", "/desk/answers?status=error"),
        ("https://evil.example", "/desk/queue"),
        ("//evil.example", "/desk/queue"),
        ("/https://evil.example", "/desk/https:/evil.example"),
        ("/javascript:alert(1)", "/desk/javascript:alert(1)"),
        ("/\\evil.example", "/desk/queue"),
        ("", "/desk/queue"),
    ]:
        response = house.visitor().log_in("lina", PASSWORD, next=wanted)
        assert leads_to(response) == place


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House):
    cookie = house.visitor().log_in("lina", PASSWORD).headers["set-cookie"]
    assert cookie.startswith("wence_desk=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path" not in cookie, "it is the folder of the login, wherever the desk is served"
    assert "Secure" not in cookie
    secure = TestClient(house.app, base_url="https://desk.example", follow_redirects=False)
    cookie = secure.post("/desk/login", data={"name": "lina", "password": PASSWORD}).headers["set-cookie"]
    assert "Secure" in cookie


def test_a_wrong_password_and_an_unknown_name_are_refused_alike(house: House):
    wrong, unknown = house.visitor().log_in("lina", "no"), house.visitor().log_in("nobody", "no")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.text.replace("lina", "nobody") == unknown.text
    assert "用户名或密码不对。" in wrong.text


def test_five_failures_close_the_door_for_a_quarter_of_an_hour(house: House):
    for _ in range(5):
        assert house.visitor().log_in("lina", "no").status_code == 401
    assert house.visitor().log_in("lina", PASSWORD).status_code == 429
    assert house.visitor().log_in("wang", PASSWORD).status_code == 303, "another name may still come in"
    house.clock.pass_by(minutes=16)
    assert house.visitor().log_in("lina", PASSWORD).status_code == 303


def test_a_session_ends_after_an_idle_hour_and_after_twelve_hours(house: House):
    visitor = house.staff("lina")
    for _ in range(13):
        house.clock.pass_by(minutes=55)
        assert visitor.get("/queue").status_code == 200
    house.clock.pass_by(minutes=10)
    assert visitor.get("/queue").status_code == 303, "twelve hours are over"
    visitor = house.staff("lina")
    house.clock.pass_by(minutes=61)
    assert visitor.get("/queue").status_code == 303, "an hour without a sign"


def test_logging_out_ends_the_session_itself(house: House):
    visitor = house.staff("lina")
    token = visitor.client.cookies["wence_desk"]
    assert leads_to(visitor.post("/logout")) == "/desk/login"
    thief = house.visitor()
    thief.client.cookies["wence_desk"] = token
    assert thief.get("/queue").status_code == 303


def test_a_form_without_its_token_or_from_another_site_is_refused(house: House):
    id = house.store.save(SUBSIDY_ANSWER, "c", 1)
    visitor = house.staff("lina")
    path = f"/desk/answers/{id}"
    form = {"verdict": "supported", "csrf": visitor.csrf}
    assert visitor.client.post(path, data={"verdict": "supported"}).status_code == 403
    assert visitor.client.post(path, data={**form, "csrf": "x"}).status_code == 403
    assert visitor.client.post(path, data=form, headers={"origin": "https://evil.example"}).status_code == 403
    assert visitor.client.post(path, data=form, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert house.store.queue.counts()[Reason.SAMPLE] <= 1
    assert house.store.answers.find(id).reviews == ()
    assert visitor.client.post(path, data=form, headers={"origin": "http://testserver"}).status_code == 303
    assert [review.verdict for review in house.store.answers.find(id).reviews] == ["supported"]


def test_every_page_carries_the_headers_that_protect_it(house: House):
    for response in (house.visitor().get("/login"), house.staff("lina").get("/queue"), house.visitor().get("/queue")):
        policy = response.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self';")
        assert "unsafe" not in policy
        assert response.headers["x-frame-options"] == "DENY"
        assert response.headers["cache-control"] == "no-store"


def test_what_is_too_large_is_not_read(house: House):
    visitor = house.staff("lina")
    response = visitor.client.post("/desk/articles", content=b"x", headers={"content-length": "99999999999"})
    assert response.status_code == 413


def test_an_error_is_one_line_and_its_traceback_is_logged(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    visitor = house.staff("lina")
    monkeypatch.setattr(house.store.queue, "counts", lambda: 1 / 0)
    response = visitor.get("/queue")
    assert response.status_code == 500
    assert "出了问题，已记入日志" in response.text
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in response.text


# ---------------------------------------------------------------- what is shown


def test_nothing_that_was_stored_runs(house: House):
    hostile = make_article("恶意 " + HOSTILE, "正文 " + HOSTILE, speaker=HOSTILE, published=HOSTILE)
    sentence = Sentence("句子 " + HOSTILE, (cite(1, hostile, HOSTILE),))
    answer = Answer(
        Status.PARTIAL, "问题 " + HOSTILE, "独立 " + HOSTILE, (sentence,), note=HOSTILE, model=HOSTILE, index=HOSTILE
    )
    id = house.store.save(answer, HOSTILE[:60], 1)
    house.store.rate(id, False, HOSTILE)
    house.store.answers.review(id, "partly", HOSTILE, "lina")
    refusals = [house.store.save(refused("拒答 " + HOSTILE, hostile), "c", 1) for _ in range(3)]
    house.store.catalogue.add_draft(hostile, HOSTILE[:60])
    house.bot.reindex([hostile], lambda done, total: None)
    house.store.catalogue.note_build(HOSTILE[:60], 1, 1, HOSTILE, HOSTILE)
    visitor = house.staff("admin")
    visitor.post("/decay/check")
    paths = [
        "/queue?why=refused",
        "/queue?why=thumbs",
        f"/answers/{id}",
        f"/answers/{refusals[0]}",
        "/answers",
        "/asked",
    ]
    paths += ["/decay", "/articles", "/articles?state=draft", f"/articles/{hostile.id}", f"/articles/{hostile.id}/edit"]
    paths += ["/audit", "/users", f"/answers?words={HOSTILE}", f"/audit?who={HOSTILE}", f"/articles?words={HOSTILE}"]
    paths += [f"/queue?why={HOSTILE}", f"/decay?outcome={HOSTILE}&found={HOSTILE}", f"/nothing/{HOSTILE}"]
    paths += [f"/articles?said=uploaded&count={HOSTILE}", f"/asked?days={HOSTILE}"]
    seen = 0
    for path in paths:
        text = visitor.get(path).text
        assert "<script>" not in text, path
        assert "<img" not in text, path
        seen += "&lt;script&gt;" in text
    assert seen >= 12


def test_the_words_cited_are_marked_in_the_source_as_it_was_and_as_it_is(house: House):
    id = house.store.save(SUBSIDY_ANSWER, "c", 1)
    visitor = house.staff("wang")
    page = visitor.get(f"/answers/{id}").text
    assert re.findall(r"<mark><sup>(\d)</sup>([^<]*)</mark>", page) == [
        ("1", "每月补贴600元"),
        ("2", "补贴按季度发放。"),
    ]
    assert "文章没有变" in page
    changed = replace(ARTICLE, id="new", text="符合条件的家庭每月补贴800元。补贴按季度发放。")
    house.bot.articles = (changed, PROPOSAL)
    page = visitor.get(f"/answers/{id}").text
    assert re.findall(r"<mark><sup>(\d)</sup>([^<]*)</mark>", page) == [
        ("1", "每月补贴600元"),
        ("2", "补贴按季度发放。"),
        ("1", "符合条件的家庭每月补贴800元。"),
        ("2", "补贴按季度发放。"),
    ]
    house.bot.articles = (PROPOSAL,)
    assert "文章已撤下或不在目录里" in visitor.get(f"/answers/{id}").text


def test_a_verdict_leads_to_the_next_in_the_queue_and_at_last_back_to_it(house: House):
    ids = [house.store.save(SUBSIDY_ANSWER, "c", 1) for _ in range(2)]
    for id in ids:
        house.store.rate(id, False, "")
    visitor = house.staff("lina")
    response = visitor.post(f"/answers/{ids[1]}", verdict="wrong_source", why="thumbs", note="是13812345678说的")
    assert leads_to(response) == f"/desk/answers/{ids[0]}?why=thumbs"
    response = visitor.post(f"/answers/{ids[0]}", verdict="supported", why="thumbs")
    assert leads_to(response) == "/desk/queue?why=thumbs&done=1"
    kept = house.store.answers.find(ids[1])
    assert [(r.verdict, r.note, r.reviewer) for r in kept.reviews] == [("wrong_source", "是〔手机号〕说的", "lina")]
    assert house.store.audit.of(ids[1])[0].action == "review"


def test_a_follow_up_is_listed_with_the_question_that_it_was_understood_as(house: House):
    follow_up = replace(SUBSIDY_ANSWER, question="三孩呢？", standalone_question="三孩的托育补贴多少钱？")
    id = house.store.save(follow_up, "c", 1)
    house.store.rate(id, False, "")
    visitor = house.staff("lina")
    for path in ("/queue?why=thumbs", "/answers", f"/answers/{id}"):
        assert visitor.get(path).text.count("按上下文理解为：三孩的托育补贴多少钱？") == 1


def test_a_question_that_stands_alone_is_listed_once(house: House):
    house.store.save(SUBSIDY_ANSWER, "c", 1)
    assert "按上下文理解为" not in house.staff("lina").get("/answers").text


def test_a_refusal_has_the_verdicts_of_refusals(house: House):
    id = house.store.save(refused("天气？"), "c", 1)
    visitor = house.staff("lina")
    page = visitor.get(f"/answers/{id}").text
    assert re.findall(r"<kbd>(\d)</kbd>([^<]+)</button>", page) == [
        ("1", "拒答正确"),
        ("2", "能答一部分"),
        ("3", "文章里有答案"),
    ]
    assert visitor.post(f"/answers/{id}", verdict="should_refuse").status_code == 404
    assert visitor.post(f"/answers/{id}", verdict="nonsense").status_code == 404


def test_a_reader_looks_and_cannot_rule(house: House):
    id = house.store.save(SUBSIDY_ANSWER, "c", 1)
    visitor = house.staff("wang")
    page = visitor.get(f"/answers/{id}").text
    assert 'data-key="1"' not in page
    assert "您的角色只能查看。" in page
    assert visitor.post(f"/answers/{id}", verdict="supported").status_code == 403


def test_an_empty_desk_says_so_on_every_page(house: House):
    visitor = house.staff("admin")
    for path, words in [
        ("/queue?why=thumbs", "没有被点踩的回答。"),
        ("/decay", "所有回答的出处都与现在的文章一致。"),
        ("/asked", "这段时间没有人提问。"),
        ("/answers", "还没有人提问。"),
        ("/answers?words=x", "没有这样的回答。"),
        ("/articles?state=draft", "没有等待处理的草稿。"),
    ]:
        assert words in visitor.get(path).text


def test_what_is_asked_is_counted_and_clustered(house: House):
    house.store.save(SUBSIDY_ANSWER, "c", 1)
    for typed in ("暖气费怎么退？", "暖气费怎么退", "请问暖气费可以退吗"):
        house.store.save(refused(typed), "c", 1)
    page = house.staff("lina").get("/asked?days=7").text
    assert "2026-11-18 至 2026-11-24，共 4 次提问。" in page
    assert "问过 3 次，没有找到" in page
    assert "<title>2026-11-24: 4</title>" in page


def test_the_csv_is_a_download_that_no_formula_runs_in(house: House):
    house.store.save(refused("=1+1"), "c", 1)
    response = house.staff("lina").get("/asked.csv?days=7")
    assert response.headers["content-disposition"] == 'attachment; filename="wence-2026-11-18-2026-11-24.csv"'
    assert response.text.splitlines()[1].split(",")[2] == "'=1+1"
    assert house.store.audit.newest()[0].action == "export.csv"


def test_the_list_of_answers_goes_on_page_by_page(house: House):
    for number in range(51):
        house.store.save(refused(f"问题{number}号"), "c", 1)
    visitor = house.staff("wang")
    page = visitor.get("/answers").text
    assert page.count("<li>") == 50
    (older,) = re.findall(r'href="(\?words=&amp;status=&amp;before=\d+)"', page)
    assert "问题0号" in visitor.get("/answers" + older.replace("&amp;", "&")).text


def test_english_is_one_click_away_and_stays(house: House):
    visitor = house.staff("admin")
    assert '<html lang="zh-CN">' in visitor.get("/queue").text
    assert '<html lang="en">' in visitor.get("/queue?lang=en").text
    assert "Audit" in visitor.get("/audit").text


def test_every_text_that_a_template_names_is_there():
    known = set(TEXT)
    for path in TEMPLATES.glob("*.html"):
        for key in re.findall(r'\bt\("([^"]+)"(?:, [^)]*)?\)', path.read_text("utf-8")):
            assert key in known, (path.name, key)


def test_both_languages_take_the_same_values():
    for key, (zh, en) in TEXT.items():
        assert set(re.findall(r"{(\w+)}", zh)) == set(re.findall(r"{(\w+)}", en)), key


# ---------------------------------------------------------------- articles

NOTICE = "# 关于停水的通知\n\n1月20日起检修停水。\n\n请提前储水。\n"


def upload(visitor: Visitor, *files: tuple[str, str], **form: str):
    return visitor.post("/articles", files=[("file", (name, text.encode())) for name, text in files], **form)


def test_an_upload_is_shown_as_it_was_understood_corrected_and_indexed(house: House):
    visitor = house.staff("lina")
    response = upload(visitor, ("notice.md", NOTICE), published="2026-01-21")
    assert leads_to(response) == "/desk/articles?state=draft&said=uploaded&count=1"
    (draft,) = house.store.catalogue.entries(State.DRAFT)
    assert (draft.article.title, draft.article.published, draft.article.source) == (
        "关于停水的通知", "2026-01-21", "notice.md",
    )  # fmt: skip
    page = visitor.get(f"/articles/{draft.article.id}").text
    assert "2 段" in page
    form = {"title": "停水通知", "kind": "policy", "text": "1月20日起停水。\n\n  请储水。 ", "published": "2026-01-19"}
    response = visitor.post(f"/articles/{draft.article.id}/edit", **form)
    assert response.status_code == 303
    (draft,) = house.store.catalogue.entries(State.DRAFT)
    assert (draft.article.title, draft.article.text, draft.article.kind.value) == (
        "停水通知", "1月20日起停水。\n请储水。", "policy",
    )  # fmt: skip
    assert house.bot.articles == (ARTICLE, PROPOSAL), "a draft is not answered from"
    assert visitor.post("/articles/publish", id=draft.article.id).status_code == 303
    house.indexing.wait()
    assert [article.title for article in house.bot.articles] == [PROPOSAL.title, ARTICLE.title, "停水通知"]
    assert "索引与目录一致：3 篇。" in visitor.get("/articles").text
    assert [entry.action for entry in house.store.audit.newest()][:4] == [
        "index.build", "article.publish", "article.draft", "article.draft",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"title": " ", "kind": "news", "text": "x"}, "标题和正文不能为空。"),
        ({"title": "x", "kind": "news", "text": "\n "}, "标题和正文不能为空。"),
        ({"title": "x", "kind": "rumour", "text": "x"}, "请选择类别。"),
        ({"title": "x", "kind": "news", "text": "x", "published": "明天"}, "日期请写成 2026-01-20"),
        ({"title": ARTICLE.title, "kind": "policy", "text": ARTICLE.text, "published": "2026-01-16"}, "内容没有改动。"),
    ],
)
def test_a_correction_that_cannot_be_is_said_and_what_was_typed_stays(house: House, form: dict[str, str], words: str):
    response = house.staff("lina").post("/articles/subsidy/edit", **form)
    assert response.status_code == 400
    assert words in response.text
    assert f'value="{form["title"]}"' in response.text


def test_what_a_form_of_a_correction_lacks_is_shown_as_the_article_has_it(house: House):
    response = house.staff("lina").post("/articles/subsidy/edit", kind="policy")
    assert response.status_code == 400
    assert f'value="{ARTICLE.title}"' in response.text


def test_a_corrected_fact_replaces_the_article_and_the_old_answer_keeps_its_source(house: House):
    id = house.store.save(SUBSIDY_ANSWER, "c", 1)
    visitor = house.staff("lina")
    form = {"title": ARTICLE.title, "kind": "policy", "text": ARTICLE.text, "published": "2026-01-17"}
    draft = leads_to(visitor.post("/articles/subsidy/edit", **form)).split("/")[-1].split("?")[0]
    visitor.post("/articles/publish", id=unquote(draft))
    house.indexing.wait()
    assert house.store.catalogue.find("subsidy").state is State.REPLACED
    assert {article.published for article in house.bot.articles} == {"2026-01-17", "--01-08"}
    assert house.store.read(id).sentences[0].citations[0].published == "2026-01-16"
    assert house.store.decays.open() == [], "the words still stand"


def test_a_rule_s_page_tells_its_validity_in_its_own_words(house: House):
    told = Validity(effective=Told(date(2026, 1, 1), Span(7, 15)), repeals=(Named("托育旧办法", "", Span(0, 6)),))
    house.bot.articles = (replace(ARTICLE, validity=told), PROPOSAL)
    page = house.staff("wang").get("/articles/subsidy").text
    assert '<span class="chip v-in_force">现行</span>' in page
    assert f'<dt>施行</dt><dd>2026年1月1日 <q class="faint">{ARTICLE.text[7:15]}</q></dd>' in page
    assert "<dt>废止了</dt><dd>托育旧办法" in page


def test_an_answer_s_page_shows_the_state_of_a_rule_on_the_day_of_the_answer(house: House):
    rule = replace(ARTICLE, validity=Validity(expires=Told(date(2025, 12, 31), None)))
    cited = replace(cite(1, rule, "每月补贴600元"), state=RuleState.EXPIRED)
    id = house.store.save(replace(SUBSIDY_ANSWER, sentences=(Sentence("每月补贴600元。", (cited,)),)), "c", 1)
    page = house.staff("wang").get(f"/answers/{id}").text
    assert '<span class="chip v-expired">已失效</span>' in page
    assert "到2025年12月31日" in page


def test_a_withdrawn_article_is_answered_from_no_longer_and_its_answers_are_listed(house: House):
    house.store.save(SUBSIDY_ANSWER, "c", 1)
    visitor = house.staff("lina")
    assert visitor.post("/articles/subsidy/withdraw", why="过期").status_code == 303
    house.indexing.wait()
    assert house.bot.articles == (PROPOSAL,)
    page = visitor.get("/decay").text
    assert page.count("文章已撤下</span>") == 2
    assert leads_to(visitor.post("/decay", outcome="withdrawn")) == "/desk/decay?outcome=withdrawn"
    assert house.store.decays.open() == []
    assert visitor.post("/articles/subsidy/restore").status_code == 303
    house.indexing.wait()
    assert house.bot.articles == (PROPOSAL, ARTICLE)
    assert visitor.post("/articles/subsidy/restore").status_code == 400, "it is there already"


def test_the_last_article_stays_until_there_is_another(house: House):
    visitor = house.staff("lina")
    visitor.post("/articles/subsidy/withdraw")
    house.indexing.wait()
    response = visitor.post(f"/articles/{PROPOSAL.id}/withdraw")
    assert (response.status_code, "这是最后一篇在用的文章" in response.text) == (400, True)
    assert house.store.catalogue.live() == house.bot.articles == (PROPOSAL,)


def test_files_that_hold_no_article_are_said_one_by_one(house: House):
    visitor = house.staff("lina")
    response = upload(
        visitor, ("good.md", NOTICE), ("empty.txt", " "), ("../../etc/binary.txt", "PNG\0\0\0\rIHDR\0\x01\0\x02")
    )
    assert "读出 1 篇文章" in response.text
    assert "empty.txt 是空文件" in response.text
    assert "binary.txt 是二进制文件" in response.text
    assert "etc/" not in response.text
    assert upload(visitor, ("good.md", NOTICE), published="soon").status_code == 400
    assert visitor.post("/articles").status_code == 400


def test_what_an_upload_leaves_out_is_shown_with_where_and_why(house: House):
    visitor = house.staff("lina")
    page = upload(visitor, ("good.md", NOTICE.replace("\n\n请", "\n\n<!-- 待核 <b> -->\n\n请"))).text
    assert "读出 1 篇文章" in page
    assert "<td>good.md</td><td>5</td><td>待核 &lt;b&gt;</td><td>读者看不到的话</td>" in page


def test_a_build_that_fails_leaves_the_index_and_says_why(house: House, monkeypatch: pytest.MonkeyPatch):
    def fail(articles: object, advance: object) -> str:
        raise OSError("no space left")

    monkeypatch.setattr(house.bot, "reindex", fail)
    visitor = house.staff("lina")
    visitor.post("/articles/subsidy/withdraw")
    house.indexing.wait()
    page = visitor.get("/articles").text
    assert "OSError: no space left" in page
    assert "索引与目录不一致：待编入 0 篇，待移出 1 篇。" in page
    assert house.bot.articles == (ARTICLE, PROPOSAL)


def test_progress_is_told_while_the_index_is_built(house: House):
    house.bot._pause = 0.2
    visitor = house.staff("lina")
    visitor.post("/articles/build")
    now = visitor.get("/articles/progress", accept="application/json").json()
    assert now["running"] is True
    assert "data-running" in visitor.get("/articles").text
    house.indexing.wait()
    assert visitor.get("/articles/progress").json()["running"] is False


def test_what_was_withdrawn_is_taken_out_again_when_the_index_was_built_from_files(tmp_path: Path):
    store = sqlite_store(tmp_path)
    store.catalogue.adopt([ARTICLE, PROPOSAL])
    store.catalogue.withdraw("subsidy", "lina")
    bot = FakeDeskBot([ARTICLE, PROPOSAL])
    mount(FastAPI(), store, bot).wait()
    assert bot.articles == (PROPOSAL,)
    store.close()


# ---------------------------------------------------------------- people


def test_an_administrator_opens_changes_and_closes_accounts(house: House):
    admin = house.staff("admin")
    page = admin.post("/users", name="赵敏", role="reviewer").text
    (password,) = re.findall(r"初始密码：(\S+?)\u3000", page)
    zhao = house.visitor()
    assert zhao.log_in("赵敏", password).status_code == 303
    assert leads_to(zhao.post("/account", old=password, new="a new one 22")) == "/desk/login?changed=1"
    assert zhao.get("/queue").status_code == 303, "the old session is over"
    assert zhao.log_in("赵敏", "a new one 22").status_code == 303
    assert admin.post("/users/change", name="赵敏", role="reader").status_code == 200
    assert zhao.get("/queue").status_code == 303
    assert house.visitor().log_in("赵敏", "a new one 22").status_code == 401, "the door is closed"
    page = admin.post("/users/change", name="admin", role="reader", active="on")
    assert (page.status_code, "这是最后一名管理员" in page.text) == (400, True)
    page = admin.post("/users/password", name="wang").text
    (password,) = re.findall(r"wang 的新密码：(\S+?)<", page)
    assert house.visitor().log_in("wang", password).status_code == 303
    assert admin.post("/users", name="a b", role="reader").status_code == 400
    assert admin.post("/users", name="x", role="king").status_code == 400


@pytest.mark.parametrize(
    ("old", "new", "words"), [("no", "a new one 22", "用户名或密码不对"), (PASSWORD, "short", "密码需要")]
)
def test_a_password_is_changed_only_with_the_old_one_and_for_a_good_one(house: House, old: str, new: str, words: str):
    response = house.staff("wang").post("/account", old=old, new=new)
    assert response.status_code == 400
    assert words in response.text


def test_without_an_administrator_the_login_page_says_how_to_make_one(tmp_path: Path):
    store = sqlite_store(tmp_path)
    app = FastAPI()
    mount(app, store, FakeDeskBot([ARTICLE]))
    assert "python -m desk create-admin" in Visitor(app).get("/login").text
    store.close()


# ---------------------------------------------------------------- pieces


def test_marks_stay_inside_their_paragraphs_and_mark_each_character_once():
    assert mark_paragraphs("一二三\n四五", [(1, 5, 1), (2, 3, 2)]) == [
        [Piece("一", None), Piece("二三", 1)],
        [Piece("四", 1), Piece("五", None)],
    ]
    assert mark_paragraphs("", []) == [[]]


def test_rows_are_a_table_at_the_desk_too():
    rows = "级别：一级，比例：90%。\n级别：三级，比例：70%。"
    [table] = mark_paragraphs(rows, [(14, 27, 1)])
    assert table == Table(
        ("级别", "比例"), [[[Piece("一级", None)], [Piece("90%", None)]], [[Piece("三级", 1)], [Piece("70%", 1)]]]
    )


@pytest.mark.parametrize(("most", "top"), [(0, 4), (4, 4), (5, 8), (9, 20), (21, 40), (81, 200), (1000, 2000)])
def test_the_scale_ends_at_a_round_number(most: int, top: int):
    assert nice_top(most) == top


def test_charts_hold_bars_of_the_right_height_and_escape_their_words():
    chart = stacked_bars([Bar("2026-11-24", (("s-answered", 3), ("s-error", 1)))], "<b>")
    assert 'aria-label="&lt;b&gt;"' in chart
    assert re.findall(r'class="(s-\w+)" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', chart) == [
        ("s-answered", "51.5", "124.5"),
        ("s-error", "10.0", "41.5"),
    ]
    levels = level_bars([("<i>", "x", 3), ("b", "y", 1)], "t")
    assert "&lt;i&gt;" in levels
    assert "3（75%）" in levels
    assert level_bars([], "t").startswith("<svg")


def test_the_desk_stands_on_its_own_too(house: House):
    app = build_desk(house.store, house.bot, house.indexing)
    assert TestClient(app).get("/login").status_code == 200


def test_the_store_is_opened_as_the_environment_says_and_keeps_no_longer_than_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("WENCE_DATABASE", raising=False)
    store = open_desk_store(tmp_path / "index")
    old, new = Clock(), store.save(SUBSIDY_ANSWER, "c", 1)
    old.pass_by(days=-30)
    past = open_store(f"sqlite:///{tmp_path}/index.desk.sqlite", old)
    past.save(SUBSIDY_ANSWER, "c", 1)
    monkeypatch.setenv("WENCE_RETENTION_DAYS", "20")
    again = open_desk_store(tmp_path / "index")
    assert [line.id for line in again.answers.browse()] == [new]
    for opened in (store, past, again):
        opened.close()


def test_a_proposal_says_who_suggested_it(house: House):
    id = house.store.save(suggested(), "c", 1)
    page = house.staff("wang").get(f"/answers/{id}").text
    assert "高培元 · 1月8日" in page
