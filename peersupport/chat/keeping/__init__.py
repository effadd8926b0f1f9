"""What becomes of a message until it stands in the log: decided under the room's lock, sealed, committed."""
