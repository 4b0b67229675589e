"""Sound: what a person and a bot say in a call, as samples of 16 bits."""
