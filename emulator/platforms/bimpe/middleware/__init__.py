"""What wraps the handler of every operation."""
