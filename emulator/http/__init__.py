"""The request pipeline: connection, dispatch by platform, faults of routes."""
