"""The Voicebot API: bots from text, versions, conversations, assistants, webhooks."""
