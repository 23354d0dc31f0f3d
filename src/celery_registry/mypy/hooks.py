"""The plugin: a name of ours or not, and nothing else.

Law: no verdict before a name has matched, and no second look at a name; mypy asks here about every expression.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from mypy.nodes import TypeInfo
from mypy.plugin import Plugin
from mypy.version import __version__ as mypy_version

from celery_registry import __version__
from celery_registry.mypy.facts.last_run import read_last_run, settings_stamps_of, stamps_of, write_last_run
from celery_registry.mypy.facts.roots import stamp_of
from celery_registry.mypy.method_owners import MethodOwners, method_of
from celery_registry.source import fullnames

if TYPE_CHECKING:
    from mypy.nodes import MypyFile
    from mypy.options import Options
    from mypy.plugin import (
        AnalyzeTypeContext,
        AttributeContext,
        FunctionContext,
        FunctionSigContext,
        MethodContext,
        MethodSigContext,
        ReportConfigContext,
    )
    from mypy.types import FunctionLike, Type

    from celery_registry.mypy.digests import ModuleDigests
    from celery_registry.mypy.facts.last_run import Digests, LastRun
    from celery_registry.mypy.facts.program import Program
    from celery_registry.mypy.facts.roots import Stamp
    from celery_registry.mypy.handlers import Handlers
    from celery_registry.mypy.metadata import Metadata
    from celery_registry.settings import Settings

__all__ = ["CeleryRegistryPlugin"]


#: Of no file: a record with it holds for no run.
_NO_STAMP = (-1, -1)


class CeleryRegistryPlugin(Plugin):
    """What mypy loads for ``plugins = celery_registry.mypy``."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._options = options
        self._last = read_last_run(options)
        self._digests: Digests | None = None
        self._files: dict[str, Stamp | None] | None = None
        if self._last is not None:
            self._files = stamps_of(options)
            if self._files == self._last.files and None not in self._files.values():
                self._digests = self._last.digests(options)
        digest = self._settings.digest() if self._last is None else self._last.settings
        # mypy's cache and its daemon depend on this name, which they read after they have made the plugin.
        sys.modules["celery_registry.mypy"].__dict__["__version__"] = f"{__version__}+{digest}"
        if self._digests is None:
            # What the last run read is still there: so are the names that it looked up.
            self._refuse_misnamed()
        self._loaded: Handlers | None = None
        self._owners = MethodOwners(self.lookup_fully_qualified, lambda: self._modules or {})
        # mypy asks about the same names a hundred thousand times. What stands on the object is asked before the
        # methods of its class, and a dictionary answers without a frame of Python's.
        # In the daemon a class may inherit from Celery's today and not tomorrow.
        in_daemon = options.fine_grained_incremental
        # So may a function take a task tomorrow that takes none today.
        self._answer_once("get_method_signature_hook", _may_change if in_daemon else _never)
        self._answer_once("get_function_signature_hook", _may_change if in_daemon else _never)
        self._answer_once("get_method_hook", _may_change if in_daemon else _never)
        self._answer_once("get_function_hook", _may_change if in_daemon else _never)
        self._answer_once("get_type_analyze_hook", fullnames.DECLARED_FULLNAMES.__contains__)

    def _answer_once(self, hook: str, changing: Callable[[str], bool] | None = None) -> None:
        self.__dict__[hook] = _Answers(getattr(self, hook), changing or _never).__getitem__

    @functools.cached_property
    def _settings(self) -> Settings:
        from celery_registry.settings import is_as_read

        self._settings_stamps = settings_stamps_of(self._options)  # Before the files are read.
        settings = _read(self._options)
        for path, digest in zip(settings.locks, settings.contract_digests, strict=True):
            stamp = stamp_of(path)
            # Which locks there are is known after they have been read: one may have changed since.
            self._settings_stamps[path] = stamp if is_as_read(path, digest) else _NO_STAMP
        return settings

    @functools.cached_property
    def _program(self) -> Program:
        from celery_registry.mypy.facts.program import Program

        settled = None if self._digests is None else self._digests.settled
        return Program(
            self._options, self._settings, self._files, settled, lambda: self._modules or {}, self._forget_properties
        )

    def _refuse_misnamed(self) -> None:
        """Names in the settings that name nothing are one line, and no run."""
        settings = self._settings
        named = {"registry": settings.registry, "names": settings.names}
        if not any((*named.values(), settings.injected_parameters)):
            return
        from celery_registry.source.setting_names import misnamed_settings

        try:
            misnamed = misnamed_settings(
                self._program.index, named, settings.injected_parameters, self._program.settled
            )
            text = next(misnamed, None)
        except Exception:  # Nothing of ours ends mypy.
            return
        if text is not None:
            print(settings.mistake(text), file=sys.stderr)
            raise SystemExit(2)

    def _forget_properties(self) -> None:
        self.__dict__.pop("get_attribute_hook", None)

    @functools.cached_property
    def _module_digests(self) -> ModuleDigests:
        from celery_registry.mypy.digests import ModuleDigests

        settings = self._settings
        return ModuleDigests(self._program, self._last, self._keep, settings.holds_payloads, settings.names)

    @functools.cached_property
    def _metadata(self) -> Metadata:
        from celery_registry.mypy.metadata import Metadata

        return Metadata(self._program, self._module_digests)

    def _keep(self, run: LastRun) -> None:
        """Spare the next run the index, if nothing changes until then."""
        with contextlib.suppress(OSError):
            write_last_run(self._options, self._settings_stamps, run._replace(settings=self._settings.digest()))

    @property
    def _handlers(self) -> Handlers:
        if self._loaded is None:
            try:
                from celery_registry.mypy.handlers import Handlers

                self._loaded = Handlers(self._program, self._settings)
            except Exception as error:  # a name that another release of mypy does not have
                _refuse(self._options, error)
        return self._loaded

    def report_config_data(self, ctx: ReportConfigContext) -> object:
        """What a module's cached result depends on besides its text."""
        try:
            if self._digests is not None and self._digests.agrees(ctx.id, ctx.path):
                return self._digests.of(ctx.id, ctx.path)
            self._meet(ctx.id, ctx.path)
            return self._module_digests.of(ctx.id, ctx.path)
        except Exception:  # A module that we cannot describe is one that we do not check either.
            return None

    def _meet(self, module: str, path: str) -> None:
        """Of two files for one module mypy's counts, whatever the last run, or this one until now, took for it."""
        # What is known from before is another run's.
        if self._program.meet(module, path, anew=self._program.is_daemon or self._digests is not None):
            self._digests = None

    def get_additional_deps(self, file: MypyFile) -> list[tuple[int, str, int]]:
        """The modules that implement what a module names."""
        try:
            if self._program.is_daemon:
                self._program.refresh(file.path)
            self._meet(file.fullname, file.path)
            return self._metadata.additional_deps(file)
        except Exception:  # mypy does not survive one here
            return []

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        """``Task[...]`` in an annotation."""
        if fullname not in fullnames.DECLARED_FULLNAMES or self._handlers.annotation.busy:
            return None
        return self._handlers.task_type

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """Those of one method; then handlers by the method's own name on whatever inherits from ``Task``."""
        if fullname.startswith(("celery.", "celery_registry.testing.")):
            exact = self._handlers.exact_signatures.get(fullname)
            if exact is not None:
                return exact
        if method_of(fullname) in fullnames.APPLICATION_METHODS and self._owners.is_of_application(fullname):
            return self._handlers.exact_signatures.get(f"{fullnames.CELERY_FULLNAME}.{method_of(fullname)}")
        if _is_call(fullname) and self._owners.is_of_task(fullname):
            return self._handlers.method_signatures.get(method_of(fullname))
        try:
            return self._handlers.callback if self._may_take_tasks(fullname) else None
        except Exception:  # mypy does not survive one here
            return None

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """As above; a method called ``signature`` is the application's before it is a task's."""
        if fullname.startswith(("celery.", "celery_registry.")):
            exact = self._handlers.exact_methods.get(fullname)
            if exact is not None:
                return exact
        if method_of(fullname) in fullnames.APPLICATION_METHODS and self._owners.is_of_application(fullname):
            return self._handlers.exact_methods.get(f"{fullnames.CELERY_FULLNAME}.{method_of(fullname)}")
        if self._owners.makes_own_tasks(fullname):
            return self._handlers.own_tasks
        if _is_call(fullname) and self._owners.is_of_task(fullname):
            return self._handlers.methods.get(method_of(fullname))
        return self._handlers.made if self._is_unseen(fullname) else None

    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        """The properties of registries, and what a group's result has of its members."""
        try:
            names = self._program.property_names
            if not self._program.is_daemon:
                # Between the runs of a daemon a class may become a registry, or cease to be one.
                answers = dict.fromkeys(names, self._handlers.property if names else None)
                answers.update(dict.fromkeys(fullnames.RESULT_ATTRIBUTES, self._result_attribute))
                answers[fullnames.REQUEST_CHAIN_FULLNAME] = self._request_attribute
                self.__dict__["get_attribute_hook"] = answers.get
            if fullname in fullnames.RESULT_ATTRIBUTES:
                return self._result_attribute
            if fullname == fullnames.REQUEST_CHAIN_FULLNAME:
                return self._request_attribute
            return self._handlers.property if fullname in names else None
        except Exception:  # mypy does not survive one here
            return None

    def _result_attribute(self, context: AttributeContext) -> Type:
        found: Type = self._handlers.result_attribute(context)
        return found

    def _request_attribute(self, context: AttributeContext) -> Type:
        found: Type = self._handlers.request_attribute(context)
        return found

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Handlers of exactly one function."""
        if fullname.startswith("celery."):
            return self._handlers.function_signatures.get(fullname)
        try:
            return self._handlers.callback if self._may_take_tasks(fullname) else None
        except Exception:  # mypy does not survive one here
            return None

    def _may_take_tasks(self, fullname: str) -> bool:
        """Whether a function takes callables or tasks, or is a name that may be a task's method."""
        if fullname.startswith(("celery.", *fullnames.OTHERS)):
            return False
        # What it calls must be complete, whoever made the task.
        has_tasks = self._program.has_application_tasks or method_of(fullname) == "on_commit"
        if not has_tasks and not self._program.property_names:
            return False
        module, _, name = fullname.rpartition(".")
        if not module:
            # A local name has no other.
            return has_tasks
        from celery_registry.mypy.checks.callbacks import is_method_of_task, takes_callables

        symbol = self.lookup_fully_qualified(fullname)
        if symbol is None:
            owner = self.lookup_fully_qualified(module)
            symbol = owner.node.get(name) if owner is not None and isinstance(owner.node, TypeInfo) else None
        # A registry's task loses the names of its parameters in an attribute.
        return symbol is not None and (is_method_of_task(symbol.node) or (has_tasks and takes_callables(symbol.node)))

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Handlers of exactly one function."""
        if fullname.startswith(("celery.", "celery_registry.")) or fullname == "functools.partial":
            return self._handlers.functions.get(fullname)
        return self._handlers.made if self._is_unseen(fullname) else None

    def _is_unseen(self, fullname: str) -> bool:
        """Whether a function of the program's own makes applications or tasks."""
        if fullname.startswith(fullnames.OTHERS):
            return False
        try:
            from celery_registry.mypy.facts.unseen import unseen_functions

            return fullname in unseen_functions(self._program)
        except Exception:  # mypy does not survive one here
            return False


