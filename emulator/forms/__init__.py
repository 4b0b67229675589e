"""Form bodies, urlencoded and multipart: read strictly, written deterministically."""
