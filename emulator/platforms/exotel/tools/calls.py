"""Tools during a call."""
