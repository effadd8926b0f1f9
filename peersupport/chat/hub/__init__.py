"""What stands under live.py: sockets, rooms of this process, hints, the poll, what is beside the log."""
