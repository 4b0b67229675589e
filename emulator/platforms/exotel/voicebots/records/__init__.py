"""The records of the Voicebot API: bots, assistants, their versions, sessions, endpoints."""
