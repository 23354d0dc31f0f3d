"""The calls of tasks in a program's files, for whoever has no type checker.

Law: a call is handed on only where the text tells which task it means, for certain; every other one is counted with its
reason. It judges nothing.
"""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from celery_registry.contract.calls import TaskCall
from celery_registry.contract.errbacks import given_to_errback
from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin
from celery_registry.contract.usage import Given, MemberAsName, RunHere
from celery_registry.source.call_sites import CallSite, meant_method, read_call_sites
from celery_registry.source.discovery import AUTODISCOVER, Discovery, read_discoveries, undiscovered
from celery_registry.source.fullnames import ON_COMMIT_FULLNAME
from celery_registry.source.json_by_default import says_json
from celery_registry.source.model import How
from celery_registry.source.no_tasks import NoTasks
from celery_registry.source.preceding import PARTIAL, Before, Preceding
from celery_registry.source.receivers import Receivers, Unseen
from celery_registry.source.single_values import SingleValues
from celery_registry.source.usage import TaskBodies, crontabs, returns_nothing, sent_by
from celery_registry.source.written_calls import WrittenCall
from celery_registry.source.written_types import WrittenTypes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from celery_registry.contract.usage import Crontab, Sent, Undiscovered, Unsent
    from celery_registry.source.finder import Finder
    from celery_registry.source.index import SourceIndex
    from celery_registry.source.local_values import LocalValues
    from celery_registry.source.model import Registration

__all__ = ["Caller", "Calls", "read_calls"]

# A file without one of these holds no call of a task.
_WORDS = (
    b".delay",
    b".apply",
    b".s(",
    b".si(",
    b"send_task",
    b"ignature(",
    b"subtask(",
    b".retry(",
    b".starmap(",
    b".chunks(",
)
_CRONTAB = b"crontab("
#: ``strict_typing`` that may be anything but Celery's default.
_LOOSE: Final = re.compile(rb"strict_typing(?!\s*=\s*True\s*[,)#\r\n]|['\"]\s*:\s*True\s*[,}])")
#: ``typing`` of a task, which is the same for that alone, wherever it is written: a class, an option, an annotation.
_TYPING: Final = re.compile(rb"\btyping['\"]?\]?\s*[=:](?!=)|['\"]typing['\"]\s*,|\b__header__\b")
_NOT_PARSED = "this Python cannot parse the file, so none of its calls is known"
_SENT = frozenset({"delay", "delay_on_commit", "apply_async", "apply_async_on_commit", "send_task"})
_SIGNATURES = PARTIAL | {"si"}


@dataclass(frozen=True)
class Caller:
    """A place that calls a known task.

    ``task`` is its name, else the dotted name of what runs. ``method`` is empty for ``task(...)``; ``by_name`` where the
    call names the task. ``inside`` is the function around it, as a qualified name. ``unchecked`` says why the call is held
    to nothing, None where it is one of ``Calls.calls``. ``after`` is what runs before it in a canvas.
    """

    task: str
    origin: Origin
    module: str
    inside: str
    method: str
    by_name: bool = False
    unchecked: str | None = None
    after: tuple[Before, ...] = ()

    @property
    def kind(self) -> str:
        """``retry``, ``name`` where the call names the task, ``signature`` for ``s`` and its like, else ``call``."""
        if self.method == "retry":
            return "retry"
        return "name" if self.by_name else "signature" if self.method in _SIGNATURES else "call"


@dataclass
class Calls:
    """``calls`` are those that can be judged; ``unseen`` counts the others, by reason.

    ``callers`` are the calls whose task is known, by module and place: each of ``calls``, and those of a task whose
    parameters nobody can tell. ``sent`` are the sends of such tasks whose result is waited for, ``given`` the values of
    a certain type that are sent as JSON, if Celery's default holds where not ``says_json``, ``run_here`` the tasks that are called where they were to be sent,
    ``unsent`` are calls of a task's method
    on what has none, ``addressed`` are the names that calls write, each with its place;
    ``members`` those whose name Celery takes instead, ``crontabs`` the calls of Celery's ``crontab``, ``undiscovered`` the modules of tasks that autodiscovery misses.
    ``parsed`` are the modules that were read for this, ``too_deep`` those whose calls were not. ``shapes`` are calls that no parameters can be held to, where they
    are wrong for any.
    """

    calls: list[TaskCall] = field(default_factory=list)
    shapes: list[TaskCall] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    addressed: list[tuple[str, Origin]] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    says_json: bool = False
    run_here: list[RunHere] = field(default_factory=list)
    unsent: list[Unsent] = field(default_factory=list)
    members: list[MemberAsName] = field(default_factory=list)
    crontabs: list[Crontab] = field(default_factory=list)
    undiscovered: list[Undiscovered] = field(default_factory=list)
    unseen: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[Origin]] = field(default_factory=dict)
    parsed: set[str] = field(default_factory=set)
    too_deep: set[str] = field(default_factory=set)


