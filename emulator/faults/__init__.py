"""Fault rules: which one meets a request, a call or a callback, and what it does to it."""
