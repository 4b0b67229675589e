"""The URLs of processes that share the worlds."""

from urllib.parse import urlsplit

NUMBER = "{shard}"
"""Stands in a URL for the number of a process."""


def check_shards(shards: int | None, shard: int | None, urls: tuple[str, ...]) -> None:
    """Raise ValueError for settings that do not fit each other."""
    if shards is None or shard is None:
        raise ValueError("--shards and --shard belong together: give both")
    if shard >= shards:
        raise ValueError(f"--shard {shard} is too large: --shards {shards} are 0 to {shards - 1}")
    shard_urls(urls, shards)


def shard_urls(urls: tuple[str, ...], shards: int) -> list[str]:
    """Return the URL of each process, or none; ValueError for what is not one URL for each."""
    if not urls:
        return []
    found = list(urls)
    if len(urls) == 1 and NUMBER in urls[0]:
        found = [urls[0].replace(NUMBER, str(number)) for number in range(shards)]
    if len(found) != shards:
        raise ValueError(
            f"--shard-url must be one URL with {NUMBER} in it, or {shards} URLs, not {len(found)}"
        )
    for url in found:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError(f"--shard-url has {url!r}; write a URL such as http://127.0.0.1:8081")
    return [url.rstrip("/") for url in found]
