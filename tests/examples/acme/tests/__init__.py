"""Acme's tests."""
