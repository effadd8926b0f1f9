"""What accounts tell upwards: somebody is being erased."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the erasing transaction, before anything of the account itself is gone, with `user` (User), `by`
# (User or None) and `now`. Whoever keeps something of hers erases it; a receiver that fails stops it all.
person_erased = Signal()
