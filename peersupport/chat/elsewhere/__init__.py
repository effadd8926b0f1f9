"""A group's other rooms: private lines, side rooms, the facilitators' own."""
