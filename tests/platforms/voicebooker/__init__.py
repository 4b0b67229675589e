"""Tests of platforms/voicebooker."""
