"""The portal on more than one machine: `make machines` starts it so on this one, and takes each away once."""
