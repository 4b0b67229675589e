"""Plain values that the engine acts on: no input or output, no clock, no vendor."""
