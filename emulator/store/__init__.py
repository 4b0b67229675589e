"""Records in memory, which is the live state of a world."""
