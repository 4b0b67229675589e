"""A clinic that has its patients reminded of their appointments by telephone."""
