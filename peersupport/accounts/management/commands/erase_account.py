from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from peersupport.accounts.erasing import erase
from peersupport.accounts.models import User
from peersupport.accounts.signing_in import as_login


class Command(BaseCommand):
    help = "Erases a person who asked for it: destroys her data key and takes out what names or reaches her."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="E-mail address or sign-in name.")
        parser.add_argument("--yes", action="store_true", help="Do not ask. There is no way back.")

    def handle(self, *args: Any, **options: Any) -> None:
        login = as_login(options["login"])
        field = "email" if "@" in login else "sign_in_name"
        user = User.objects.filter(**{field: login}).first()
        if user is None:
            raise CommandError("Nobody signs in with that.")
        if not options["yes"] and input("There is no way back. Type the login again: ") != options["login"]:
            raise CommandError("Nothing was erased.")
        erase(user=user, by=None, now=timezone.now())
        self.stdout.write("Erased.")
