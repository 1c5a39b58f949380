"""PostgreSQL as Django knows it, but nobody waits long for one that is gone or frozen (`base.py`)."""
