"""A hundred payloads in every field that a person or a file can fill, shown in Chromium on every page of the chat and the
desk: none runs, none calls out, none becomes an element; once by escaping alone, the content security policy switched off,
and once with it on."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

from tests.browsing import DESKTOP, Serve, Visit, ask, marker
from tests.desk_demo import PASSWORD
from tests.payloads import GROUPS, PAYLOADS, SHORT

pytestmark = pytest.mark.browser

KEPT = 60  # conversations that a browser keeps
LINES = tuple(map(" ".join, GROUPS))
CUT = tuple(" ".join(group)[:60].strip() for group in SHORT)
# Of a document: whether a payload ran in it, which elements are none of ours, and which payloads it does not show as they
# were given (letters and signs compared; a source's [1] is shown as 〔1〕).
LOOK = """(payloads, place) => {
    const FOREIGN = "img,iframe,object,embed,video,audio,source,picture,marquee,math,frameset,plaintext,base,style,mglyph," +
        "meta[http-equiv],svg script,svg image,svg use,svg set,svg animate,foreignObject,script:not([src]):not(#texts)," +
        "link:not([rel=icon]):not([rel=stylesheet])";
    const LEADS = ["href", "src", "action", "formaction", "data", "background", "xlink:href", "srcset", "srcdoc"];
    const bones = (text) => text.replace(/[^\\x21-\\x7e]|[\\d[\\]]/g, "");
    const leadsAway = (a) => LEADS.includes(a.name) && !/^(tel:|[#?])/.test(a.value)
        && new URL(a.value, window.location.href).origin !== window.location.origin;
    const all = [...place.querySelectorAll("*")];
    const foreign = all.filter((e) => e.matches(FOREIGN)
        || [...e.attributes].some((a) => a.name.startsWith("on") || leadsAway(a)));
    const shown = [place.documentElement.textContent, ...all.flatMap((e) => [e.value, ...[...e.attributes].map((a) => a.value)])];
    const text = shown.filter((one) => typeof one === "string").map(bones).join("\\n");
    return {ran: Boolean(place.defaultView.hacked), foreign: foreign.map((e) => e.outerHTML.slice(0, 150)),
            unseen: payloads.filter((one) => !text.includes(bones(one)))};
}"""
# Shows the answer to each request in a frame of its own, where scripts run as they do in a page, and looks at it.
SHOW_IN_FRAMES = f"""async (requests) => {{
    const look = {LOOK};
    return Promise.all(requests.map(async ({{address, payloads, form}}) => {{
        const data = new FormData();
        for (const [name, value] of Object.entries(form ?? {{}})) data.append(name, value);
        const html = await fetch(address, form ? {{method: "POST", body: data}} : {{}}).then((response) => response.text());
        const frame = document.createElement("iframe");
        const loaded = new Promise((done) => frame.addEventListener("load", done, {{once: true}}));
        frame.srcdoc = html;
        document.body.append(frame);
        await loaded;
        await new Promise((done) => setTimeout(done, 50));
        const found = look(payloads, frame.contentDocument);
        frame.remove();
        return {{...found, ran: found.ran || Boolean(window.hacked), address}};
    }}));
}}"""
CLEAN = {"ran": False, "foreign": [], "unseen": []}


class Request(NamedTuple):
    """What to ask for, below the page shown, and what its answer must show. `form`: posted; else the address is opened."""

    address: str
    payloads: Sequence[str] = ()
    form: Mapping[str, str] | None = None


def look(page: Page, payloads: Sequence[str]) -> dict[str, object]:
    found: dict[str, object] = page.evaluate(f"(payloads) => ({LOOK})(payloads, document)", list(payloads))
    return found


def look_at_each(page: Page, requests: Iterable[Request]) -> None:
    """Each request's answer in a frame of its own, twenty at a time."""
    wanted = [request._asdict() for request in requests]
    for start in range(0, len(wanted), 20):
        for found in page.evaluate(SHOW_IN_FRAMES, wanted[start : start + 20]):
            assert {name: found[name] for name in CLEAN} == CLEAN, found["address"]


def look_through(page: Page, address: str, later: str) -> None:
    """All pages of a list, from the first to the last by the link `later`: every payload stands on one of them."""
    page.goto(address)
    unseen = set(PAYLOADS)
    while True:
        found = look(page, sorted(unseen))
        assert (found["ran"], found["foreign"]) == (False, []), page.url
        unseen &= set(found["unseen"])  # type: ignore[call-overload]
        if not (more := page.get_by_role("link", name=later)).count():
            break
        more.click()
    assert unseen == set(), address


def quoted(text: str) -> str:
    return quote(text, safe="")


@pytest.fixture(scope="module")
def site(serve: Serve) -> str:
    return serve("-m", "tests.whole_site", "hostile")


@pytest.fixture(params=[True, False], ids=["by escaping alone", "under the policy"])
def page(request: pytest.FixtureRequest, site: str, visit: Visit) -> Iterator[Page]:
    """A visitor's page at the chat; afterwards nothing has run, complained or asked another host."""
    opened = visit(site, DESKTOP, bypass_csp=request.param)
    opened.on("dialog", lambda dialog: opened.faults.append(dialog.message))
    yield opened
    assert opened.evaluate("window.hacked") is None
    assert opened.hosts == {site.removeprefix("http://")}
    told = ("hacked", "evil.test", "Content Security Policy")  # in a frame our own styles are not found: no matter
    assert [fault for fault in opened.faults if any(word in fault for word in told)] == []


def test_a_hundred_payloads_are_tried():
    assert len(set(PAYLOADS)) == 100
    assert sum(GROUPS, ()) == sum(SHORT, ()) == PAYLOADS


# ---------------------------------------------------------------- the chat


def test_what_is_asked_answered_and_cited(page: Page):
    assert look(page, PAYLOADS) == CLEAN  # the examples
    for number, (group, line) in enumerate(zip(GROUPS, LINES, strict=True)):
        page.get_by_role("button", name="新对话").click()
        ask(page, f"{line} {number}")
        expect(page.locator(".sentence")).to_have_count(len(group))
        marker(page, 1, ":last-child").first.hover()
        marker(page, 1, ":last-child").first.click()
        expect(page.locator("#source mark.here").first).to_be_visible()
        assert look(page, group) == CLEAN
        page.keyboard.press("Escape")
    page.get_by_role("button", name="没用").click()
    page.get_by_label("补充一句").fill(LINES[0])
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#toast")).to_be_visible()
    ask(page, "出错")
    assert look(page, PAYLOADS) == CLEAN  # the error's words
    page.reload()
    expect(page.locator(".note.problem")).to_be_visible()
    assert look(page, PAYLOADS) == CLEAN


def kept_turns() -> list[dict[str, object]]:
    """Three turns of each group as a browser might keep them: answered in part, refused, failed; every text a payload."""
    turns: list[dict[str, object]] = []
    for number, line in enumerate(LINES, 1):
        facts = dict.fromkeys(("title", "speaker", "reporter", "published"), line)
        label = {"article_id": "hostile0", "kind": "proposal", **facts}
        source = {"number": number, "article": label, "start": 0, "end": 1, "quote": line}
        said = [{"text": line, "sources": [source], "quoted": False}]
        turn = {"question": line, "note": line, "within": label, "nearest": [label], "answer_id": line, "rating": line}
        turns.append({**turn, "said": said, "status": "partial"})
        turns.append({**turn, "said": [], "status": "no_evidence"})
        turns.append({**turn, "said": [], "status": None, "problem": line})
    return turns


def test_what_a_browser_has_kept_and_what_is_printed_of_it(page: Page):
    turns = kept_turns()
    for titles in (PAYLOADS[:KEPT], PAYLOADS[KEPT:]):
        kept = [
            {"id": f"c{n}", "title": title, "when": n, "turns": [] if n else turns} for n, title in enumerate(titles)
        ]
        page.evaluate("(kept) => localStorage.setItem('wence.conversations', JSON.stringify(kept))", kept)
        page.reload()
        expect(page.locator("#list button")).to_have_count(len(titles))
        assert look(page, titles) == CLEAN
        page.locator("#list button").first.click()
        expect(page.locator(".turn")).to_have_count(len(turns))
        assert look(page, PAYLOADS) == CLEAN
    page.locator("#menu summary").click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="打印版").click()
    expect(opened.value.locator(".question").first).to_be_visible()
    assert look(opened.value, PAYLOADS) == CLEAN
    page.evaluate("localStorage.clear()")
    forms = ({"conversation": json.dumps({"title": title, "turns": []})} for title in PAYLOADS)
    look_at_each(page, (Request("print", [json.loads(form["conversation"])["title"][:80]], form) for form in forms))


def test_articles_links_and_what_concerns_me(page: Page, site: str):
    look_through(page, f"{site}/articles", "下一页")
    look_at_each(page, (Request(f"articles?q={quoted(cut)}", [cut]) for cut in CUT))
    look_at_each(page, (Request(f"./?within=hostile{number}", group) for number, group in enumerate(GROUPS)))
    look_at_each(page, (Request(f"article/hostile{number}?at=0-5", group) for number, group in enumerate(GROUPS)))
    look_at_each(page, (Request(f"article/{quoted(line)}") for line in LINES))
    look_at_each(page, (Request(f"a/{quoted(line)}") for line in LINES))
    abouts = (f"{line} {number}" for number, line in enumerate(LINES))
    look_at_each(page, (Request("me", group, {"about": one}) for group, one in zip(GROUPS, abouts, strict=True)))


def test_a_shared_answer(page: Page):
    shared = []
    for number, group in enumerate(GROUPS):
        ask(page, f"{LINES[number]} {number}")
        id = page.locator(".turn:last-child [data-do=share]").get_attribute("data-id")
        shared.append(Request(f"a/{id}", group))
    look_at_each(page, shared)


# ---------------------------------------------------------------- the desk


def log_in(page: Page, site: str) -> dict[str, str]:
    """The administrator's page at the queue; what each of their forms holds beside its fields."""
    page.goto(f"{site}/desk")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")
    return {"csrf": page.locator("input[name=csrf]").first.get_attribute("value") or ""}


def test_every_list_that_staff_read(page: Page, site: str):
    log_in(page, site)
    lists = ("queue?why=thumbs", "queue?why=refused", "asked?days=90", "answers", "decay", "audit", "users")
    for path in (*lists, "articles?state=live", "articles?state=withdrawn"):
        look_through(page, f"{site}/desk/{path}", "更早的")


def test_every_answer_article_and_form(page: Page, site: str):
    log_in(page, site)
    links: list[str] = []
    for path in ("queue?why=thumbs", "queue?why=refused", "answers"):
        page.goto(f"{site}/desk/{path}")
        links += page.eval_on_selector_all(".lines a", "(all) => all.map((one) => one.getAttribute('href'))")
    assert len(links) > 3 * len(GROUPS)
    look_at_each(page, (Request(link) for link in links))
    for kind in ("hostile", "gone"):
        look_at_each(page, (Request(f"articles/{kind}{number}", group) for number, group in enumerate(GROUPS)))
    look_at_each(page, (Request(f"articles/hostile{number}/edit", group) for number, group in enumerate(GROUPS)))


def test_what_the_desk_repeats_of_what_was_typed(page: Page, site: str):
    mine = log_in(page, site)
    for echo in ("answers?words={}", "articles?words={}", "audit?who={}", "articles?said=uploaded&count={}"):
        look_at_each(page, (Request(echo.format(quoted(cut)), [cut]) for cut in CUT))
    look_at_each(page, (Request("users/change", (), {**mine, "name": line, "role": "reader"}) for line in LINES))
    facts = (
        "title",
        "kicker",
        "subtitle",
        "section",
        "speaker",
        "speaker_role",
        "reporter",
        "published",
        "issuer",
        "number",
        "text",
    )
    look_at_each(  # the date is none: the form comes back as it was filled
        page,
        (
            Request("articles/hostile0/edit", group, {**mine, **dict.fromkeys(facts, line), "kind": "news"})
            for group, line in zip(GROUPS, LINES, strict=True)
        ),
    )


def test_payloads_at_the_login(page: Page, site: str):
    page.goto(f"{site}/desk/login")
    look_at_each(page, (Request("login", [cut], {"name": cut, "password": cut, "next": cut}) for cut in CUT[:5]))
    look_at_each(page, (Request(f"login?next={quoted(cut)}") for cut in CUT))


SEND = """async ([csrf, names, body]) => {
    const data = new FormData();
    data.append("csrf", csrf);
    names.forEach((name, place) => data.append("file", new File([body + place + "号。"], name)));
    const response = await fetch("articles", {method: "POST", body: data});
    return [response.redirected, await response.text()];
}"""


def test_the_names_of_files_that_are_uploaded(page: Page, site: str):
    mine = log_in(page, site)
    notice = "关于停水的通告\n\n1月20日8时至18时，望澜区检修停水。请提前储水，停水编号为"
    for start in (0, 50):  # as many as may come at once
        names = [f"{start}{payload}.txt" for payload in PAYLOADS[start : start + 50]]
        page.goto(f"{site}/desk/queue")
        taken, _ = page.evaluate(SEND, [mine["csrf"], names, f"{notice}{start}之"])
        assert taken
        page.goto(f"{site}/desk/queue")
        taken, refused = page.evaluate(SEND, [mine["csrf"], names, "\0\1\2\3" * 300])
        assert not taken
        page.set_content(refused)
        assert {**look(page, []), "unseen": []} == CLEAN
        assert "".join(page.get_by_role("alert").all_inner_texts()).count(".txt") >= 50
    page.goto(f"{site}/desk/articles?state=draft")
    links = page.eval_on_selector_all(".lines a", "(all) => all.map((one) => one.getAttribute('href'))")
    assert len(links) == 100
    look_at_each(page, (Request(link) for link in links))
