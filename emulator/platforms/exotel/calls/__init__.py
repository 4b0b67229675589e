"""Exotel's Calls API (voice v1): calls of two numbers, to flows and to streams."""
