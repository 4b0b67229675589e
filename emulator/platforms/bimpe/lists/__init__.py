"""Lists of records: sorted, searched and filtered, a page at a time."""
