"""Pages come from the open net alone, politely and within bounds, and land as files of a folder. The sites are a server of the test's
own; names are resolved by the test."""

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rag.__main__ import main
from rag.shelf.fetch import FETCHED, Fetched, as_address, feed_links, fetch, file_name, is_feed
from rag.shelf.web import FetchError, Limits, Web, check_address, is_public

NOTICE = "<html><body><h1>渡口停航</h1><p>三号渡口因涨水停航一天，请改乘公交车。</p></body></html>".encode()
RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><link>/</link>
<item><title>一</title><link>/one.html</link></item><item><link>two.html</link></item><item><link>/one.html</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><link href="/"/><entry><link rel="self" href="/x"/><link href="/one.html"/></entry></feed>"""


class Site:
    """What the server gives by path: (status, headers, body). `asked`: the paths and headers that came."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, dict(self.headers)))
                status, headers, body = site.pages.get(self.path, (404, {}, b""))
                if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                    status, body = 304, b""
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def address(self, path: str = "/", host: str = "site.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked if path != "/robots.txt"]


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


NAMES = {"site.example": ["127.0.0.1"], "inner.example": ["127.0.0.1"], "mixed.example": ["93.184.215.14", "10.0.0.1"]}


def web(**limits: float) -> Web:
    return Web(["site.example"], Limits(pause=0.0, **limits), lambda host, port: NAMES[host])  # type: ignore[arg-type]


def told(address: str, client: Web) -> str:
    with pytest.raises(FetchError) as refused:
        client.get(address)
    return refused.value.zh


# ---- where it may go


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_open_net(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1",
     "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"],
)  # fmt: skip
def test_what_is_inside(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("host", ["inner.example", "mixed.example"])
def test_a_name_with_an_internal_address_is_not_connected(host: str, site: Site) -> None:
    assert "是内部地址" in told(site.address(host=host), web())
    assert site.asked == []


def test_a_redirect_leads_to_nothing_inside(site: Site) -> None:
    site.pages["/"] = (302, {"Location": site.address("/secret", "inner.example")}, b"")
    site.pages["/secret"] = (200, {}, b"secret")
    assert told(site.address(), web()).startswith("inner.example：是内部地址（127.0.0.1）")
    assert site.paths() == ["/"]


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://site.example/a", "gopher://site.example", "//site.example", "site.example", "http://", "http:///a",
     "http://site.example:99999/", "http://a b/", "http://site.example/\r\nX: 1", "http://name:word@site.example/", "javascript:alert(1)", ""],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(address: str) -> None:
    with pytest.raises(FetchError):
        check_address(address)


def test_a_redirect_to_another_scheme_is_refused(site: Site) -> None:
    site.pages["/"] = (301, {"Location": "file:///etc/passwd"}, b"")
    assert told(site.address(), web()) == "file:///etc/passwd：不是 http 或 https 的网址。"


# ---- politely, within bounds


def test_a_page_comes_over_its_redirect_with_what_the_site_says_of_its_version(site: Site) -> None:
    site.pages["/"] = (302, {"Location": "new?a=1"}, b"")
    site.pages["/new?a=1"] = (200, {"ETag": '"7"', "Last-Modified": "Mon, 01 Mar 2027 08:00:00 GMT"}, NOTICE)
    page = web().get(site.address())
    assert (page.address, page.data, page.etag) == (site.address("/new?a=1"), NOTICE, '"7"')
    assert page.modified == "Mon, 01 Mar 2027 08:00:00 GMT"
    assert site.asked[-1][1]["User-Agent"] == "wence"


def test_robots_txt_is_asked_once_and_obeyed(site: Site) -> None:
    site.pages |= {
        "/robots.txt": (200, {}, b"User-agent: wence\nDisallow: /inner/\n"),
        "/inner/a": (200, {}, NOTICE),
        "/a": (200, {}, NOTICE),
    }
    client = web()
    assert "robots.txt 不允许" in told(site.address("/inner/a"), client)
    assert client.get(site.address("/a")).data == NOTICE
    assert [path for path, _ in site.asked] == ["/robots.txt", "/a"]


def test_where_robots_txt_cannot_be_had_nothing_is_fetched(site: Site) -> None:
    site.pages |= {"/robots.txt": (503, {}, b""), "/a": (200, {}, NOTICE)}
    assert told(site.address("/a"), web()).endswith("/robots.txt：网站回答 503。")


def test_between_two_requests_to_a_host_it_waits(site: Site) -> None:
    site.pages["/a"] = (200, {}, NOTICE)
    waits: list[float] = []
    client = Web(["site.example"], Limits(pause=30.0), lambda host, port: NAMES[host], waits.append)
    client.get(site.address("/a"))
    assert len(waits) == 1  # robots.txt was first
    assert 20 < waits[0] <= 30


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_too_large_is_left_whether_packed_or_not(packed: bool, site: Site) -> None:
    body = b"<p>" + b"0" * 3_000_000
    headers = {"Content-Encoding": "gzip"} if packed else {}
    site.pages["/a"] = (200, headers, gzip.compress(body) if packed else body)
    assert told(site.address("/a"), web(size=2_000_000)) == f"{site.address('/a')}：超过 2 MB，没有取。"
    assert web().get(site.address("/a")).data == body


def test_a_redirect_without_end_ends(site: Site) -> None:
    site.pages["/"] = (302, {"Location": "/"}, b"")
    assert told(site.address(), web()).endswith("转来转去没有尽头。")
    assert len(site.paths()) == 6


def test_a_site_that_says_nothing_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://site.example:{silent.getsockname()[1]}/"
        assert "连不上" in told(address, web(wait=0.2))


