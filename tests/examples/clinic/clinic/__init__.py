"""A clinic that reminds its patients of their appointments by telephone."""
