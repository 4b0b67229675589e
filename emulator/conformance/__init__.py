"""Checks: the emulator against the vendors' examples, and endpoints of the user's."""
