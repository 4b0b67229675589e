"""The bot that takes calls: it asks the webhook and speaks with the caller."""
