"""Runs in which much happens at once, or much goes wrong: short here, whole with --long."""
