"""Measuring the guides: how fast pages are sent, how soon a phone shows them."""
