"""Where records are kept; memory is the truth."""
