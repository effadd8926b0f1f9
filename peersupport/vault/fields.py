"""A text field that is sealed at rest: str in Python, AES-GCM bytes in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from peersupport.vault import keys, sealing


class Sealed(bytes):
    """Bytes as they came from the database, not yet opened."""


class _OpensOnRead(DeferredAttribute):
    """Opens the value when it is first read, so that listing rows opens nothing."""

    field: SealedTextField

    def __get__(self, instance: models.Model | None, owner: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, owner)
        if isinstance(value, Sealed):
            value = self.field.open(instance, value)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


if TYPE_CHECKING:
    _Column = models.BinaryField[str, str]
else:
    _Column = models.BinaryField


class SealedTextField(_Column):
    """Text sealed with the data key of `subject`, the name of an attribute that holds the subject's UUID.

    An empty text is stored as empty bytes and needs no key. The primary key must be known before saving.
    """

    descriptor_class = _OpensOnRead

    def __init__(self, *args: Any, subject: str, **options: Any) -> None:
        self.subject = subject
        options.setdefault("editable", True)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        options["subject"] = self.subject
        return name, path, args, options

    def check(self, **options: Any) -> Any:
        # BinaryField insists on bytes as default; ours is text until it is saved.
        return [found for found in super().check(**options) if found.id != "fields.E170"]

    def get_default(self) -> Any:
        return models.Field.get_default(self)

    def from_db_value(self, value: Any, *_: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname, None)
        if value is None or isinstance(value, Sealed):
            return value
        if value in {"", b""}:
            return b""
        key = keys.key_for(getattr(model_instance, self.subject))
        return sealing.seal(value, key=key, at=self.place(model_instance))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        # An empty default, as a migration fills it in for rows that are there already.
        return super().get_db_prep_value(b"" if value == "" else value, connection, prepared)

    def open(self, instance: models.Model, value: Sealed) -> str:
        """The text of one row's value. KeyDestroyed after an erasure, WrongKey for a swapped value."""
        if not value:
            return ""
        key = keys.key_for(getattr(instance, self.subject))
        return sealing.unseal(bytes(value), key=key, at=self.place(instance))

    def place(self, instance: models.Model) -> bytes:
        return sealing.place(instance._meta.db_table, self.attname, instance.pk)

    def value_to_string(self, obj: models.Model) -> str:
        """Refuses serialisation: a dump must never hold what the field protects."""
        raise TypeError(f"{self.name} is sealed and cannot be serialised.")
