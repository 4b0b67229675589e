"""Everything that happened in a world, and what of each vendor was used."""
