"""The contract with clients: commands as they are read, events as they are written, what is refused."""
