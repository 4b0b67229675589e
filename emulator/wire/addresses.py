"""The addresses of emulators, as clients use them."""

from urllib.parse import urlsplit


def owner_url(asked: str, owner: str) -> str:
    """Return the URL at which to ask about a world from now on.

    ``asked``: where the world was created; ``owner``: the ``url`` in the response. It is followed
    to another process, not from HTTP to HTTPS or back: that is a proxy's business.
    """
    here, there = urlsplit(asked.rstrip("/")), urlsplit(owner.rstrip("/"))
    is_elsewhere = (here.netloc, here.path) != (there.netloc, there.path)
    return owner.rstrip("/") if is_elsewhere and here.scheme == there.scheme else asked.rstrip("/")
