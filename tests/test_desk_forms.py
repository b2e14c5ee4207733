"""The desk's forms and its door: whatever is sent leads on or is refused, never an error of ours; nothing is open to who
may not."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.app import METHODS, PAGES
from desk.log import LogAwayError
from desk.store.people import StaffRole
from rag.datatypes import Kind
from tests.desk_fakes import ARTICLE, SUBSIDY_ANSWER
from tests.test_desk_web import House, quick_hashes  # noqa: F401 - a fixture

NAMES = ("verdict", "why", "note", "title", "kind", "text", "published", "speaker", "id", "name", "role", "active")
NAMES += ("old", "new", "number", "outcome", "next", "password", "anything")
VALUES = st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    [
        "supported",
        "thumbs",
        "reader",
        "king",
        "on",
        "\0",
        "9" * 15,
        "٣",
        "-1",
        "2026-01-20",
        "1" * 30,
        *Kind,
        ARTICLE.id,
    ]
)
FORMS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6)
POSTS = [path for method, path, _, _ in PAGES if method == "POST" and path != "/logout"]
GETS = [path for method, path, _, _ in PAGES if method == "GET"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = House(tmp_path_factory.mktemp("desk"))
    opened.id = opened.store.save(SUBSIDY_ANSWER, "c", 1)  # type: ignore[attr-defined]
    yield opened
    opened.indexing.wait()
    opened.store.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(POSTS), form=FORMS, id=VALUES | st.just("subsidy"), files=st.booleans())
def test_any_form_leads_on_or_is_refused(house: House, path: str, form: dict[str, str], id: str, files: bool):
    admin = house.staff("admin")
    address = re.sub(r"{[^}]*}", lambda _: re.sub(r"[^\w-]", "", id) or "x", path)
    sent = [("file", (form.get("title", "a\0.txt") or "x", form.get("text", "").encode()))] if files else None
    if form.get("name") in ("admin", "lina", "wang"):
        return
    response = admin.post(address, files=sent, **form)
    assert response.status_code < 500, (address, form)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(GETS), query=st.dictionaries(st.sampled_from(
    ["why", "done", "status", "words", "before", "after", "state", "outcome", "found", "days", "who", "next", "lang", "said"]
), VALUES, max_size=4), id=VALUES)  # fmt: skip
def test_any_address_is_a_page_or_none(house: House, path: str, query: dict[str, str], id: str):
    admin = house.staff("admin")
    address = re.sub(r"{[^}]*}", lambda _: re.sub(r"[^\w-]", "", id) or "x", path)
    response = admin.client.get("/desk" + address, params=query)
    assert response.status_code < 500, (address, query)


@pytest.mark.parametrize("name", [None, "wang", "lina"])
def test_no_path_is_open_by_any_method_to_who_may_not(house: House, name: str | None):
    """Every path of PAGES with every method: without a login, and with each role that is too small."""
    visitor = house.staff(name) if name else house.visitor()
    role = {"wang": StaffRole.READER, "lina": StaffRole.REVIEWER, None: None}[name]
    opened = []
    for path in {path for _, path, _, _ in PAGES} | {"/nothing", "/queue/", "/static", "//queue"}:
        needed = {method: needed for method, page, needed, _ in PAGES if page == path}
        address = "/desk" + re.sub(r"{[^}]*}", "x", path)
        for method in METHODS:
            least = needed.get("GET" if method == "HEAD" else method, StaffRole.READER)
            if path == "/logout" or least is None or (role is not None and role.may(least)):
                continue
            data = {"csrf": visitor.csrf} if method not in ("GET", "HEAD", "OPTIONS") else None
            response = visitor.client.request(method, address, data=data)
            if response.status_code not in (303, 401, 403) or "/login" not in response.headers.get(
                "location", "/login"
            ):
                opened.append((method, path, response.status_code))
    assert opened == []


# ---------------------------------------------------------------- bodies, origins, what is away


def test_a_body_without_its_length_is_counted_as_it_comes(house: House):
    def much(size: int) -> Iterator[bytes]:
        yield b"name=lina&password="
        for _ in range(size // 100_000 + 1):
            yield b"x" * 100_000

    typed = {"content-type": "application/x-www-form-urlencoded"}
    assert house.visitor().client.post("/desk/login", content=much(100_000), headers=typed).status_code == 413
    lina = house.staff("lina")
    assert lina.client.post("/desk/articles", content=much(105_000_000), headers=typed).status_code == 413
    assert lina.client.post("/desk/articles", content=b"x", headers={"content-length": "9" * 20}).status_code == 413
    assert (
        lina.client.post("/desk/articles", content=iter([f"csrf={lina.csrf}".encode()]), headers=typed).status_code
        == 400
    )


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=x", "application/json", "text/plain"]
)
def test_a_form_that_is_none_is_refused(house: House, kind: str):
    response = house.staff("lina").client.post("/desk/articles", content=b"--y\xff\0", headers={"content-type": kind})
    assert response.status_code in (400, 403)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://wence.example", "host": "127.0.0.1:7860"}, 303),  # nginx as it comes: the host is its own
        ({"origin": "https://wence.example", "host": "wence.example"}, 303),
        ({"origin": "https://wence.example", "host": "inside", "x-forwarded-host": "wence.example"}, 303),
        ({"origin": "https://wence.example", "host": "inside", "sec-fetch-site": "same-origin"}, 303),
        ({"origin": "https://evil.example", "host": "wence.example"}, 403),
        ({"origin": "https://evil.example", "host": "127.0.0.1:7860", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://a.wence.example", "host": "127.0.0.1:7860", "sec-fetch-site": "same-site"}, 403),
        ({"origin": "null", "host": "127.0.0.1:7860"}, 403),
    ],
)
def test_behind_a_proxy_a_login_is_believed_and_another_site_s_is_not(
    house: House, headers: dict[str, str], status: int
):
    form = {"name": "lina", "password": "correct horse 7"}
    response = TestClient(house.app, follow_redirects=False).post("/desk/login", data=form, headers=headers)
    assert response.status_code == status
    if status == 303:
        assert "Secure" in response.headers["set-cookie"], "the browser came by https, whatever the proxy tells"


def test_while_the_database_is_away_the_desk_says_so_in_one_line(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def away(*_: object) -> None:
        raise LogAwayError("数据库暂时用不了：停了", "The database cannot be used now: stopped")

    visitor = house.staff("lina")
    monkeypatch.setattr(house.store.queue, "lines", away)
    response = visitor.get("/queue")
    assert (response.status_code, "数据库暂时用不了：停了" in response.text) == (503, True)
    assert [(record.getMessage(), record.exc_info) for record in caplog.records if record.name == "wence"] == [
        ("the desk at /queue: The database cannot be used now: stopped", None)
    ]


def test_every_address_of_the_desk_is_relative(house: House):
    admin = house.staff("admin")
    for path in (
        "/queue",
        f"/answers/{house.id}",
        "/articles/subsidy/edit",
        "/articles",
        "/account",
        "/users",
        "/audit",
    ):  # type: ignore[attr-defined]
        addresses = re.findall(r'(?:href|src|action|data-progress)="([^"]*)"', admin.get(path).text)
        assert [address for address in addresses if re.match(r"/|[a-z]+:", address)] == [], path
        below = os.path.normpath(os.path.join(os.path.dirname("/desk" + path), addresses[1]))
        assert admin.client.get(below).status_code == 200, (path, addresses[1])


def test_a_path_below_the_desk_is_no_way_into_its_files(house: House):
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/desk.css/..%2f..%2fapp.py"):
        assert house.visitor().client.get("/desk" + path).status_code in (303, 401, 404)
    assert Path("desk/app.py").is_file()
