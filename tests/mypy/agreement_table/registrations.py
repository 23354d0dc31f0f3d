"""How implementations are registered: texts with holes, as ``Case`` describes them.

Law: each is a way that Celery or celery-registry documents.
"""

from __future__ import annotations

from typing import Final

__all__ = ["WAYS_TO_NAME", "WAYS_TO_REGISTER"]

_METHOD = """
class Controller:
    def register(self, app: Celery) -> None:
        {call}

    def {f}{method}:
        raise SystemExit


Controller().register(app)
"""

_FUNCTION = """
def {f}{actual}:
    raise SystemExit


{call}
"""

_DECORATED = """
{call}
def {f}{actual}:
    raise SystemExit
"""

_IN_FUNCTION = """
def register(app: Celery) -> None:
    {call}
    def {f}{actual}:
        raise SystemExit


register(app)
"""

_CLASS = """
class {f}_task(Task[..., Any]):
    name = {NAME}

    def run{method}:
        raise SystemExit


app.register_task({f}_task())
"""

_BASE = """
class Base:
    def {f}{method}:
        raise SystemExit


class Controller(Base):
    def register(self, app: Celery) -> None:
        register_task(app, {NAME}, self.{f})


Controller().register(app)
"""

_KINDS_OF_METHODS = """
class Controller:
    {decorator}
    def {f}{signature}:
        raise SystemExit


register_task(app, {NAME}, Controller.{f})
"""

_INSTANCE = """
class Controller:
    def {f}{method}:
        raise SystemExit


controller = Controller()
register_task(app, {NAME}, controller.{f})
"""

#: name of the way -> text; ``{method}`` is the signature with ``self``, ``{bound}`` with the task of ``bind=True``.
WAYS_TO_REGISTER: Final = {
    "bound": _METHOD.replace("{call}", "register_task(app, {NAME}, self.{f})"),
    "untyped_bound": _METHOD.replace("{call}", "app.task(name={NAME}, typing=False)(self.{f})"),
    "raw_bound": _METHOD.replace("{call}", "app.task(name={NAME})(self.{f})"),
    "function": _FUNCTION.replace("{call}", "register_task(app, {NAME}, {f})"),
    "decorator": _DECORATED.replace("{call}", "@register_task(app, {NAME})"),
    "app_task_call": _FUNCTION.replace("{call}", "app.task(name={NAME})({f})"),
    "app_task": _DECORATED.replace("{call}", "@app.task(name={NAME})"),
    "app_task_options": _DECORATED.replace("{call}", "@app.task(name={NAME}, autoretry_for=(OSError,), max_retries=3)"),
    "app_task_default": _DECORATED.replace("{call}", "@app.task"),
    "app_task_default_called": _DECORATED.replace("{call}", "@app.task()"),
    "shared_task": _DECORATED.replace("{call}", "@shared_task(name={NAME})"),
    "shared_task_default": _DECORATED.replace("{call}", "@shared_task"),
    "shared_task_qualified": _DECORATED.replace("{call}", "@celery.shared_task(name={NAME})"),
    "shared_task_renamed": _DECORATED.replace("{call}", "@celery_task(name={NAME})"),
    "nested": _IN_FUNCTION.replace("{call}", "@app.task(name={NAME})"),
    "nested_register_task": _IN_FUNCTION.replace("{call}", "@register_task(app, {NAME})"),
    "bind_shared_task": _DECORATED.replace("{call}", "@shared_task(name={NAME}, bind=True)").replace(
        "{actual}", "{bound}"
    ),
    "bind_app_task": _DECORATED.replace("{call}", "@app.task(name={NAME}, bind=True)").replace("{actual}", "{bound}"),
    "bind_register_task": _DECORATED.replace("{call}", "@register_task(app, {NAME}, bind=True)").replace(
        "{actual}", "{bound}"
    ),
    "class": _CLASS,
    "inherited_method": _BASE,
    "static_method": _KINDS_OF_METHODS.replace("{decorator}", "@staticmethod").replace("{signature}", "{actual}"),
    "class_method": _KINDS_OF_METHODS.replace("{decorator}", "@classmethod").replace("{signature}", "{class}"),
    "instance": _INSTANCE,
}

#: name of the way -> (what stands above, the expression, the task's name, what the enum says).
WAYS_TO_NAME: Final = {
    "member": ("", "TaskName.{M}", "{K}", '"{K}"'),
    "member_value": ("", "TaskName.{M}.value", "{K}", '"{K}"'),
    "literal": ("", '"{K}"', "{K}", '"{K}"'),
    "final": ('NAME: Final = "{K}"\n', "NAME", "{K}", '"{K}"'),
    "module_constant": ('NAME = "{K}"\n', "NAME", "{K}", '"{K}"'),
    "class_constant": ('class Names:\n    ONE = "{K}"\n', "Names.ONE", "{K}", '"{K}"'),
    "alias_of_constant": ("", "TaskName.{M}", "{K}", "constants.{M}"),
    "the_aliased_constant": ("", "constants.{M}", "{K}", "constants.{M}"),
    "imported_constant": ("from shop.constants import {M} as NAME\n", "NAME", "{K}", '"{K}"'),
    "module_name": ("", '__name__ + ".x"', "{MODULE}.x", '"{MODULE}.x"'),
    "formatted": ('PREFIX: Final = "shop"\n', 'f"{PREFIX}.{K}"', "shop.{K}", '"shop.{K}"'),
    "joined": ('PREFIX = "shop."\n', 'PREFIX + "{K}"', "shop.{K}", '"shop.{K}"'),
}
