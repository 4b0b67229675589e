"""AgentStream: the WebSocket that carries a call's sound to a bot of the user's, and back."""
