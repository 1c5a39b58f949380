"""What the portal can be filled with: the consultation of Nador, and a demonstration around it."""
