"""The appointment book behind the reference backend."""
