"""Sheets of one institution: found by what they share, compared, merged with everything that hangs on them, undone."""
