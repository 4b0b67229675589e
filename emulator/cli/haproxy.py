"""The configuration of HAProxy for several processes at one address.

Each platform says where its requests show their world (``emulator.kit.selectors``); the rest is
the same for all. https://docs.haproxy.org/2.6/configuration.html
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Final, assert_never
from urllib.parse import urlsplit

from emulator.control.permission import NO_WORLD
from emulator.ids import SLOT_DIGITS, SLOTS, shard_of, slot_of
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.kit.selectors import (
    BasicUser,
    Bearer,
    CookieValue,
    HeaderValue,
    Minted,
    PathParameter,
    Place,
    Selectors,
    Ticket,
)
from emulator.wire.paths import Parameter
from emulator.world.control_tokens import PREFIX, TOKEN_DIGITS
from emulator.worlds import DEFAULT

ANY_PAGE: Final = ("/ui", "/guide", "/docs", "/llms.txt", "/health", *NO_WORLD)
"""How the paths begin that any process serves, below ``/_emulator``."""
CONTROL: Final = Selectors(
    places=(HeaderValue("X-Emulator-Token"), Bearer()), minted=(Minted(PREFIX, TOKEN_DIGITS),)
)
"""What selects the world of a request to the control API that names none."""
NO_NAME: Final = "!{ var(txn.name) -m found }"
NO_CREDENTIAL: Final = "!{ var(txn.credential) -m found }"
HEAD: Final = """\
global
    nbthread {threads} # each serves eight shards: more would wake each other
    fd-hard-limit 50000
    tune.bufsize 98304 # a request may have 64 KiB of headers
    tune.maxpollevents 4 # the buffers of so many stay in a thread's cache of 512 KiB
    log stderr format raw daemon notice

defaults
    mode http
    log global
    timeout connect 2s
    timeout http-request 1m
    timeout http-keep-alive 1m
    timeout client 1h # an event stream is silent while nothing happens
    timeout server 1h # so is a long advance
    timeout tunnel 24h # WebSockets, such as those of AgentStream
    retries 2
    no option redispatch # a request never goes to another shard
    http-reuse always
    option httpchk
    http-check send meth GET uri /_emulator/health ver HTTP/1.1 hdr Host localhost
    http-check expect status 200
    default-server inter 1s fall 2 rise 1 pool-purge-delay 30s{lookup}
"""
SHARDS_PER_THREAD: Final = 8
"""As many as one thread of the proxy has processor time for."""
RESOLVERS: Final = """
resolvers names
    parse-resolv-conf
    hold valid 2s
    hold nx 2s
