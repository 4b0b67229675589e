"""Checks how an endpoint handles callbacks that go wrong."""
