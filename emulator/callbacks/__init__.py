"""The only code that opens outgoing connections."""
