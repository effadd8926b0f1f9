"""What a family may need a line for, in words; and words for what is written of lines again and again."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

# In the order a frightened reader needs them.
NEEDS: Mapping[str, str | Promise] = {
    "emergency": gettext_lazy("In danger now"),
    "crisis": gettext_lazy("In a crisis"),
    "parent": gettext_lazy("For parents and carers"),
    "child": gettext_lazy("For children and young people"),
    "reporting": gettext_lazy("To report what happened"),
    "removal": gettext_lazy("To have an image removed"),
    "medical": gettext_lazy("Medical help"),
    "legal": gettext_lazy("Rights and law"),
    "concerned_adult": gettext_lazy("Worried about your own or someone else’s thoughts or actions"),
}

# What to know before one calls, where that is not plain.
NOTES: Mapping[str, str | Promise] = {
    "removal": gettext_lazy(
        "The address of the page is enough. Do not copy the picture and do not send it on, not even as proof."
    ),
    "concerned_adult": gettext_lazy(
        "Thoughts that frighten you are a reason to ask for help, and asking early keeps children safe. If a "
        "child is in danger now, call the emergency number."
    ),
}

REGIONS: Mapping[str, str | Promise] = {
    "eu": gettext_lazy("Another country of the European Union"),
    "international": gettext_lazy("Another country"),
}

# What a caller fears most to find on a bill is worth saying even before it is verified: exact entries only.
COSTS: Mapping[str, str | Promise] = {
    "free": gettext_lazy("Free"),
    "free, anonymous": gettext_lazy("Free, and you need not say who you are"),
    "free, anonymous possible": gettext_lazy("Free, and you need not say who you are"),
    "free of charge, anonymous": gettext_lazy("Free, and you need not say who you are"),
    "free, does not appear on bills": gettext_lazy("Free, and not shown on the phone bill"),
    "free, not itemised on bill": gettext_lazy("Free, and not shown on the phone bill"),
    "free, not shown on bill": gettext_lazy("Free, and not shown on the phone bill"),
}