class _Answers(dict[str, Any]):
    """Name -> what the method of the plugin says of it, asked once for a name that is not ``changing``."""

    def __init__(self, ask: Callable[[str], Any], changing: Callable[[str], bool]) -> None:
        super().__init__()
        self._ask = ask
        self._changing = changing

    def __missing__(self, name: str) -> Any:
        answer = self._ask(name)
        if not self._changing(name):
            self[name] = answer
        return answer


def _is_call(fullname: str) -> bool:
    """Whether a method has the name of one that is hooked on whatever inherits from ``Task``."""
    return method_of(fullname) in fullnames.CALLS


def _may_change(fullname: str) -> bool:
    """Whether a name is the user's, or that of a method that is hooked on whatever inherits from ``Task``."""
    return _is_call(fullname) or not fullname.startswith(("celery.", *fullnames.OTHERS))


def _never(fullname: str) -> bool:
    return False


def _refuse(options: Options, error: Exception) -> NoReturn:
    """End the run in one line where nothing can be checked at all, as with a mypy that has other names than we know."""
    if options.show_traceback:
        traceback.print_exception(error)
    reason = f"{type(error).__name__}: {error}"
    print(
        f"celery-registry {__version__} cannot work with mypy {mypy_version}: {reason}; please report it",
        file=sys.stderr,
    )
    raise SystemExit(2) from None


def _read(options: Options) -> Settings:
    """The user's settings; a mistake in them is one line, and no run."""
    from celery_registry.errors import ConfigurationError
    from celery_registry.settings import read_settings

    try:
        return read_settings(options.config_file)
    except ConfigurationError as error:
        # mypy shows a traceback of its own for every other exception in a plugin's constructor.
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
