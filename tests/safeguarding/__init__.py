"""When something may be wrong."""
