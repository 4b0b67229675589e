"""A world: the owner of all parts of one isolated emulation, and the passing of its time."""
