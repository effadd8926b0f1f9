"""How it is safe to reach her: which way, at which hours, with which words, and what never."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.contact import Wishes
from peersupport.accounts.hours import on_the_hour_lazy
from peersupport.joining import choices
from peersupport.joining.applying import Given
from peersupport.joining.fields import PlainTextField
from peersupport.joining.forms import CHOOSE_ONE, QuestionForm

NUMBER = re.compile(r"\+?[0-9][0-9 ()/.-]{3,28}[0-9]")
HOURS = [(str(hour), on_the_hour_lazy(hour)) for hour in range(25)]
ANY_HOUR = ("", _("any hour"))


class ContactForm(QuestionForm):
    heading = "reach"

    reach = forms.ChoiceField(
        label=_("How is it safe to reach you?"),
        widget=forms.RadioSelect,
        choices=choices.REACH,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )

    def set_up(self) -> None:
        self.initial["reach"] = self.application.told.reach

    def given(self) -> Given:
        chosen = self.cleaned_data["reach"]
        # An address or a number that was given before and is not safe after all is not kept.
        told = {"reach": chosen} if chosen == "phone" else {"reach": chosen, **NO_CALLS}
        if chosen == "email":
            return Given(told=told, undone=("phone",))
        undone = ("address",) if chosen == "phone" else ("address", "phone")
        return Given(told=told, reach=Wishes(email_is_safe=False), undone=undone)


NO_CALLS: dict[str, Any] = {"phone": "", "from_hour": "", "until_hour": "", "never": ()}


class HoursForm(QuestionForm):
    """Hours in which something may come, and the words it begins with."""

    begins_label: ClassVar[str | Promise] = _("From which hour may a mail come?")

    from_hour = forms.ChoiceField(
        required=False, choices=[ANY_HOUR, *HOURS[:24]], error_messages={"invalid_choice": CHOOSE_ONE}
    )
    until_hour = forms.ChoiceField(
        label=_("And until which hour?"),
        required=False,
        choices=[ANY_HOUR, *HOURS[1:]],
        error_messages={"invalid_choice": CHOOSE_ONE},
    )
    opener = forms.ChoiceField(
        label=_("With which words shall it begin?"),
        required=False,
        choices=choices.OPENERS,
        error_messages={"invalid_choice": CHOOSE_ONE},
    )

    def set_up(self) -> None:
        self.fields["from_hour"].label = str(self.begins_label)
        self.initial["opener"] = self.application.told.opener

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begins, ends = data.get("from_hour"), data.get("until_hour")
        if begins is None or ends is None:
            return data
        if bool(begins) != bool(ends):
            self.add_error("until_hour", gettext("Choose both hours, or “any hour” for both."))
        elif begins and int(begins) % 24 == int(ends) % 24:
            self.add_error("until_hour", gettext("These hours are the same. Choose two that differ."))
        return data

    @property
    def chosen_opener(self) -> str:
        """The words she chose; where she left it open, the plainest."""
        return self.cleaned_data.get("opener") or choices.OPENERS[0][0]


class AddressForm(HoursForm):
    field_order = ("address", "others_read")

    address = forms.EmailField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Write the address, or go back and choose the return code."),
            "invalid": _("Write the address like this: name@example.org"),
        },
    )
    others_read = forms.ChoiceField(
        label=_("Who else could open this mailbox, or see your phone when a mail comes?"),
        widget=forms.RadioSelect,
        choices=choices.OTHERS_READ,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )

    def set_up(self) -> None:
        super().set_up()
        contact = self.application.contact
        if contact is not None and contact.email_is_safe:
            self.initial.update(
                address=contact.address,
                others_read="nobody",
                from_hour="" if contact.from_hour is None else str(contact.from_hour),
                until_hour="" if contact.until_hour is None else str(contact.until_hour),
            )

    def clean_others_read(self) -> str:
        """A mailbox that somebody else may open is not safe enough."""
        answer = str(self.cleaned_data["others_read"])
        if answer == "perhaps":
            raise forms.ValidationError(
                gettext("Then e-mail is not safe enough. Go back and choose the return code instead.")
            )
        return answer

    def given(self) -> Given:
        data = self.cleaned_data
        hours = {name: int(data[name]) if data[name] else None for name in ("from_hour", "until_hour")}
        wishes = Wishes(email_is_safe=True, address=data["address"], **hours)
        return Given(told={"reach": "email", "opener": self.chosen_opener}, reach=wishes)


class PhoneForm(HoursForm):
    begins_label = _("From which hour may we call?")
    field_order = ("phone", "from_hour", "until_hour", "opener", "never")

    phone = PlainTextField(
        label=_("The number at which only you answer"),
        max_length=32,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "spellcheck": "false"}),
        error_messages={
            "required": _("Write the number, or go back and choose the return code."),
            "max_length": _("Write the number like this: +358 40 123 4567"),
        },
    )
    never = forms.MultipleChoiceField(
        label=_("What must we never do?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=choices.NEVER,
        error_messages={"invalid_choice": CHOOSE_ONE},
    )

    def set_up(self) -> None:
        super().set_up()
        told = self.application.told
        # Until she says otherwise, what could give her away is not done.
        never = told.never if "phone" in told.done else tuple(code for code, _words in choices.NEVER[:3])
        self.initial.update(
            phone=told.phone, from_hour=told.from_hour, until_hour=told.until_hour, never=list(never)
        )

    def clean_phone(self) -> str:
        """Digits as people write them, and nothing that could be something else."""
        number = str(self.cleaned_data["phone"])
        if NUMBER.fullmatch(number) is None:
            raise forms.ValidationError(gettext("Write the number like this: +358 40 123 4567"))
        return number

    def given(self) -> Given:
        data = self.cleaned_data
        chosen = set(data["never"])
        told = {name: data[name] for name in ("phone", "from_hour", "until_hour")}
        never = tuple(code for code, _words in choices.NEVER if code in chosen)
        return Given(told={"reach": "phone", **told, "opener": self.chosen_opener, "never": never})
