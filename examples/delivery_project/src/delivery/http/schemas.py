"""What comes in and what goes out over HTTP."""

from pydantic import BaseModel, Field


class OrderSchema(BaseModel):
    user_id: int
    product: str = Field(min_length=1, max_length=100)
    quantity: int = Field(default=1, gt=0)


class OrderResponse(BaseModel):
    id: int
    product: str
    quantity: int
