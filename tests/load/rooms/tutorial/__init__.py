"""The chat of the Channels tutorial, with one row stored for each message. The ORM and Redis as they come."""
