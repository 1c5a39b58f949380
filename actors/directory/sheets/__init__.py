"""One sheet of the directory as its pages show it: the frame, what changed, what waits, what leaves the portal."""
