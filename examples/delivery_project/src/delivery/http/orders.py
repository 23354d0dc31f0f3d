from django.http import HttpRequest

from delivery.http.schemas import OrderResponse, OrderSchema
from delivery.models import Order
from delivery.tasks.registry import TasksRegistry
from infrastructure.controllers import Controller


class OrderController(Controller):
    def __init__(
        self,
        tasks_registry: TasksRegistry,
    ) -> None:
        self._tasks = tasks_registry

    def create_order(self, request: HttpRequest, body: OrderSchema) -> OrderResponse:
        order = Order.objects.create(**body.model_dump())

        # Send confirmation email asynchronously
        self._tasks.send_email.delay(
            to=order.user.email,
            subject="Order Confirmation",
            body=f"Your order #{order.id} has been placed.",
        )

        return OrderResponse.model_validate(order, from_attributes=True)
