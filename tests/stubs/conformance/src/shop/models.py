"""Types that tasks exchange."""

from enum import Enum
from typing import Generic, TypedDict, TypeVar

from pydantic import BaseModel

T = TypeVar("T")


class Color(str, Enum):
    RED = "red"
    BLUE = "blue"


class Order(TypedDict):
    id: int
    lines: list[str]


class EmailResult(TypedDict):
    sent: bool


class Customer(BaseModel):
    name: str
    age: int


class Page(TypedDict, Generic[T]):
    items: list[T]
    number: int
