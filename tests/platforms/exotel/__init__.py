"""Tests of platforms/exotel."""
