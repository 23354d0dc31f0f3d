"""The JSON Schema of runtime hints: models, TypedDicts, dataclasses and whatever else pydantic can describe.

Law: hints in, schemas out; pydantic writes them. It is imported with this module, so whoever may lack it imports this late.
What pydantic cannot describe has no schema here, and is no error. Schemas are those of JSON Schema draft 7, which the
AsyncAPI specification builds on.
"""

from __future__ import annotations

import sys
import types
import typing
import warnings
from collections.abc import Hashable, Iterable
from typing import Annotated, Any, Literal, TypeAlias, TypeVar, Union

import typing_extensions
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from celery_registry.wire.envelopes import envelope_of

__all__ = ["JsonSchema", "Way", "write_schemas"]

JsonSchema: TypeAlias = dict[str, Any]
#: What a task takes is validated, what it returns is serialized: a computed field is in the second alone.
Way: TypeAlias = Literal["validation", "serialization"]
Key = TypeVar("Key", bound=Hashable)


def write_schemas(
    hints: Iterable[tuple[Key, Way, Any]], references: str
) -> tuple[dict[Key, JsonSchema], dict[str, JsonSchema]]:
    """The schema of each hint by its key, and the definitions that those refer to by their names.

    ``references`` is the template of a reference, with ``{model}`` for the name. A hint that pydantic cannot describe
    has no schema.
    """
    adapters: dict[tuple[Way, Any], TypeAdapter[Any] | None] = {}
    wanted: dict[Key, tuple[Way, int]] = {}
    inputs: dict[tuple[Way, int], TypeAdapter[Any]] = {}
    remade: dict[Any, Any] = {}
    with warnings.catch_warnings():
        # A default that is no JSON, a field that hides another: the user's business, and not now.
        warnings.simplefilter("ignore")
        for key, way, hint in hints:
            same = _same(way, hint)
            if same not in adapters:
                adapters[same] = _adapter(way, hint, remade)
            adapter = adapters[same]
            if adapter is not None:
                wanted[key] = way, id(adapter)
                inputs[way, id(adapter)] = adapter
        listed = [(number, way, adapter) for (way, number), adapter in inputs.items()]
        found, more = TypeAdapter.json_schemas(listed, ref_template=references, schema_generator=_Draft7)
    schemas = {key: found[number, way] for key, (way, number) in wanted.items()}
    return schemas, more.get("$defs", {})


def _same(way: Way, hint: Any) -> tuple[Way, Any]:
    """What alike hints share; one that cannot be hashed is like no other. ``1`` and ``True`` are not alike in a Literal."""
    try:
        hash(hint)
    except TypeError:
        return way, id(hint)
    return way, (hint, repr(hint)) if getattr(hint, "__args__", None) else hint


def _adapter(way: Way, hint: Any, remade: dict[Any, Any]) -> TypeAdapter[Any] | None:
    try:
        adapter = TypeAdapter[Any](hint if sys.version_info >= (3, 12) else _remade(hint, remade))
        adapter.json_schema(mode=way, schema_generator=_Draft7)
    except Exception:  # a type that pydantic cannot describe, or a model whose own code fails
        return None
    return adapter


def _remade(hint: Any, made: dict[Any, Any]) -> Any:
    """The hint with the ``TypedDict`` of typing_extensions for that of ``typing``, which pydantic refuses before Python 3.12.

    ``made`` keeps one for each, so that it has one name.
    """
    if typing.is_typeddict(hint) and type(hint).__module__ == "typing":
        if hint not in made:
            # One that holds itself stays what it is, and pydantic says no.
            made[hint] = hint
            made[hint] = _typed_dict(hint, made)
        return made[hint]
    origin: Any = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin is None or origin is Literal:
        return hint
    inner = tuple(_remade(argument, made) for argument in arguments)
    if inner == arguments:
        return hint
    if origin is Union or isinstance(hint, types.UnionType):
        return Union[inner]  # noqa: UP007 - the hints are values here
    return Annotated[inner] if origin is Annotated else origin[inner]


def _typed_dict(hint: Any, made: dict[Any, Any]) -> Any:
    fields = {}
    for name, type_ in typing_extensions.get_type_hints(hint, include_extras=True).items():
        origin: Any = typing_extensions.get_origin(type_)
        required = name in hint.__required_keys__
        if origin in (typing_extensions.Required, typing_extensions.NotRequired):
            required, (type_,) = origin is typing_extensions.Required, typing_extensions.get_args(type_)
        type_ = _remade(type_, made)
        fields[name] = typing_extensions.Required[type_] if required else typing_extensions.NotRequired[type_]
    make: Any = typing_extensions.TypedDict
    found = make(hint.__name__, fields)
    found.__module__, found.__qualname__, found.__doc__ = hint.__module__, hint.__qualname__, hint.__doc__
    return found


class _Draft7(GenerateJsonSchema):
    """Pydantic's schemas, with the words of draft 7 for those of later drafts and of OpenAPI.

    Celery takes a model by the aliases of its fields and dumps one by their names. A dump has texts where other values
    have kombu's envelopes.
    """

    _models = 0

    @property
    def by_alias(self) -> bool:
        return self.mode == "validation"

    @by_alias.setter
    def by_alias(self, value: bool) -> None: ...

    def model_schema(self, schema: Any) -> JsonSchemaValue:
        self._models += 1
        try:
            return super().model_schema(schema)
        finally:
            self._models -= 1

    def datetime_schema(self, schema: Any) -> JsonSchemaValue:
        return super().datetime_schema(schema) if self._models else envelope_of("datetime")

    def date_schema(self, schema: Any) -> JsonSchemaValue:
        return super().date_schema(schema) if self._models else envelope_of("date")

    def time_schema(self, schema: Any) -> JsonSchemaValue:
        return super().time_schema(schema) if self._models else envelope_of("time")

    def decimal_schema(self, schema: Any) -> JsonSchemaValue:
        return super().decimal_schema(schema) if self._models else envelope_of("Decimal")

    def uuid_schema(self, schema: Any) -> JsonSchemaValue:
        return super().uuid_schema(schema) if self._models else envelope_of("UUID")

    def bytes_schema(self, schema: Any) -> JsonSchemaValue:
        return super().bytes_schema(schema) if self._models else envelope_of("bytes")

    def tuple_schema(self, schema: Any) -> JsonSchemaValue:
        return _draft_7(super().tuple_schema(schema))

    def named_tuple_schema(self, schema: Any) -> JsonSchemaValue:
        return _draft_7(super().named_tuple_schema(schema))

    # That of a named tuple in older releases of pydantic.
    def p_arguments_schema(self, arguments: Any, var_args_schema: Any) -> JsonSchemaValue:
        return _draft_7(super().p_arguments_schema(arguments, var_args_schema))

    def tagged_union_schema(self, schema: Any) -> JsonSchemaValue:
        found = super().tagged_union_schema(schema)
        # OpenAPI's is an object and AsyncAPI's is a text; oneOf says the same without it.
        found.pop("discriminator", None)
        return found


def _draft_7(array: JsonSchemaValue) -> JsonSchemaValue:
    if "prefixItems" in array:
        if "items" in array:
            array["additionalItems"] = array.pop("items")
        array["items"] = array.pop("prefixItems")
    return array
