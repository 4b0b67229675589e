"""The emulator for tests written in Python."""
