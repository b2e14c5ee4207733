"""A hundred payloads in every field of the chat that a person or a file can fill, shown in Chromium: none runs, none calls
out, none becomes an element. The content security policy is switched off: escaping alone must hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

from tests.browsing import DESKTOP, Serve, Visit, ask, marker
from tests.payloads import GROUPS, PAYLOADS, SHORT

pytestmark = pytest.mark.browser

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


@pytest.fixture
def page(site: str, visit: Visit) -> Iterator[Page]:
    """A visitor's page at the chat, the content security policy off; afterwards nothing has run, complained or asked another host."""
    opened = visit(site, DESKTOP, bypass_csp=True)
    opened.on("dialog", lambda dialog: opened.faults.append(dialog.message))
    yield opened
    assert opened.evaluate("window.hacked") is None
    assert opened.hosts == {site.removeprefix("http://")}
    faults = [
        fault for fault in opened.faults if "the server responded with a status of 4" not in fault
    ]  # as asked for
    assert faults == []


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
