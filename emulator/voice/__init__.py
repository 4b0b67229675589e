"""Sound: what a person and a bot say in a call, and what can be measured of it."""
