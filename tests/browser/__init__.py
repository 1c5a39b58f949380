"""What a person does in a real browser; a run of its own (see .ci/pytest)."""
