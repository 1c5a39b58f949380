"""What the directory’s own templates load."""
