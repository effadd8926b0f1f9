"""Placement: who waits, who leads and when groups could meet go in; proposals with their reasons come out.

Pure: no database, no clock, no request. A person decides on what it proposes.
"""
