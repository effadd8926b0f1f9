"""The form by which she takes a place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import SafeContact, User
from peersupport.joining.forms import CHOOSE_ONE

PASSWORD_MOST = 512


class AcceptForm(forms.Form):
    """The name in the group, how to sign in (unless she is signed in), and the agreement."""

    HAS_ACCOUNT = _(
        "This address signs in already. Sign in first, then come back here with your return code; "
        "or choose a sign-in name."
    )

    BY_LINK = _(
        "To sign in with your e-mail address, open the link in our mail instead. You can also add the "
        "address later."
    )

    pseudonym = forms.ChoiceField(
        label=_("Which name would you like to have in the group?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": CHOOSE_ONE,
            "invalid_choice": _("This name is gone. Choose one of these."),
        },
    )
    sign_in = forms.ChoiceField(
        label=_("How would you like to sign in?"),
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )
    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least 10 characters. Three or four words that do not belong together are good."),
        max_length=PASSWORD_MOST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Choose a password.")},
    )
    agreed = forms.BooleanField(
        label=_("I agree to this"),
        error_messages={"required": _("Please read what the group agrees on, and tick here.")},
    )

    def __init__(
        self,
        *args: Any,
        names: list[str],
        contact: SafeContact | None,
        mailbox_read: bool,
        signed_in: bool,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        address = contact.address if contact is not None and contact.email_is_safe else ""
        # Nobody signs in with an address before its mailbox was read: it may be mistyped, or another's.
        self._address = address if mailbox_read else ""
        if signed_in:
            del self.fields["sign_in"], self.fields["password"]
        elif address and not mailbox_read:
            self.fields["sign_in"].help_text = self.BY_LINK
        self._offer("pseudonym", [(name, name) for name in names])
        self.initial.setdefault("pseudonym", names[0])
        self._offer("sign_in", self._ways())
        self.initial.setdefault("sign_in", self._ways()[0][0])

    def clean_password(self) -> str:
        """As strong as the account asks for; said here, beside the field."""
        password = str(self.cleaned_data["password"])
        try:
            validate_password(password, User(email=self._address or None))
        except ValidationError as error:
            raise forms.ValidationError(error.messages) from error
        return password

    def _offer(self, name: str, offered: list[tuple[str, str]]) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ChoiceField):
            field.choices = offered

    def _ways(self) -> list[tuple[str, str]]:
        by_name = ("name", gettext("With a sign-in name that we make for you. It says nothing of you"))
        if not self._address:
            return [by_name]
        return [("email", gettext("With %(address)s") % {"address": self._address}), by_name]
