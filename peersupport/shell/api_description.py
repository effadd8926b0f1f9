"""The API's description in OpenAPI, and the same for people to read: both come from what the views say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator

from peersupport.accounts.api import CODES

Schema = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
#: What any request may be answered with, and what in addition a request with a body may.
ALWAYS, READ_IN_PARTS, WITH_ARGUMENTS, WRITTEN = (
    (401, 406, 429),
    (400, 404),
    (404,),
    (400, 403, 404, 409, 415, 422),
)
REFUSAL = {
    "type": "object",
    "description": "Why it was not done. `fields` says it field by field, where some were at fault.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "enum": sorted(set(CODES.values()))},
                "message": {"type": "string"},
                "fields": {
                    "type": "object",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                },
            },
        }
    },
}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library's own metaclass
    """How a partner's token is sent."""

    target_class = "peersupport.accounts.api.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        """A bearer token, as RFC 6750 has it."""
        return {"type": "http", "scheme": "bearer"}


def with_refusals(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """A hook of the generator: adds to every operation how it may be refused."""
    result.setdefault("components", {}).setdefault("schemas", {})["Refusal"] = REFUSAL
    for operation in _operations(result):
        for status in _refusals(*operation):
            shape = {"$ref": "#/components/schemas/Refusal"}
            operation[2]["responses"].setdefault(
                str(status),
                {"description": CODES[status], "content": {"application/json": {"schema": shape}}},
            )
    return result


def _operations(schema: Schema) -> Iterator[tuple[str, str, Schema]]:
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def _refusals(path: str, method: str, operation: Schema) -> set[int]:
    refusals = {*ALWAYS}
    if any(one["in"] == "query" for one in operation.get("parameters", ())):
        refusals |= {*READ_IN_PARTS}
    if "{" in path or operation.get("security") != [{}]:
        refusals |= {*WITH_ARGUMENTS}
    if method != "get":
        refusals |= {*WRITTEN}
    return refusals


@lru_cache(maxsize=8)
def description(language: str) -> Schema:
    """The whole in OpenAPI 3. The same for everybody; made once for each language that pages are in."""
    return cast(Schema, SchemaGenerator().get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Field:
    """One thing that is sent or answered: its name, what it is, what it means."""

    name: str
    kind: str
    words: str
    needed: bool


@dataclass(frozen=True)
class Operation:
    """One address and method. `sent` goes with the address or in the body, `answered` is one row of it."""

    method: str
    path: str
    words: str
    open_to_all: bool
    sent: list[Field]
    answered: list[Field]


def operations(schema: Schema) -> list[Operation]:
    """The description as a page shows it, in the order of the addresses."""
    return [_shown(schema, *one) for one in _operations(schema)]


def _shown(schema: Schema, path: str, method: str, operation: Schema) -> Operation:
    parameters = [
        Field(
            one["name"], _kind(schema, one["schema"]), one.get("description", ""), one.get("required", False)
        )
        for one in operation.get("parameters", ())
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    done: Schema = next((one for status, one in operation["responses"].items() if status.startswith("2")), {})
    answer = done.get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(
        method=method.upper(),
        path=path,
        words=operation.get("description", ""),
        open_to_all={} in operation.get("security", [{}]),
        sent=[*parameters, *_fields(schema, body, sent=True)],
        answered=_fields(schema, _row(schema, answer), sent=False),
    )


def _row(schema: Schema, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of a page of rows, one row."""
    whole = _followed(schema, answer)
    rows = whole.get("properties", {}).get("results", {})
    return cast(Mapping[str, Any], rows.get("items", whole))


def _fields(schema: Schema, shape: Mapping[str, Any], *, sent: bool) -> list[Field]:
    whole = _followed(schema, shape)
    needed = whole.get("required", ())
    return [
        Field(name, _kind(schema, one), one.get("description", ""), sent and name in needed)
        for name, one in whole.get("properties", {}).items()
    ]


def _followed(schema: Schema, shape: Mapping[str, Any]) -> Mapping[str, Any]:
    """The shape itself where it is a reference, or one of a single part."""
    for part in (shape, *shape.get("allOf", ())):
        if "$ref" in part:
            return cast(Mapping[str, Any], schema["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]])
    return shape


def _kind(schema: Schema, shape: Mapping[str, Any]) -> str:
    whole = _followed(schema, shape)
    if "enum" in whole and len(whole["enum"]) < 12:
        return " | ".join(str(one) for one in whole["enum"])
    if whole.get("type") == "array":
        return f"[{_kind(schema, whole['items'])}]"
    return str(whole.get("format") or whole.get("type") or "object")
