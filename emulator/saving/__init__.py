"""A world as rows of a file, and back."""
