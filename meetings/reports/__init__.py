"""What goes into a meeting's report, and how a worker makes it; `portal.core.pdf` makes the bytes."""