def read_calls(index: SourceIndex, finder: Finder) -> Calls:
    """Every call of a task in the program's own files; test code is left out."""
    found = Calls()
    # The index names a file that it cannot read.
    read = {m: index.contents.text(file.path) for m, file in index.modules.items() if index.is_production(m)}
    texts = {module: text or b"" for module, text in read.items()}
    # Celery then holds nobody to a number of arguments; which application says so is not asked.
    loose = any(_LOOSE.search(text) for text in texts.values())
    discoveries: list[Discovery] = []
    json = False if None in read.values() else says_json(texts)
    types, found.says_json = None if json is False else WrittenTypes(finder.names, index.contents), json is True
    strict = not loose and None not in read.values() and not any(_TYPING.search(text) for text in texts.values())
    receivers, bodies = Receivers(index, finder, loose, strict=strict), TaskBodies(index, finder)
    no_tasks = NoTasks(index, finder.names, receivers, texts)
    for module, text in texts.items():
        file = index.modules[module]
        wanted = any(word in text for word in (*_WORDS, _CRONTAB, AUTODISCOVER)) or receivers.may_be_called(text)
        tree = index.contents.tree(file.path) if wanted else None
        if tree is None:
            if wanted and any(word in text for word in _WORDS):
                # Of a newer Python: what registers is read piece by piece, its calls are not.
                found.unseen[_NOT_PARSED] += 1
                found.places.setdefault(_NOT_PARSED, []).append(Origin(file.path, 1))
            continue
        found.parsed.add(module)
        if _CRONTAB in text:
            found.crontabs += crontabs(tree, module, file.path, finder)
        if AUTODISCOVER in text:
            discoveries += read_discoveries(tree, module, file.path)
        singles = SingleValues(tree, text)
        preceding = Preceding(receivers)
        try:
            sites = list(read_call_sites(tree, text, module, file.is_package, receivers.called_names))
        except RecursionError:
            # Python parses what takes more frames to be walked through than it gives.
            found.too_deep.add(module)
            continue
        for site in sites:
            if isinstance(site.node.func, ast.Name) and site.method and not receivers.names_its_task(site):
                # Another's ``signature(...)``.
                site = site._replace(method="", name=None)
            if site.partial is not None:
                if not receivers.is_called_by(site.partial, "functools.partial", site):
                    continue
                alone = site.alone is not None and receivers.is_called_by(site.alone, ON_COMMIT_FULLNAME, site)
                site = site._replace(alone=site.alone if alone else None)
            if site.canvas and not receivers.is_canvas(site):
                site = site._replace(complete=False, fed=False)
            origin = Origin(file.path, site.node.lineno, site.node.col_offset)
            member = receivers.member_of(site) if receivers.names_its_task(site) else None
            if member is not None:
                found.members.append(MemberAsName(*member, origin))
            if receivers.names_its_task(site) and (addressed := receivers.name_of(site)) is not None:
                at = (
                    site.node.args[0]
                    if site.node.args
                    else next(k.value for k in site.node.keywords if k.arg == "name")
                )
                found.addressed.append((addressed, Origin(file.path, at.lineno, at.col_offset)))
            if meant_method(site.method) is not None:
                found.unsent += no_tasks.misspelt(site, origin)
                continue
            found.unsent += no_tasks.refused(site, origin)
            try:
                registration, callee, by_name = receivers.task_of(module, site)
            except Unseen as reason:
                ran = receivers.run_here(site) if site.method in _SENT else None
                if ran is not None and returns_nothing(index, ran[0]):
                    found.run_here.append(RunHere(ran[0].label or ran[1], ran[1], site.method, origin))
                    continue
                if reason.text:
                    found.unseen[reason.text] += 1
                    found.places.setdefault(reason.text, []).append(origin)
                if not reason.meant and (unsent := no_tasks.of(module, site, origin)) is not None:
                    found.unsent.append(unsent)
                found.shapes += _shape(site, reason, receivers, origin, singles)
                meant = {r.label for r in reason.meant}
                if len(meant) == 1 and (name := meant.pop()) is not None:
                    by_name = receivers.names_its_task(site)
                    found.callers.append(Caller(name, origin, module, site.inside, site.method, by_name, reason.text))
                    preceding.add(site, name, reason.meant, len(found.callers) - 1)
                    # Of a class of its own nobody knows what a call gives.
                    if reason.text.startswith("the parameters cannot be read"):
                        found.sent += sent_by(site, reason.meant[0], module, origin, bodies)
                continue
            found.sent += sent_by(site, registration, module, origin, bodies)
            own_options = None if by_name else receivers.own_options(registration)
            signature, is_text = receivers.plain_types(registration), functools.partial(receivers.is_text, site)
            time_of = functools.partial(receivers.time_of, site)
            call = WrittenCall(
                site, registration, callee, by_name, origin, signature, singles, is_text, time_of, own_options
            ).read()
            if call is not None and site.method == "s" and receivers.is_errback(site):
                call = replace(call, given=_given_to(call, registration))
            if call is not None:
                if call.unmapped is not None and not receivers.is_sent_by_celery(site, registration):
                    call = replace(call, unmapped=None)
                found.calls.append(call)
                if types is not None and _is_sent(site, registration):
                    found.given += _given(call, module, types, singles.places)
            why = None if call is not None else "its arguments are unpacked into the call"
            caller = Caller(registration.label or callee, origin, module, site.inside, site.method, by_name, why)
            found.callers.append(caller)
            preceding.add(site, caller.task, [registration], len(found.callers) - 1)
        for place, after in preceding.joined():
            found.callers[place] = replace(found.callers[place], after=after)
    if index.reads_everything:
        found.undiscovered += undiscovered(index, discoveries, texts)
    return found


