"""The bot: what it asks of a webhook, and what it says on the phone."""
