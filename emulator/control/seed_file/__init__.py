"""Seed files: worlds with their records and calls, as people write them."""
