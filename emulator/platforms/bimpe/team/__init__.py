"""What a team has: API keys, workflows, agents, integrations and phone numbers."""
