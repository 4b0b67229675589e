"""What the emulator costs, against a bare application measured in the same run."""
