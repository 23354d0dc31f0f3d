"""What each serializer does to the values of each type: the table.

Law: rows alone; how a type finds its row is ``payload``'s. A property test holds them to kombu's own serializers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["HANDLE_FULLNAME", "KEY_FATES", "MODEL_FULLNAME", "PAYLOAD_FATES", "SERIALIZERS", "TYPED_DICT"]

SERIALIZERS: Final = ("json", "msgpack", "yaml", "pickle")
MODEL_FULLNAME: Final = "pydantic.main.BaseModel"
#: The base of ``AsyncResult`` and ``GroupResult``.
HANDLE_FULLNAME: Final = "celery.result.ResultBase"
TYPED_DICT: Final = "typing.TypedDict"

#: Fates of one row, in the order of SERIALIZERS: k(ept), r(ejected), ? (unknown), or the type that arrives.
PAYLOAD_FATES: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "None": ("k", "k", "k", "k"),
    "bool": ("k", "k", "k", "k"),
    "int": ("k", "k", "k", "k"),
    "float": ("k", "k", "k", "k"),
    "str": ("k", "k", "k", "k"),
    "bytes": ("k", "k", "k", "k"),
    "bytearray": ("r", "k", "r", "k"),
    "memoryview": ("r", "k", "r", "r"),
    "complex": ("r", "r", "r", "k"),
    "list": ("k", "k", "k", "k"),
    "dict": ("k", "k", "k", "k"),
    TYPED_DICT: ("k", "k", "k", "k"),
    "tuple": ("list", "list", "list", "k"),
    "set": ("r", "r", "k", "k"),
    "frozenset": ("r", "r", "r", "k"),
    "range": ("r", "r", "r", "k"),
    "slice": ("r", "r", "r", "?"),
    "collections.OrderedDict": ("k", "k", "r", "k"),
    "collections.Counter": ("k", "k", "r", "k"),
    "collections.defaultdict": ("k", "k", "r", "?"),
    "collections.deque": ("r", "r", "r", "k"),
    "collections.ChainMap": ("r", "r", "r", "k"),
    "collections.UserDict": ("r", "r", "r", "k"),
    "collections.UserList": ("r", "r", "r", "k"),
    "collections.UserString": ("r", "r", "r", "k"),
    "types.MappingProxyType": ("r", "r", "r", "r"),
    "types.SimpleNamespace": ("r", "r", "r", "k"),
    "datetime.datetime": ("k", "r", "k", "k"),
    "datetime.date": ("k", "r", "k", "k"),
    "datetime.time": ("k", "r", "r", "k"),
    "datetime.timedelta": ("r", "r", "r", "k"),
    "datetime.timezone": ("r", "r", "r", "k"),
    "zoneinfo.ZoneInfo": ("r", "r", "r", "k"),
    "decimal.Decimal": ("k", "r", "r", "k"),
    "fractions.Fraction": ("r", "r", "r", "k"),
    "uuid.UUID": ("k", "r", "r", "k"),
    "enum.Enum": ("r", "r", "r", "k"),
    "pathlib.PurePath": ("r", "r", "r", "k"),
    "ipaddress.IPv4Address": ("r", "r", "r", "k"),
    "ipaddress.IPv6Address": ("r", "r", "r", "k"),
    "ipaddress.IPv4Network": ("r", "r", "r", "k"),
    "ipaddress.IPv6Network": ("r", "r", "r", "k"),
    "re.Pattern": ("r", "r", "r", "k"),
    "collections.abc.Generator": ("r", "r", "r", "r"),
    "collections.abc.AsyncGenerator": ("r", "r", "r", "r"),
    "collections.abc.Coroutine": ("r", "r", "r", "r"),
    "collections.abc.Iterator": ("r", "r", "r", "?"),
    "collections.abc.KeysView": ("r", "r", "r", "?"),
    "collections.abc.ValuesView": ("r", "r", "r", "?"),
    "collections.abc.ItemsView": ("r", "r", "r", "?"),
    "builtins.dict_keys": ("r", "r", "r", "r"),
    "builtins.dict_values": ("r", "r", "r", "r"),
    "builtins.dict_items": ("r", "r", "r", "r"),
    "builtins.module": ("r", "r", "r", "r"),
    "type": ("r", "r", "r", "?"),
    "builtins.function": ("r", "r", "r", "?"),
    "collections.abc.Callable": ("r", "r", "r", "?"),
    "BaseException": ("r", "r", "r", "?"),
    "io.TextIOWrapper": ("r", "r", "r", "r"),
    "io.BufferedReader": ("r", "r", "r", "r"),
    "dataclasses.dataclass": ("r", "r", "r", "?"),
    "attr.s": ("r", "r", "r", "?"),
    MODEL_FULLNAME: ("r", "r", "r", "?"),
    HANDLE_FULLNAME: ("r", "r", "r", "k"),
    "django.db.models.base.Model": ("r", "r", "r", "?"),
    "django.db.models.query.QuerySet": ("r", "r", "r", "?"),
    "numpy.ndarray": ("r", "r", "r", "?"),
    "pandas.core.frame.DataFrame": ("r", "r", "r", "?"),
}
#: The same for the keys of a dict; a type that has a row above and none here is rejected as a key.
KEY_FATES: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "str": ("k", "k", "k", "k"),
    "bytes": ("r", "k", "k", "k"),
    "int": ("str", "r", "k", "k"),
    "float": ("str", "r", "k", "k"),
    "bool": ("str", "r", "k", "k"),
    "None": ("str", "r", "k", "k"),
    "datetime.datetime": ("r", "r", "k", "k"),
    "datetime.date": ("r", "r", "k", "k"),
}