def _given_to(errback: TaskCall, registration: Registration) -> tuple[int, ...]:
    signature = errback.signature
    if signature.parameters is None:
        return ()
    bound = None if registration.how is How.TASK_CLASS else registration.bind
    has_own = bool(errback.positional or errback.keywords)
    any_number = signature.var_positional is not None
    return given_to_errback(len(signature.positional), any_number=any_number, has_own=has_own, bound=bound)


def _is_sent(site: CallSite, registration: Registration) -> bool:
    """Whether a call sends what it is given, in the serializer of the application."""
    keywords = {keyword.arg for keyword in site.node.keywords}
    chosen = site.method not in ("delay", "delay_on_commit") and ({"serializer", None} & keywords)
    return site.method in _SENT and not chosen and registration.serializer is None and not registration.pydantic


def _shape(
    site: CallSite, reason: Unseen, receivers: Receivers, origin: Origin, singles: SingleValues
) -> Iterator[TaskCall]:
    """The call of a task whose parameters nobody knows, where what Celery's method is given is wrong for any."""
    registration = reason.meant[0] if len(reason.meant) == 1 else None
    if registration is None or not receivers.is_sent_by_celery(site, registration):
        return
    callee, by_name = (
        (registration.target or registration.label or "").rpartition(".")[2],
        receivers.names_its_task(site),
    )
    is_text = functools.partial(receivers.is_text, site)
    time_of = functools.partial(receivers.time_of, site)
    written = WrittenCall(site, registration, callee, by_name, origin, TaskSignature(None), singles, is_text, time_of)
    call = written.misshapen()
    if call is not None:
        yield call


def _given(call: TaskCall, module: str, types: WrittenTypes, places: LocalValues) -> Iterator[Given]:
    parameters = call.signature.positional
    names = {i: parameters[i].name if i < len(parameters) else None for i in range(len(call.positional))}
    pairs = [(names[i] or f"argument {i + 1}", value) for i, value in enumerate(call.positional)]
    for name, value in [*pairs, *call.keywords.items()]:
        place = places.at(value.origin.line, value.origin.column)
        type = None if place is None else types.of(module, place)
        if type is not None:
            yield Given(call.task, name, type, value.origin)