def test_a_page_that_is_not_there_is_told(site: Site) -> None:
    assert told(site.address("/no"), web()) == f"{site.address('/no')}：网站回答 404。"


# ---- what lands in the folder


def run(site: Site, folder: Path, *paths: str) -> list[Fetched]:
    return [*fetch([site.address(path) for path in paths], folder, web())]


def test_a_page_becomes_a_file_and_the_second_time_only_a_changed_one_is_written(site: Site, tmp_path: Path) -> None:
    site.pages["/notice/停航"] = (200, {"ETag": '"1"'}, NOTICE)
    site.pages["/notice/%E5%81%9C%E8%88%AA"] = site.pages.pop("/notice/停航")
    [first] = run(site, tmp_path, "/notice/停航")
    assert (tmp_path / first.file).read_bytes() == NOTICE
    assert (first.changed, Path(first.file).suffix) == (True, ".html")
    [again] = run(site, tmp_path, "/notice/停航")
    assert (again.file, again.changed) == (first.file, False)
    assert site.asked[-1][1]["If-None-Match"] == '"1"'
    (tmp_path / first.file).unlink()  # what is lost is fetched whole again
    assert run(site, tmp_path, "/notice/停航")[0].changed


@pytest.mark.parametrize(("feed", "expected"), [(RSS, ["/one.html", "/two.html"]), (ATOM, ["/one.html"])])
def test_the_entries_of_a_feed_are_fetched_each_once(
    feed: str, expected: list[str], site: Site, tmp_path: Path
) -> None:
    site.pages |= {"/feed": (200, {}, feed.encode()), "/one.html": (200, {}, NOTICE), "/two.html": (200, {}, NOTICE)}
    got = run(site, tmp_path, "/feed")
    assert [one.address for one in got] == [site.address(path) for path in expected]
    assert all(one.changed for one in got)
    assert len([*tmp_path.glob("*.html")]) == len(expected)


@pytest.mark.parametrize(
    ("data", "feed"),
    [
        (RSS.encode(), True),
        (b"\xef\xbb\xbf \n<?xml version='1.0'?><?xml-stylesheet href='a'?><!-- a > b --><rss>", True),
        (b"<rdf:RDF xmlns='x'>", True),
        (b"<html><rss>", False),
        (b"<!-- <rss>", False),
        (b"", False),
    ],
)
def test_a_feed_is_told_by_its_first_element(data: bytes, feed: bool) -> None:
    assert is_feed(data) is feed


def test_a_feed_within_a_feed_is_no_feed(site: Site, tmp_path: Path) -> None:
    site.pages |= {"/feed": (200, {}, ATOM.encode()), "/one.html": (200, {}, ATOM.replace("/one", "/two").encode())}
    run(site, tmp_path, "/feed")
    assert "/two.html" not in site.paths()


@pytest.mark.parametrize(
    ("feed", "why"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "x">]><rss><channel><item><link>&b;</link></item></channel></rss>', "自定义的实体"),
        (b"<rss><channel>", "订阅不完整"),
    ],
)
def test_a_feed_that_is_none_is_told(feed: bytes, why: str) -> None:
    with pytest.raises(FetchError, match=why):
        feed_links(feed, "http://site.example/feed")


def test_one_that_fails_leaves_the_others(site: Site, tmp_path: Path) -> None:
    site.pages |= {"/a.html": (200, {}, NOTICE), "/b": (200, {}, b"GIF89a" + b"\0" * 50)}
    gone, kept, picture = run(site, tmp_path, "/gone", "/a.html", "/b")
    assert (gone.problem is not None, kept.changed) == (True, True)
    assert picture.problem is not None
    assert picture.problem.zh.endswith("是 GIF 图片，不能读。")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([FETCHED, kept.file])


def test_a_name_in_the_list_of_what_was_fetched_leads_nowhere_else(site: Site, tmp_path: Path) -> None:
    address = site.address("/a.html")
    (tmp_path / FETCHED).write_text(json.dumps({address: {"file": "../../etc/passwd", "etag": '"1"'}, "b": 3}))
    site.pages["/a.html"] = (200, {"ETag": '"1"'}, NOTICE)
    [got] = run(site, tmp_path, "/a.html")
    assert got.changed


@pytest.mark.parametrize("path", ["/", "/../../etc/passwd", "/a%2Fb", "/.hidden", "/" + "长" * 300])
def test_a_file_is_named_within_the_folder(path: str) -> None:
    name = file_name(as_address(f"http://site.example{path}"), NOTICE)
    assert name == Path(name).name
    assert name.startswith("site.example-")
    assert len(name.encode()) < 200


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        (" http://site.example/通知 ", "http://site.example/%E9%80%9A%E7%9F%A5"),
        ("https://例子.测试/a?b=c%20d", "https://xn--fsqu00a.xn--0zwm56d/a?b=c%20d"),
    ],
)
def test_an_address_is_sent_in_ascii(typed: str, sent: str) -> None:
    assert as_address(typed) == sent


def test_the_command_line_tells_each_and_what_to_do_next(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("rag.shelf.web.Web", lambda allowed: web())
    site.pages["/a.html"] = (200, {}, NOTICE)
    (tmp_path / "list.txt").write_text(f"# 两个\n{site.address('/a.html')}\n\n{site.address('/no')}\n")
    folder = tmp_path / "shelf"
    assert main(["fetch", "--list", str(tmp_path / "list.txt"), "--to", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("取到  site.example-a-")
    assert lines[1] == f"{site.address('/no')}：网站回答 404。"
    assert lines[2] == f"1 个新的或改过的，0 个没变，1 个没有取到；建立索引：wence sync {folder}"
    assert main(["fetch", site.address("/no"), "--to", str(folder)]) == 2
    assert main(["fetch", "--to", str(folder)]) == 2
