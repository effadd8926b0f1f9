"""The page of one task, for whoever it waits for: it is opened before it can be closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peersupport.accounts.models import User
from peersupport.groups import absences, tasks
from peersupport.groups.models import Task

STEP_MOST = 500


class OutcomeForm(forms.Form):
    """What came of a task, and what is next."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the list.")},
    )
    next_step = forms.CharField(
        label=gettext_lazy("What is next, and who does it?"),
        help_text=gettext_lazy(
            "If it is not settled, please say it here. Leave out details of what was written."
        ),
        required=False,
        max_length=STEP_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": gettext_lazy("Please say it in at most %(limit_value)s characters.")},
    )

    def __init__(self, task: Task, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(outcome.value, outcome.label) for outcome in tasks.OUTCOMES[task.what]]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") in tasks.GOES_ON and not data.get("next_step", "").strip():
            self.add_error("next_step", _("Say what is next, so that it does not end here."))
        return data


def task_page(
    request: HttpRequest,
    task: Task,
    *,
    by: User,
    back: str,
    template: str,
    ways: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page, and what its two buttons do: "open" and "close".

    `ways`: where the reader can go about it, the addresses of "line" and "room". `more`: what
    else the template shows.
    """
    now = timezone.now()
    if request.method == "POST" and "open" in request.POST:
        tasks.open_task(task, by=by, now=now)
        return redirect(request.path)
    form = OutcomeForm(task, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _close(request, task, form, by=by, back=back)
    is_open = task.opened_at is not None
    if is_open:
        tasks.open_task(task, by=by, now=now)
    context: dict[str, Any] = {"task": task, "form": form, "is_open": is_open, "back": back, "ways": ways}
    context.update(more or {})
    if task.what == Task.What.ABSENT:
        context["absences"] = absences.absences_of(task)
    return render(request, template, context)


def _close(request: HttpRequest, task: Task, form: OutcomeForm, *, by: User, back: str) -> HttpResponse:
    try:
        tasks.close(
            task,
            by=by,
            outcome=Task.Outcome(form.cleaned_data["outcome"]),
            next_step=form.cleaned_data["next_step"].strip(),
            now=timezone.now(),
        )
    except tasks.Unread:
        messages.warning(request, _("Please open it first."))
        return redirect(request.path)
    except tasks.ClosedAlready:
        messages.warning(request, _("Somebody else was quicker. Thank you."))
    else:
        messages.success(request, _("Noted. Thank you for seeing to it."))
    return redirect(back)
