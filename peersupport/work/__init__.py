"""The loop that takes due rows and does them."""
