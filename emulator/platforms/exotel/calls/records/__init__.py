"""What the Calls API keeps of calls, flows and accounts."""
