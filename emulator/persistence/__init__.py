"""Worlds on disk: rows of a TinyDB file, the write-ahead log, snapshots and run files."""
