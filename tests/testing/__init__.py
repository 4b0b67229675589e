"""Tests of the emulator for tests."""
