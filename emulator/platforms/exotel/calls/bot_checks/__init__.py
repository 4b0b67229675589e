"""The checks of ``check-bot``: calls with scripted persons, and what they show of a bot."""
