"""Bimpe's records: plain data that refers to other records by id."""
