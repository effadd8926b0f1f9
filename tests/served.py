"""The site as tests in a browser are served it: complete, but it looks more often for what changed elsewhere.

Tests change rows in a process of their own, of which the server's hub learns by its poll alone. At the poll's
real pace they would wait for it most of the time; that pace is tried by the tests that talk over sockets.
"""

from peersupport.asgi import application
from peersupport.chat import live

__all__ = ["application"]

# Not faster: each look costs the processor a statement, and these tests are short of that too.
live.POLL_SECONDS = 0.5
