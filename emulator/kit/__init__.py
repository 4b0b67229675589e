"""All that a platform may import besides the domain."""