"""
STANDBYS: Final = (
    "    option redispatch 1 # of these processes, the one that has the worlds is up",
    "    default-server fastinter 200ms downinter 200ms on-marked-down shutdown-sessions",
)
LOOKUP: Final = " resolvers names init-addr libc,none"


class MissingSelectorsError(Exception):
    """A platform does not say what selects the world of a request; the message names it."""


def haproxy_config(
    platforms: Mapping[str, Platform], urls: list[list[str]], *, bind: str, public_path: str = ""
) -> str:
    """Return the file for processes at these URLs, by shard; MissingSelectorsError, ValueError."""
    every = [url for processes in urls for url in processes]
    if secured := [url for url in every if not url.startswith("http://")]:
        raise ValueError(f"the proxy asks the processes over HTTP: write http://, not {secured[0]}")
    hosts = [urlsplit(url).hostname or "" for url in every]
    has_names = not all(re.fullmatch(r"[0-9.]+|.*:.*", host) for host in hosts)
    lines = [
        HEAD.format(lookup=LOOKUP if has_names else "", threads=-(-len(urls) // SHARDS_PER_THREAD)),
        *_errors("the proxy cannot", (400, 408, 413, 500)),
        RESOLVERS if has_names else "",
        "frontend emulator",
        "    no log # a line would be written about each request, and thrown away",
        f"    bind {bind}",
    ]
    if public_path:
        lines.append(f"    http-request replace-path '^{re.escape(public_path)}(/.*)$' '\\1'")
    lines += [*_kinds(platforms), *_header()]
    found = [_credentials(f"is_{name}", *_rules(each)) for name, each in platforms.items()]
    for each in sorted(found, key=len):  # the cheap ones first: the others need not wait for more
        lines += each
    lines += [*_control(), *_choice(len(urls))]
    lines += [*_backends(urls), ""]
    return "\n".join(lines)


def _backends(urls: list[list[str]]) -> Iterator[str]:
    """Return a backend for each shard, and one of all for what any can answer."""
    for number, processes in enumerate(urls):
        yield f"\nbackend shard-{number}"
        yield from _errors(f"shard {number} of {len(urls)} cannot", (502, 503, 504))
        if len(processes) > 1:
            yield from STANDBYS
        for name, url in _named(number, processes):
            yield f"    server {name} {_address(url)} check"
    yield "\nbackend any"
    yield from _errors("no shard can", (502, 503, 504))
    for number, processes in enumerate(urls):
        for name, url in _named(number, processes):
            yield f"    server {name} {_address(url)} track shard-{number}/{name}"


def _named(number: int, processes: list[str]) -> Iterator[tuple[str, str]]:
    """Return the name and the URL of each process of a shard."""
    for at, url in enumerate(processes):
        yield f"shard-{number}-{at}" if at else f"shard-{number}", url


def _errors(who: str, statuses: tuple[int, ...]) -> Iterator[str]:
    """Answer in JSON what HAProxy answers itself."""
    for status in statuses:
        problem = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "code": "proxy",
            "detail": f"{who} answer this request",
        }
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            problem["hint"] = "GET /_emulator/health?shards=all shows which shards answer"
        yield (
            f"    http-error status {status} content-type application/problem+json"
            f" string '{json.dumps(problem)}'"
        )


def _kinds(platforms: Mapping[str, Platform]) -> Iterator[str]:
    """Tell the control API and the platforms from each other, by their paths."""
    yield "    acl is_control path -m beg /_emulator/"
    yield "    acl is_worlds path -m str /_emulator/worlds"
    yield "    acl is_coverage path -m str /_emulator/coverage"
    yield f"    acl is_for_any path -m beg {' '.join(f'/_emulator{each}' for each in ANY_PAGE)}"
    yield "    acl is_for_any path -m str /"
    for sample in ("req.fhdr(x-emulator-token,1)", "http_auth_bearer"):
        yield f"    acl is_job {sample} -m beg {PREFIX}"
    for name, platform in platforms.items():
        yield f"    acl is_{name} path -m beg {' '.join((*platform.roots, f'/{name}'))}"


def _header() -> Iterator[str]:
    """Find the name of the world in the header: it decides, but for the control API."""
    yield "    http-request set-var(txn.name) req.fhdr(x-emulator-world,1) if !is_control"
    yield from _slot_of_name()


def _slot_of_name() -> Iterator[str]:
    """Compute the slot of a name. Nothing else of the rules matters then."""
    slot = f"field(1,.),crc32,mod({SLOTS})"
    yield f"    http-request set-var(txn.slot) var(txn.name),{slot} if {{ var(txn.name) -m found }}"
    yield "    http-request allow if { var(txn.slot) -m found }"


def _control() -> Iterator[str]:
    """Find the world of a request to the control API.

    The path or the body that creates a world names it, or else the header, or the token.
    """
    yield "    http-request allow if !is_control"
    named = "{ path -m beg /_emulator/worlds/ /_emulator/inbox/ }"
    yield f"    http-request set-var(txn.name) path,field(4,/),url_dec if {named}"
    yield "    http-request wait-for-body time 1m if is_worlds METH_POST"
    for field in ("name", "from"):
        sample = f"req.body,json_query('$.{field}')"
        yield f"    http-request set-var(txn.name) {sample} if is_worlds METH_POST {NO_NAME}"
    header = "req.fhdr(x-emulator-world,1)"
    yield f"    http-request set-var(txn.name) {header} if !is_worlds {NO_NAME}"
    yield from _slot_of_name()
    yield from _credentials("is_control", CONTROL, ())


def _rules(platform: Platform) -> tuple[Selectors, tuple[Operation, ...]]:
    """Return what a platform contributes, or raise MissingSelectorsError."""
    if platform.selectors is None:
        raise MissingSelectorsError(
            f"the platform {platform.name} has no selectors: write {platform.package}.selectors"
        )
    return platform.selectors, platform.hooks.operations


def _credentials(kind: str, selectors: Selectors, operations: tuple[Operation, ...]) -> list[str]:
    """Find the first credential of a request, and the slot in it if it was minted."""
    found: list[str] = []
    if {type(each) for each in selectors.places} & {PathParameter, Ticket}:
        prefix = kind.removeprefix("is_")
        found.append(f"set-var(txn.path) path,regsub(^/{prefix}/,/) if {kind}")
    unless_found = ""
    for place in selectors.places:
        for sample, condition in _samples(place, operations):
            found.append(f"set-var(txn.credential) {sample} if {kind}{unless_found}{condition}")
            unless_found = f" {NO_CREDENTIAL}"
    for each in selectors.minted:
        digits = f"bytes({len(each.prefix)},{SLOT_DIGITS}),hex2i"
        minted = f"{{ var(txn.credential) -m reg '{each.pattern}' }}"
        found.append(f"set-var(txn.slot) var(txn.credential),{digits} if {kind} {minted}")
    return [f"    http-request {each}" for each in (*found, f"allow if {kind}")]


def _samples(place: Place, operations: tuple[Operation, ...]) -> Iterable[tuple[str, str]]:
    """Return how HAProxy reads a place, and under which further condition."""
    match place:
        case Bearer():
            return [("http_auth_bearer", "")]
        case BasicUser():
            return [("http_auth_user", "")]
        case HeaderValue(name):
            return [(f"req.fhdr({name.lower()},1)", "")]
        case CookieValue(name):
            return [(f"req.cook({name})", "")]
        case PathParameter(names):
            return _parameters(names, operations)
        case Ticket():
            return _tickets(operations)
        case _:
            assert_never(place)


def _parameters(
    names: tuple[str, ...], operations: tuple[Operation, ...]
) -> Iterator[tuple[str, str]]:
    heads: dict[int, dict[str, None]] = {}
    for field, head in _heads(names, operations):
        heads.setdefault(field, {})[head] = None
    for field, found in heads.items():
        patterns = " ".join(f"'^{head}/[^/]'" for head in found)
        yield f"var(txn.path),field({field},/),url_dec", f" {{ var(txn.path) -m reg {patterns} }}"


def _tickets(operations: tuple[Operation, ...]) -> Iterator[tuple[str, str]]:
    for each in operations:
        if each.ticket:
            pattern = "/".join(["", *map(_segment, each.segments)])
            condition = f" {{ var(txn.path) -m reg '^{pattern}$' }}"
            yield f"url_param({each.ticket}),url_dec", condition


def _heads(names: tuple[str, ...], operations: tuple[Operation, ...]) -> Iterator[tuple[int, str]]:
    """Return the number of the field that a parameter is in, and a pattern of what is before."""
    for operation in operations:
        for at, segment in enumerate(operation.segments):
            if isinstance(segment, Parameter) and segment.name in names:
                yield at + 2, "/".join(["", *map(_segment, operation.segments[:at])])


def _segment(segment: str | Parameter) -> str:
    if isinstance(segment, str):
        return re.escape(segment)
    return f"[^/]+{re.escape(segment.suffix)}"


def _choice(shards: int) -> Iterator[str]:
    """Choose the backend by the slot; what shows none is about ``default``."""
    chosen = f"shard-%[var(txn.slot),mul({shards}),div({SLOTS})]"
    yield f"    use_backend {chosen} if !is_control {{ var(txn.slot) -m found }}"
    for condition in (
        "is_worlds METH_GET",
        f"is_worlds {NO_NAME}",
        "is_for_any",
        "is_coverage { url_param(worlds) -m str all }",
    ):
        yield f"    use_backend any if {condition} !is_job"
    yield f"    use_backend {chosen} if {{ var(txn.slot) -m found }}"
    yield f"    default_backend shard-{shard_of(slot_of(DEFAULT), shards)}"


def _address(url: str) -> str:
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{host}:{parts.port or 80}"
