"""How records are written in responses: all fields of the vendor's models, null without a value."""
