"""The page on which a facilitator writes down what a group adds to its agreement."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from facilitators.access import console_for, facilitator
from peersupport.chat.protocol.commands import CONTROLS, is_storable
from peersupport.groups import agreeing

UNCLEAR = 422


class LinesForm(forms.Form):
    """The group's own lines, one on each line. Empty: none."""

    lines = forms.CharField(
        label=gettext_lazy("The group's own lines, one on each line"),
        help_text=gettext_lazy(
            "Up to five, of at most 140 characters. No names, and nothing about one person."
        ),
        required=False,
        max_length=agreeing.LINES_MOST * (agreeing.LENGTH_MOST + 2) * 2,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
    )

    def clean_lines(self) -> list[str]:
        """The lines without empty ones, each once."""
        text = self.cleaned_data["lines"]
        if not is_storable(text):
            raise forms.ValidationError(_("This holds a character that cannot be kept."))
        cleaned = (CONTROLS.sub("", line).strip() for line in text.splitlines())
        found = list(dict.fromkeys(line for line in cleaned if line))
        if len(found) > agreeing.LINES_MOST:
            raise forms.ValidationError(_("Up to five lines fit. Which of them matter most to the group?"))
        if any(len(line) > agreeing.LENGTH_MOST for line in found):
            raise forms.ValidationError(_("Keep each line under 140 characters: one thing, in one sentence."))
        return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def agreement(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Writes the group's own lines down. They are shown with the agreement, and accepted at each arrival."""
    standing = console_for(facilitator(request), room_id)
    group = standing.room.group
    given = request.POST if request.method == "POST" else None
    form = LinesForm(given, initial={"lines": "\n".join(agreeing.lines_of(group))})
    if form.is_valid():
        agreeing.write_down(
            group=group, lines=form.cleaned_data["lines"], by=standing.membership, now=timezone.now()
        )
        messages.success(request, _("Kept. Everybody reads it with the agreement at the next arrival."))
        return redirect("facilitators:agreement", room_id)
    page = {"form": form, "group": group, "room": standing.room}
    return render(request, "facilitators/agreement.html", page, status=UNCLEAR if form.errors else 200)
