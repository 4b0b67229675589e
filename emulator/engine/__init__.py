"""Makes things happen as time passes; synchronous."""
