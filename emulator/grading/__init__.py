"""Grades an endpoint for callbacks by how it takes those that go wrong."""
