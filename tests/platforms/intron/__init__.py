"""Tests of platforms/intron."""
