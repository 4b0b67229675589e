"""Explanations: how a call, a batch or a callback came to its state, step by step."""
