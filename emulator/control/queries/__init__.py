"""The query box of the lists: its terms, what each list can be searched by, and the search."""
