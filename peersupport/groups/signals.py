"""What lower rooms tell upwards: somebody's access changed."""

from __future__ import annotations

from django.dispatch import Signal

# Sent on commit with `membership` (Membership). Rooms close the sockets of who may no longer be there.
access_changed = Signal()
