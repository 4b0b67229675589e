"""Tests of platforms/bimpe."""
