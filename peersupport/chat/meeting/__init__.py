"""The course of a meeting: arriving, who is here, stages, rounds, check-ins, pauses."""
