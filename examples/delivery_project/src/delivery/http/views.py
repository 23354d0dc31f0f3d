"""The JSON views: text in, text out; the controllers do the work."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from pydantic import ValidationError

from delivery.http.orders import OrderController
from delivery.http.schemas import OrderSchema
from delivery.tasks.registry import TasksRegistry
from ioc.container import get_container


@csrf_exempt
@require_POST
def create_order(request: HttpRequest) -> HttpResponse:
    try:
        body = OrderSchema.model_validate_json(request.body)
    except ValidationError as error:
        return HttpResponse(error.json(), content_type="application/json", status=422)
    response = get_container().resolve(OrderController).create_order(request, body)
    return HttpResponse(response.model_dump_json(), content_type="application/json", status=201)


@require_GET
def ping(request: HttpRequest) -> HttpResponse:
    """Enqueue a ping and answer with its id: the client asks for the result later."""
    result = get_container().resolve(TasksRegistry).ping.delay()
    return HttpResponse(f'{{"task_id": "{result.id}"}}', content_type="application/json", status=202)
