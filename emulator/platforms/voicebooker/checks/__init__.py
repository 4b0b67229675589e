"""What any backend for the bot can be checked for."""
