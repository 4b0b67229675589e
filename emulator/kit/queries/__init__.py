"""The query box of the lists: its terms, their conditions, and the search."""
