"""One polite request for a page of the web, which can reach nothing inside: the only importer of httpcore.

Only http and https, only public addresses unless the operator names the host. A name is resolved once, every address that it has is
checked, and the connection goes to a checked one: neither a redirect nor a second answer of the name service leads elsewhere. No proxy
of the environment is used, since it would resolve names itself.
"""

import ipaddress
import socket
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from rag.errors import UserError

AGENT = "wence"
Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one fetch: seconds to connect and between two pieces, seconds in all, bytes (unpacked), redirects; and seconds
    between two requests to one host."""

    wait: float = 20.0
    total: float = 120.0
    size: int = 50_000_000
    redirects: int = 5
    pause: float = 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """What came. `address`: after redirects. `data` is None where it is as it was before."""

    address: str
    data: bytes | None
    etag: str = ""
    modified: str = ""


class FetchError(UserError):
    """Why an address gave nothing."""


def failed(address: str, zh: str, en: str) -> FetchError:
    return FetchError(f"{address}：{zh}。", f"{address}: {en}.")


def addresses_of(host: str, port: int) -> list[str]:
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def is_public(address: str) -> bool:
    """Whether an address is one of the open net; of one that stands for an IPv4 address (mapped, 6to4, NAT64) that one too."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = None
    if isinstance(ip, ipaddress.IPv6Address):
        nat64 = ip in ipaddress.ip_network("64:ff9b::/96")
        inner = ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if nat64 else None)
    return (is_public(str(inner)) if inner else ip.is_global) and not ip.is_multicast


class Guarded:
    """Connects for httpcore, to checked addresses alone. `allowed`: hosts that the operator named, wherever they are."""

    def __init__(self, allowed: Collection[str] = (), resolve: Resolve = addresses_of) -> None:
        import httpcore

        self._allowed = {name.lower() for name in allowed}
        self._resolve = resolve
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> Any:
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError):
            raise failed(host, "找不到这个主机", "no such host") from None
        inside = [address for address in found if not is_public(address)]
        if not found or (inside and host.lower() not in self._allowed):
            raise failed(
                host,
                f"是内部地址（{'、'.join(inside)}），没有连接；确实要取时用 --allow-host {host}",
                f"is an internal address ({', '.join(inside)}) and was not connected; to mean it: --allow-host {host}",
            )
        return self._backend.connect_tcp(found[0], port, timeout, local_address, socket_options)

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


@dataclass(slots=True)
class Web:
    """Asks for pages, one after the other, as robots.txt allows."""

    allowed: Collection[str] = ()
    limits: Limits = field(default_factory=Limits)
    resolve: Resolve = addresses_of
    sleep: Callable[[float], object] = time.sleep
    _robots: dict[str, RobotFileParser] = field(default_factory=dict)
    _asked: dict[str, float] = field(default_factory=dict)

    def get(self, address: str, known: Mapping[str, str] | None = None) -> Page:
        """The page at an address; `known`: its `etag` and `modified` of the last time. FetchError where nothing came."""
        check_address(address)
        if not self._robots_of(address).can_fetch(AGENT, address):
            raise failed(address, "网站的 robots.txt 不允许取", "its robots.txt does not allow it")
        return self._follow(address, known or {})

    def _robots_of(self, address: str) -> RobotFileParser:
        """What the host allows; all where it says nothing, nothing where its server fails (RFC 9309, 2.3.1)."""
        parts = urlsplit(address)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._robots:
            rules = RobotFileParser()
            rules.modified()  # else it allows nothing
            try:
                page = self._follow(f"{host}/robots.txt", {})
                rules.parse((page.data or b"").decode("utf-8", "replace").splitlines())
            except NoPageError:
                rules.allow_all = True  # type: ignore[attr-defined]  # set by its own read()
            self._robots[host] = rules
        return self._robots[host]

    def _follow(self, address: str, known: Mapping[str, str]) -> Page:
        until = time.monotonic() + self.limits.total
        for _ in range(self.limits.redirects + 1):
            check_address(address)
            self._wait_for(urlsplit(address).netloc)
            answer = self._ask(address, known, until)
            if isinstance(answer, Page):
                return answer
            address = urljoin(address, answer)
        raise failed(address, "转来转去没有尽头", "it is redirected without end")

    def _wait_for(self, host: str) -> None:
        rest = self._asked.get(host, -self.limits.pause) + self.limits.pause - time.monotonic()
        if rest > 0:
            self.sleep(rest)
        self._asked[host] = time.monotonic()

    def _ask(self, address: str, known: Mapping[str, str], until: float) -> Page | str:
        """The page, or where it has gone."""
        import httpcore

        headers: dict[bytes | str, bytes | str] = {
            "User-Agent": AGENT,
            "Accept-Encoding": "gzip, identity",
            "Host": urlsplit(address).netloc,
        }
        headers |= {"If-None-Match": known["etag"]} if known.get("etag") else {}
        headers |= {"If-Modified-Since": known["modified"]} if known.get("modified") else {}
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self.limits.wait)
        backend: Any = Guarded(self.allowed, self.resolve)
        try:
            with (
                httpcore.ConnectionPool(network_backend=backend) as pool,
                pool.stream("GET", address, headers=headers, extensions={"timeout": timeout}) as response,
            ):
                told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                if response.status in (301, 302, 303, 307, 308) and told.get("location"):
                    return told["location"]
                if response.status == 304:
                    return Page(address, None, known.get("etag", ""), known.get("modified", ""))
                if response.status != 200:
                    raise (NoPageError if 400 <= response.status < 500 else FetchError)(
                        f"{address}：网站回答 {response.status}。", f"{address}: the site answers {response.status}."
                    )
                data = self._read(address, response.iter_stream(), told.get("content-encoding", ""), until)
                return Page(address, data, told.get("etag", ""), told.get("last-modified", ""))
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise failed(
                address,
                f"连不上（{error or type(error).__name__}）",
                f"no connection ({error or type(error).__name__})",
            ) from None

    def _read(self, address: str, pieces: Iterable[bytes], encoding: str, until: float) -> bytes:
        packed = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding.strip().lower() in ("gzip", "x-gzip") else None
        data = b""
        for piece in pieces:
            room = self.limits.size + 1 - len(data)
            data += packed.decompress(piece, room) if packed else piece
            if len(data) > self.limits.size:
                size = self.limits.size // 1_000_000
                raise failed(address, f"超过 {size} MB，没有取", f"more than {size} MB, not fetched")
            if time.monotonic() > until:
                raise failed(
                    address, f"{self.limits.total:.0f} 秒还没有取完", f"not there within {self.limits.total:.0f} s"
                )
        return data


class NoPageError(FetchError):
    """The site has no such page, or does not give it."""


def check_address(address: str) -> None:
    """FetchError where it is none of the web, or carries a password."""
    try:
        parts = urlsplit(address)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or not address.isascii() or any(c <= " " for c in address):
        raise failed(address, "不是 http 或 https 的网址", "no address of http or https")
    if parts.username is not None or parts.password is not None:
        raise failed(
            parts.hostname or "",
            "网址里带有用户名或密码，没有取",
            "the address carries a name or password; not fetched",
        )
