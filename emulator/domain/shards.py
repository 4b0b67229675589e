"""The URLs of processes that share the worlds."""

from urllib.parse import urlsplit

NUMBER = "{shard}"
"""Stands in a URL for the number of a process."""


def check_shards(shards: int | None, shard: int | None, urls: tuple[str, ...]) -> None:
    """Raise ValueError for settings that do not fit each other."""
    if shards is None or shard is None:
        raise ValueError("--shards and --shard belong together: give both")
    if shard >= shards:
        raise ValueError(f"--shard must be 0 to {shards - 1} with --shards {shards}, not {shard}")
    shard_urls(urls, shards)


def shard_urls(urls: tuple[str, ...], shards: int) -> list[list[str]]:
    """Return the URLs of the processes of each shard, or none; ValueError for what is no list.

    A shard has one process, or with a database several, of which one has the worlds.
    """
    if not urls:
        return []
    found = [[url] for url in urls]
    if all(NUMBER in url for url in urls):
        found = [[url.replace(NUMBER, str(each)) for url in urls] for each in range(shards)]
    if len(found) != shards:
        raise ValueError(
            f"--shard-url must have {NUMBER} in each URL, or {shards} URLs, not {len(found)}"
        )
    for url in urls:
        parts = urlsplit(url.replace(NUMBER, "0"))
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError(f"--shard-url has {url!r}; write a URL such as http://127.0.0.1:8081")
    return [[url.rstrip("/") for url in each] for each in found]
