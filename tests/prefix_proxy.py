"""A reverse proxy that shows a server below a path, as nginx does with `location /wence/ { proxy_pass http://HOST/; }` and
nothing else set: the path's beginning is taken off, the host is not passed on, and what is elsewhere is not found."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
OWN = ("host", "connection")  # headers that a proxy writes itself


@contextmanager
def below(prefix: str, address: str) -> Iterator[str]:
    """The address, with a slash at its end, at which the server at `address` is shown below `prefix` (/wence)."""
    loop = asyncio.new_event_loop()
    host = address.removeprefix("http://")
    server = loop.run_until_complete(asyncio.start_server(partial(pass_on, prefix, host), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{prefix}/"
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def stop(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def pass_on(prefix: str, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request and its answer. A browser opens connections that it then does not use."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
        return
    request, *headers = head.removesuffix("\r\n\r\n").split("\r\n")
    method, path, _ = request.split(" ")
    if not path.startswith(f"{prefix}/"):
        writer.write(NOT_FOUND)
        writer.close()
        return
    name, port = host.split(":")
    its_reader, its_writer = await asyncio.open_connection(name, int(port))
    kept = [header for header in headers if header.partition(":")[0].lower() not in OWN]
    lines = [f"{method} {path.removeprefix(prefix)} HTTP/1.1", f"Host: {host}", "Connection: close", *kept, "", ""]
    its_writer.write("\r\n".join(lines).encode("latin-1"))
    sending = asyncio.create_task(copy(reader, its_writer))
    try:
        await copy(its_reader, writer)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """All bytes as they come, until either side has had enough."""
    try:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
