"""Conversations: who writes, what the assistant replies, who listens."""
