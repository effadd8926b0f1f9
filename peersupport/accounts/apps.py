from datetime import timedelta

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "peersupport.accounts"

    def ready(self) -> None:
        """Registers what the work loop does for this app, and listens to the sign-in library."""
        from allauth.mfa.signals import authenticator_added, authenticator_removed
        from django.contrib.auth.signals import user_logged_in

        from peersupport.accounts import (
            checks,  # noqa: F401 - registers itself
            mail,
            noting,
            partner_tokens,
            resetting,
            second_factor,
            sending,
            sessions,
            short_memory,
        )
        from peersupport.accounts.models import Mail, ResetRequest
        from peersupport.work.duties import duty, sweep

        duty("mail", model=Mail, do=sending.send, repeatable=False)
        duty("reset", model=ResetRequest, do=resetting.answer)
        sweep("forget expired sessions", do=sessions.forget_expired, every=timedelta(hours=1))
        sweep("forget short memory", do=short_memory.forget_old, every=timedelta(minutes=10))
        sweep("forget old mails", do=mail.forget_old, every=timedelta(hours=6))
        sweep("forget answered resets", do=resetting.forget_old, every=timedelta(hours=1))
        sweep("forget ended tokens", do=partner_tokens.forget_old, every=timedelta(hours=6))
        authenticator_added.connect(second_factor.note_set_up, dispatch_uid="second_factor.note_set_up")
        authenticator_added.connect(noting.factor_added, dispatch_uid="noting.factor_added")
        authenticator_removed.connect(noting.factor_removed, dispatch_uid="noting.factor_removed")
        user_logged_in.connect(sessions.note_end, dispatch_uid="sessions.note_end")
        user_logged_in.connect(noting.signed_in, dispatch_uid="noting.signed_in")
