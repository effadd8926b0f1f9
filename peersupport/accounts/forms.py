"""Forms about signing in: the library's own, in our words and without placeholders."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.accounts import resetting
from peersupport.accounts.signing_in import as_login

NEW_PASSWORD_HINT = _("At least 10 characters. Three or four words that do not belong together work well.")
MISMATCH = _("The two passwords are not the same. Please type both again.")
CODE_HINT = _("Six digits from your authenticator app, or one of your recovery codes.")
MOST_LOGIN = 254
MOST_PASSWORD = 1024


class Plain:
    """Takes placeholders away: a label stands above every field, and stays."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field.widget, forms.PasswordInput):
                field.validators.append(_short_enough)
                field.help_text = ""

    def word(self, name: str, label: Any, hint: Any = "") -> None:
        """Gives a field its label and hint."""
        self.fields[name].label, self.fields[name].help_text = label, hint


def _unreadable() -> ValidationError:
    return ValidationError(_("The passkey's answer could not be read. Please try again."))


def _short_enough(value: str) -> None:
    if len(value) > MOST_PASSWORD:
        raise ValidationError(_("This is longer than a password can be here."))


class SignInForm(Plain, account.LoginForm):  # type: ignore[misc]  # the library is untyped
    """E-mail address or sign-in name, and password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.word("login", _("E-mail address or sign-in name"))
        self.fields["login"].widget.attrs.update(
            autocomplete="username", autocapitalize="none", spellcheck="false", maxlength=MOST_LOGIN
        )
        self.word("password", _("Password"))

    def clean_login(self) -> str:
        return as_login(self.cleaned_data["login"])[:MOST_LOGIN]


class AskResetForm(Plain, account.ResetPasswordForm):  # type: ignore[misc]
    """An address; what becomes of it is the same here for every address."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.word("email", _("E-mail address"), _("The one you sign in with."))

    def clean_email(self) -> str:
        """Looks nothing up: a page that knows nothing gives nothing away."""
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **options: Any) -> str:
        address: str = self.cleaned_data["email"]
        resetting.ask(address=address, now=timezone.now())
        return address


class _NewPassword(Plain):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.word("password1", _("New password"), NEW_PASSWORD_HINT)
        self.word("password2", _("New password once more"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data  # type: ignore[attr-defined]  # a mixin of forms
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", MISMATCH)  # type: ignore[attr-defined]  # a mixin of forms
        return data


class ChangePasswordForm(_NewPassword, account.ChangePasswordForm):  # type: ignore[misc]
    """The password now, and the new one twice."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.word("oldpassword", _("Your password now"))


class ResetPasswordForm(_NewPassword, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password twice."""


class ConfirmForm(Plain, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.word("password", _("Password"))


class CodeForm(Plain, mfa.AuthenticateForm):  # type: ignore[misc]
    """A code from the app, or a recovery code."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.word("code", _("Code"), CODE_HINT)
        self.fields["code"].widget.attrs.update(inputmode="numeric", maxlength=20)


class ConfirmByCodeForm(Plain, mfa.ReauthenticateForm):  # type: ignore[misc]
    """A code, before something that matters."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.word("code", _("Code"), CODE_HINT)
        self.fields["code"].widget.attrs.update(inputmode="numeric", maxlength=20)


class SetUpAppForm(Plain, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an authenticator app."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.word("code", _("The code your app shows now"), _("Six digits."))
        self.fields["code"].widget.attrs.update(inputmode="numeric", maxlength=20)


class CredentialField(forms.JSONField):
    """What a browser says a passkey answered: an object, never shown again."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            found = super().to_python(value)
        except RecursionError as error:
            raise _unreadable() from error
        if not isinstance(found, dict):
            raise _unreadable()
        return found

    def bound_data(self, data: Any, initial: Any) -> str:
        return ""

    def prepare_value(self, value: Any) -> str:
        return ""


class CareWithCredential:
    """Whatever a browser claims a passkey said ends in words: the parser below the library stumbles over
    some of it with errors of many kinds."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"] = CredentialField()

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]  # a mixin of forms
        except ValidationError:
            raise
        except Exception as error:
            raise _unreadable() from error


class PasskeyForm(CareWithCredential, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second step."""


class PasskeySignInForm(CareWithCredential, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of name and password."""


class ConfirmByPasskeyForm(CareWithCredential, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey, before something that matters."""


class AddKeyForm(Plain, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A passkey or security key, and what to call it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"] = CredentialField()
        self.word("name", _("A name for it"), _("Only you see it. For example: my phone."))
        self.fields["name"].widget.attrs["maxlength"] = 60
        self.fields["name"].initial = self.initial["name"] = ""
        self.fields["passwordless"].initial = True
        self.word(
            "passwordless",
            _("Use it to sign in, without a password"),
            _("Your device asks for your finger, face or PIN. Take this away for an older security key."),
        )

    def clean_name(self) -> str:
        name = str(super().clean_name())
        return name.replace("\0", "")[:60]

    def clean(self) -> dict[str, Any]:
        try:
            data: dict[str, Any] = super().clean()
        except ValidationError:
            raise
        except Exception as error:
            # As above: the parser's errors are of many kinds.
            raise _unreadable() from error
        return data


class RenameKeyForm(Plain, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.word("name", _("A name for it"), _("Only you see it."))
        self.fields["name"].widget.attrs["maxlength"] = 60

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).replace("\0", "")[:60]
