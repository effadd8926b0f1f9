from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from peersupport.accounts.mail import site_link
from peersupport.accounts.models import StaffRole, User
from peersupport.accounts.opening import open_account
from peersupport.accounts.resetting import reset_path
from peersupport.accounts.staffing import give_role


class Command(BaseCommand):
    help = "Gives somebody a role of staff, opens the account if there is none, and prints its first link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("roles", nargs="+", choices=StaffRole.Role.values)

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        try:
            validate_email(email)
        except Exception as error:
            raise CommandError(f"{email} is no e-mail address.") from error
        with transaction.atomic():
            user = User.objects.filter(email=email).first()
            is_new = user is None
            user = user or open_account(email=email, password=None, by=None)
            for role in options["roles"]:
                give_role(to=user, role=StaffRole.Role(role), by=None)
        if is_new:
            self.stdout.write(
                "Hand this link over by a way you trust. It sets the password, once, within three days:"
            )
            self.stdout.write(site_link(reset_path(user)))
        self.stdout.write("Signing in then asks for a second step to be set up.")
