"""The only code that talks to the user's server."""
