"""Template tags about what is a person's own."""
