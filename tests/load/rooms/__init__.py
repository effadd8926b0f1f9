"""How many messages rooms carry, beside the least that could do the same and beside what a tutorial makes."""
