"""What each list can be searched by."""
