"""What the Tools Server keeps."""
