"""Which task a call means: the function, the task class or the registry property in front of ``.delay``.

Law: a task only where nothing else can have taken its place; otherwise the reason why nobody can tell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from celery_registry.contract.compare import compare_task
from celery_registry.contract.rules import TextRules
from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import TaskContract, TaskImplementation
from celery_registry.source.aliases import follow_aliases, read_aliases
from celery_registry.source.apps import Apps
from celery_registry.source.call_sites import UNJUDGED
from celery_registry.source.canvas import CANVAS_FULLNAMES, REPLACE
from celery_registry.source.fullnames import SIGNATURE_FULLNAMES
from celery_registry.source.handed_out import is_handed_out
from celery_registry.source.model import How
from celery_registry.source.own_classes import OwnClasses
from celery_registry.source.own_options import ANY_OPTION
from celery_registry.source.plain_types import PlainTypes
from celery_registry.source.symbols import Frame, Symbol
from celery_registry.source.values import owner_of_name, read_value

if TYPE_CHECKING:
    from celery_registry.source.call_sites import CallSite
    from celery_registry.source.finder import Finder
    from celery_registry.source.index import SourceIndex
    from celery_registry.source.model import Registration, RegistryProperty
    from celery_registry.source.values import Value

__all__ = ["Receivers", "Unseen"]

#: Celery's functions that make a signature of a name.
_MAKERS = SIGNATURE_FULLNAMES | {f"celery.{name}" for name in ("signature", "subtask")}
#: What makes a time.
_TIMES = ("timedelta", "datetime")
_WORD = re.compile(rb"\w+")
#: Why what ``UNJUDGED`` has is not judged.
_LISTS = "map, starmap, chunks and run are not held to the parameters of a task"


class Unseen(Exception):
    """Nobody can hold the call to a task. ``text`` says why, empty where it is no call of a task at all.

    ``meant`` are the registrations that it means all the same, whose parameters nobody can tell.
    """

    def __init__(self, text: str = "", meant: Sequence[Registration] = ()) -> None:
        super().__init__(text)
        self.text, self.meant = text, meant


class Receivers:
    """Finds tasks, over one program; ``loose`` where an application of it may hold callers to no number of arguments.

    ``strict`` where nothing in it may say that of any task.
    """

    def __init__(self, index: SourceIndex, finder: Finder, loose: bool, *, strict: bool = False) -> None:
        self._index, self._loose = index, loose
        self._names, self._texts = finder.names, finder.texts
        self._apps = Apps(finder.names)
        self._seen: dict[int, tuple[Registration, Registration]] = {}
        self._own_classes = OwnClasses(finder.names, index.injected, strict=strict)
        self.plain_types = PlainTypes(finder.names, self._own_classes, index.injected).of

    def task_of(self, module: str, site: CallSite) -> tuple[Registration, str, bool]:
        """The implementation that a call means, what a message calls it, and whether the call names it; raises ``Unseen``."""
        if self.names_its_task(site):
            return (*self._by_name(module, site), True)
        if site.method in UNJUDGED:
            found = self._meant(module, site)
            raise Unseen(_LISTS if found else "", found)
        site = self._behind_key(site)
        value = site.receiver
        own = self._own_task(module, site)
        if own is not None:
            return self._usable([own], site.method), (own.target or "").rpartition(".")[2], False
        if site.method == "retry":
            return (*self._retried(site), False)
        if value[0] not in ("n", ".", "c") or site.method == "send_task":
            is_silent = site.method in ("", "s", "si", "apply") or self._is_of_canvas(site)
            raise Unseen("" if is_silent else "nothing says which task this is")
        base, attribute = self._split(site)
        if base is not None and base.kind == "instance":
            declared = self._index.property_of(base.fullname, attribute)
            if declared is not None:
                meant = self._usable(self._index.implementations_of(declared), site.method)
                self._check_declared(declared, meant)
                return meant, attribute, False
        kept = self._kept(site)
        if kept is not None:
            return self._usable([kept], site.method), (kept.kept_in or "").rpartition(".")[2], False
        symbol = self._names.instance(site.frame, value)
        found = () if symbol is None else self._registered(symbol)
        if not found:
            is_silent = site.method not in ("delay", "apply_async") or self._is_of_canvas(site)
            raise Unseen("" if is_silent else "nothing says which task this is")
        registration = self._usable(found, site.method)
        assert symbol is not None
        self._check_decorators(symbol, registration)
        # Of a class the task is one object, which mypy calls by the name that is written.
        name = value[1] if value[0] == "n" and symbol.kind == "instance" else symbol.name
        return self._as_seen(registration), name.rpartition(".")[2], False

    def is_sent_by_celery(self, site: CallSite, registration: Registration) -> bool:
        """Whether it is Celery's own method that is called, whatever the parameters of its task are."""
        cls = registration.base if registration.how is not How.TASK_CLASS else registration.target
        if self._index.unread_texts.may_change(registration):
            return False
        if registration.bound_method or "**" in registration.options or not self._own_classes.keeps(cls, site.method):
            return False
        if self.names_its_task(site) or registration in (self._own_task(site.frame.module, site), self._kept(site)):
            return True
        symbol = self._names.instance(site.frame, site.receiver)
        if symbol is None:
            return False
        try:
            self._check_decorators(symbol, registration)
        except Unseen:
            return False
        return True

    def own_options(self, registration: Registration) -> tuple[str, ...] | None:
        """The options that an ``apply_async`` of the user's knows besides Celery's; ``ANY_OPTION`` where it may know any.

        None where it is Celery's own.
        """
        cls = registration.base if registration.how is not How.TASK_CLASS else registration.target
        if self._own_classes.keeps(cls, "apply_async"):
            return None
        return registration.own_options if registration.handed_on_by else (ANY_OPTION,)

    def run_here(self, site: CallSite) -> tuple[Registration, str] | None:
        """The task in ``task(1).delay()`` and what a message calls it; None for any other call."""
        value = site.receiver
        symbol = self._names.instance(site.frame, value[1]) if value[0] == "c" else None
        if symbol is None or symbol.kind != "function":
            return None
        try:
            registration = self._usable(self._registered(symbol))
            self._check_decorators(symbol, registration)
        except Unseen:
            return None
        return registration, symbol.name.rpartition(".")[2]

    def _own_task(self, module: str, site: CallSite) -> Registration | None:
        """The task in whose body ``self.delay()`` or ``self.retry()`` stands, where ``self`` is nothing else."""
        value, retries = site.receiver, site.method == "retry"
        if value[0] != "n" or not site.method or len(site.frame.environment.get(value[1], ())) != 1:
            return None
        found = self._by_target.get(f"{module}.{site.inside}", ())
        function = self._names.function_facts(Symbol("function", module, site.inside))
        if len(found) != 1 or function is None or not function.parameters or function.parameters[0].name != value[1]:
            return None
        mine = found[0].bind and found[0].how in (How.APP_TASK, How.SHARED_TASK)
        # Of a retry it is told all the same what a class or a decorator of the task hides.
        plain = retries or (found[0].base is None and len(function.decorators) == 1)
        return found[0] if mine and plain else None

    def _behind_key(self, site: CallSite) -> CallSite:
        """The call with the task's own name where it is taken from a dictionary: ``TASKS["mail"].delay()``."""
        value = site.receiver
        if value[0] != "i" or value[1][0] != "n" or value[2][0] != "s":
            return site
        symbol = self._names.find(site.frame, value[1][1])
        if symbol is None or symbol.kind != "value" or symbol.module != site.frame.module or "." in symbol.name:
            return site
        fullname = self._index.item_of(symbol.module, symbol.name, value[2][1])
        place = None if fullname is None else self._names.split(fullname)
        if place is None:
            return site
        return site._replace(receiver=("n", place[1]), frame=Frame(place[0]))

    def _kept(self, site: CallSite) -> Registration | None:
        """The task in a variable of a module that keeps what registers a function: ``late = app.task(function)``."""
        symbol = self._names.find(site.frame, site.receiver[1]) if site.receiver[0] == "n" else None
        if symbol is None or symbol.kind != "value" or symbol.frame is None or symbol.frame.cls is not None:
            return None
        return self._by_variable.get(f"{symbol.module}.{symbol.name}")

    @cached_property
    def _by_variable(self) -> dict[str, Registration]:
        """The variables of modules that keep the tasks of functions; of a class the task is an object of the program's."""
        kept = ((r.kept_in, r) for r in self._index.seen_from() if r.how is not How.TASK_CLASS)
        return {variable: registration for variable, registration in kept if variable is not None}

    def _meant(self, module: str, site: CallSite) -> Sequence[Registration]:
        """The implementations behind a receiver, whatever stands before them."""
        own = self._own_task(module, site)
        if own is not None or site.receiver[0] not in ("n", ".", "c"):
            return () if own is None else [own]
        base, attribute = self._split(site)
        if base is not None and base.kind == "instance":
            declared = self._index.property_of(base.fullname, attribute)
            if declared is not None:
                return self._index.implementations_of(declared)
        symbol = self._names.instance(site.frame, site.receiver)
        return () if symbol is None else self._registered(symbol)

    def _retried(self, site: CallSite) -> tuple[Registration, str]:
        """The task of ``load.retry()``, in its body or in what that calls."""
        symbol = self._names.instance(site.frame, site.receiver) if site.receiver[0] in ("n", ".") else None
        found = () if symbol is None else self._registered(symbol)
        if symbol is None or not found:
            raise Unseen()
        registration = self._usable(found, site.method)
        self._check_decorators(symbol, registration)
        return registration, symbol.name.rpartition(".")[2]

    def _is_of_canvas(self, site: CallSite) -> bool:
        """Whether a chain, a group or a chord is run: what it consists of are calls themselves."""
        run = site.node.func.value if isinstance(site.node.func, ast.Attribute) else None
        if isinstance(run, ast.BinOp) and isinstance(run.op, ast.BitOr):
            return True
        return site.receiver[0] in ("n", ".", "c") and self.are_celerys(site.frame, [site.receiver])

    def is_canvas(self, site: CallSite) -> bool:
        """Whether what is around a signature is Celery's own."""
        replaced = [value[1] for value in site.canvas if value[0] == "n" and value[1].endswith(f".{REPLACE}")]
        for name in replaced:
            # ``self.replace`` of the task around.
            itself = site._replace(receiver=("n", name.removesuffix(f".{REPLACE}")), method=REPLACE)
            if self._own_task(site.frame.module, itself) is None:
                return False
        return self.are_celerys(site.frame, [v for v in site.canvas if v[0] != "n" or v[1] not in replaced])

    def is_called_by(self, value: Value, fullname: str, site: CallSite) -> bool:
        """Whether a value is this very function of another package."""
        symbol = self._names.instance(site.frame, value)
        return symbol is not None and symbol.name == fullname

    def time_of(self, site: CallSite, call: ast.Call) -> str | None:
        """``timedelta`` or ``datetime`` where the call makes one of the standard library's."""
        value = read_value(call.func)
        return next((name for name in _TIMES if self.is_called_by(value, f"datetime.{name}", site)), None)

    def is_errback(self, site: CallSite) -> bool:
        """Whether a signature is what Celery calls when another has failed, and nothing else."""
        return bool(site.steps) and all(
            step.how == "link_error" and self.are_celerys(site.frame, step.via) for step in site.steps
        )

    def are_celerys(self, frame: Frame, values: Iterable[Value]) -> bool:
        """Whether each of these is Celery's own ``chain``, ``group`` or ``chord``."""
        found = (self._names.instance(frame, value) for value in values)
        return all(symbol is not None and symbol.name in CANVAS_FULLNAMES for symbol in found)

    def names_its_task(self, site: CallSite) -> bool:
        """Whether a call says a task's name: ``app.send_task("x")``, ``app.signature("x")``, Celery's ``signature("x")``."""
        if site.name is None:
            return False
        if isinstance(site.node.func, ast.Name):
            maker = self._names.instance(site.frame, site.receiver)
            return maker is not None and maker.name in _MAKERS
        if site.receiver[0] == "n" and site.method in ("signature", "subtask"):
            # ``celery.signature("x")``: a function of the module.
            maker = self._names.instance(site.frame, ("n", f"{site.receiver[1]}.{site.method}"))
            if maker is not None and maker.name in _MAKERS:
                return True
        return self._apps.is_app(site.frame, site.receiver) == "yes"

    def _split(self, site: CallSite) -> tuple[Symbol | None, str]:
        value = site.receiver
        if value[0] == ".":
            return self._names.instance(site.frame, value[1]), value[2]
        if value[0] == "c":
            return None, ""
        if value[0] != "n":
            return None, ""
        head, _, attribute = value[1].rpartition(".")
        return (self._names.instance(site.frame, ("n", head)) if head else None), attribute

    def name_of(self, site: CallSite) -> str | None:
        """The name that such a call says, None where nobody can tell."""
        # mypy follows no sums and no f-strings.
        if site.name is None or site.name[0] not in ("s", "n", "."):
            return None
        text = self._texts.text(site.frame, site.name)
        return None if text is None else text.text

    def is_text(self, site: CallSite, node: ast.expr) -> bool:
        """Whether an attribute is a text that the program writes: ``Queues.NOTIFY``."""
        if not isinstance(node, ast.Attribute):
            return False
        value = read_value(node)
        return value[0] == "n" and bool(self._texts.text(site.frame, value))

    def member_of(self, site: CallSite) -> tuple[str, str, str] | None:
        """The enum member that ``signature(TaskName.PING)`` is given: as it is written, its name and its value."""
        if site.method in ("send_task", "") or site.name is None or site.name[0] != "n":
            return None
        head, _, member = site.name[1].rpartition(".")
        symbol = self._names.instance(site.frame, ("n", head)) if head else None
        if symbol is None or symbol.kind != "class" or self._texts.enum_kind(symbol) is None:
            return None
        enum = self._texts.enum(symbol)
        value = None if enum is None else enum.members.get(member)
        if enum is None or value is None:
            return None
        # Of two members with one value the second is an alias.
        name = next(other for other, text in enum.members.items() if text == value)
        named = self._names.attribute(symbol, "name")
        # An enum may say itself what its members are called; a task may really have that name.
        if named is None or not named.name.startswith(("enum.", "builtins.")):
            return None
        if self._index.unread_texts.say(name):
            return None
        return None if self._index.implementations(name, symbol.module) else (site.name[1], name, value)

    def _by_name(self, module: str, site: CallSite) -> tuple[Registration, str]:
        name = self.name_of(site)
        if name is None:
            return self._named_by_itself(module, site)
        found = self._index.implementations(name, module)
        if not found:
            kept = self._aliases.get(name)
            if kept is not None:
                raise Unseen("it sends an old name, which an alias keeps", self._index.implementations(kept, module))
            raise Unseen("the task is not in these files")
        registration = self._usable(found)
        return registration, (registration.target or name).rpartition(".")[2]

    def _named_by_itself(self, module: str, site: CallSite) -> tuple[Registration, str]:
        """The task of ``send_task(task.name)``."""
        owner = owner_of_name(site.name)
        symbol = None if owner is None else self._names.instance(site.frame, owner)
        found = () if symbol is None else self._registered(symbol)
        if symbol is None or not found:
            raise Unseen("the task's name is computed")
        registration = self._usable(found)
        self._check_decorators(symbol, registration)
        return self._as_seen(registration), symbol.name.rpartition(".")[2]

    def _as_seen(self, registration: Registration) -> Registration:
        """The same without types, where it is a function of the program's own that hands the task out."""
        key = id(registration)
        if key not in self._seen:
            found = registration
            if is_handed_out(self._names, registration):
                bare = tuple(replace(p, type=None) for p in registration.signature.parameters or ())
                found = replace(registration, signature=TaskSignature(bare))
            # What the id stands for is kept, so that it is given out once.
            self._seen[key] = (registration, found)
        return self._seen[key][1]

    @cached_property
    def _aliases(self) -> dict[str, str]:
        """Old name -> the name of the task that runs."""
        return follow_aliases(read_aliases(self._index))

    @cached_property
    def _by_target(self) -> dict[str, list[Registration]]:
        found: dict[str, list[Registration]] = {}
        for registration in self._index.seen_from():
            if registration.target is not None:
                found.setdefault(registration.target, []).append(registration)
        return found

    @cached_property
    def called_names(self) -> frozenset[str] | None:
        """The last names of what can be called as a task itself; None where a variable may hold one of a class."""
        if any(r.how is How.TASK_CLASS for r in self._index.seen_from()):
            return None
        properties = (name for registry in self._index.registries.values() for name in registry.properties)
        return frozenset((*(target.rpartition(".")[2] for target in self._by_target), *properties))

    def may_be_called(self, text: bytes) -> bool:
        """Whether a file names a module of tasks and a task: ``task(...)`` needs both, where its module is imported."""
        if not any(part in text for part in self._modules):
            return False
        return self._called is not None and not self._called.isdisjoint(_WORD.findall(text))

    @cached_property
    def _modules(self) -> frozenset[bytes]:
        modules = {r.target_module for found in self._by_target.values() for r in found if r.target_module}
        return frozenset(module.rpartition(".")[2].encode() for module in modules)

    @cached_property
    def _called(self) -> frozenset[bytes] | None:
        return None if self.called_names is None else frozenset(name.encode() for name in self.called_names)

    def _registered(self, symbol: Symbol) -> Sequence[Registration]:
        if symbol.kind not in ("function", "instance"):
            return ()
        found = self._by_target.get(symbol.fullname, [])
        wanted = symbol.kind == "instance"
        return [r for r in found if (r.how is How.TASK_CLASS) is wanted]

    def _usable(self, found: Sequence[Registration], method: str = "") -> Registration:
        if len(found) != 1:
            raise Unseen("the task has several implementations" if found else "the task is not in these files", found)
        registration = found[0].as_called()
        if self._index.unread_texts.may_change(registration):
            raise Unseen("a file that cannot be parsed may put another task in its place", found)
        if registration.hidden is not None or registration.signature.parameters is None:
            raise Unseen(f"the parameters cannot be read: {registration.hidden or 'they are open'}", found)
        if registration.bound_method:
            raise Unseen("the task is a raw bound method", found)
        if self._loose and registration.how is not How.SHARED_TASK:
            raise Unseen("an application has strict_typing", found)
        if not registration.typing:
            raise Unseen("the task has typing = False", found)
        if "**" in registration.options or not self._own_classes.passes_on(registration, method):
            raise Unseen("a class of its own may change the arguments", found)
        return registration

    def _check_declared(self, declared: RegistryProperty, registration: Registration) -> None:
        """Where the property and its function disagree, that is what is told, and not each call of one or the other."""
        if declared.declared is not None:
            name, known = declared.task_name or "", registration.without_injected(self._index.injected)
            contract, actual = TaskContract(name, "", declared.declared), TaskImplementation(name, known.signature)
            if compare_task(contract, actual, TextRules()):
                raise Unseen("the registry declares other parameters than the task has", [registration])

    def result_of(self, registration: Registration) -> str | None:
        """The type of what a canvas hands on of this task, as it is written; None where the text does not tell."""
        # With pydantic=True a model becomes a dictionary.
        hidden = registration.pydantic or registration.bound_method or "**" in registration.options
        if hidden or not self._own_classes.passes_on(registration) or self._own_classes.may_return_other(registration):
            return None
        return registration.signature.result

    def _check_decorators(self, symbol: Symbol, registration: Registration) -> None:
        """A function is a task only below its own decorator, and nothing may stand above that."""
        if registration.how is How.TASK_CLASS:
            return
        function = self._names.function_facts(symbol)
        facts = self._names.program.facts(symbol.module)
        if function is None or facts is None or len(facts.functions.get(symbol.name, ())) != 1:
            raise Unseen("the task is defined more than once")
        if function.cls and self._is_overridden(symbol.module, function.cls, symbol.name.rpartition(".")[2]):
            raise Unseen("a class below that of the task has another under its name")
        above = function.decorators
        if function.cls and above and above[0].value == ("n", "staticmethod"):
            above = above[1:]
        places = [(decorator.line, decorator.column) for decorator in above]
        mine = (registration.origin.line, registration.origin.column)
        if mine not in places:
            raise Unseen("" if not places else "the task is registered elsewhere")
        if places.index(mine) != len(registration.above):
            raise Unseen("a decorator stands above the task's own")

    def _is_overridden(self, module: str, cls: str, name: str) -> bool:
        """Whether a class below has something of this name, which a variable of the class's type may mean."""
        for below in self._names.subclasses(module, cls):
            facts = self._names.program.facts(below.module)
            members = self._names.class_facts(below.module, below.name)
            if facts is None or members is None or f"{below.name}.{name}" in facts.functions:
                return True
            if any(member.name == name for member in members.members):
                return True
        return False

    def is_plain_task(self, registration: Registration) -> bool:
        """Whether a function at the top of its module is this task and nothing else, of Celery's own class."""
        module, target = registration.target_module, registration.target
        if module is None or target is None or registration.how is How.TASK_CLASS or registration.base is not None:
            return False
        name = target[len(module) + 1 :]
        try:
            self._check_decorators(Symbol("function", module, name), self._usable([registration]))
        except Unseen:
            return False
        return "." not in name and len(self._by_target.get(target, ())) == 1
