"""What happens when a server dies: `make faults` makes each fault in turn, under a light load."""
