"""Plain values: no input or output, no clock, no vendor."""
