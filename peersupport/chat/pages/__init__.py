"""The room's pages: put together on the server, whole without a script."""
