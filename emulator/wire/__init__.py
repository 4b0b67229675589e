"""What requests are made of, for any vendor: path templates and content codings."""
