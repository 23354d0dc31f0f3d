"""The settings that a project needs, in the files where its tools look for them.

Law: a file's text in, its new text out; what is already there stays as it is, comments and layout included.
Nothing is written here. Sources: each tool's own documentation of its configuration file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from celery_registry.errors import ConfigurationError

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

__all__ = ["PLUGIN", "STUBS", "add_editor_settings", "add_hooks", "add_mypy_ini", "add_mypy_toml", "read_toml"]

PLUGIN: Final = "celery_registry.mypy"
STUBS: Final = "typeshed_overrides"
_EXCLUDE: Final = f"^{STUBS}/"

#: What pyright excludes where nothing is said; an environment it knows by itself only then.
_PYRIGHT_DEFAULTS: Final = ("**/node_modules", "**/__pycache__", "**/.*", "**/site-packages")

_HOOKS: Final = (
    ("celery-registry-stubs", "editor stubs are fresh", "celery-registry stubs --check"),
    ("celery-registry-check", "the task registry agrees with the tasks", "celery-registry check --static"),
)


def read_toml(text: str, name: str) -> TOMLDocument:
    """Parse a TOML file, keeping its layout.

    Raises ``ConfigurationError`` where tomlkit is not installed or the text is not TOML.
    """
    try:
        import tomlkit
        from tomlkit.exceptions import ParseError
    except ModuleNotFoundError:
        raise ConfigurationError(
            'init edits TOML with the package tomlkit: install "celery-registry[editors]"'
        ) from None
    try:
        return tomlkit.parse(text)
    except ParseError as error:
        raise ConfigurationError(f"{name}: is not valid TOML: {error}") from None


# -- pyproject.toml ----------------------------------------------------------------------------------------------------


def add_editor_settings(
    document: TOMLDocument, source: str, *, own_stubs: bool = False, bases: Sequence[str] = ()
) -> None:
    """Tell pyright, basedpyright, ty, pyrefly and zuban where the stubs are; ``source`` is the directory of the code.

    ``bases`` are other directories that modules are imported from: a stub alone is no module to pyright.

    pyright sees the stubs of a partial package among the package's own files, and would check each of them: they are
    excluded, unless the project has ``own_stubs`` there.
    """
    # basedpyright reads [tool.pyright] too, and refuses a file that has both.
    pyright = _table(document, "tool", "basedpyright" if _has(document, "tool", "basedpyright") else "pyright")
    pyright.setdefault("stubPath", STUBS)
    if not own_stubs:
        stubs = "**/*.pyi" if source == "." else f"{source}/**/*.pyi"
        _extend(pyright, "exclude", [stubs] if "exclude" in pyright else [*_PYRIGHT_DEFAULTS, stubs])
    if bases and "executionEnvironments" not in pyright:
        # Where nothing is said pyright tries src by itself, and only then.
        _extend(pyright, "extraPaths", [*([] if source == "." else [source]), *bases])
    _extend(_table(document, "tool", "ty", "environment"), "extra-paths", [STUBS, *bases])
    _extend(_table(document, "tool", "pyrefly"), "search-path", [STUBS, *bases, source], first=STUBS)
    _extend(_table(document, "tool", "zuban"), "mypy_path", [source, *bases, STUBS])


def add_mypy_toml(document: TOMLDocument, source: str) -> None:
    """The plugin and the exclusion in ``[tool.mypy]``."""
    mypy = _table(document, "tool", "mypy")
    if not mypy and source != ".":
        mypy["mypy_path"] = source
    plugins = mypy.get("plugins")
    if isinstance(plugins, str):
        names = [name.strip() for name in plugins.split(",") if name.strip()]
        if PLUGIN not in names:
            mypy["plugins"] = ", ".join([*names, PLUGIN])
    else:
        _extend(mypy, "plugins", [PLUGIN])
    exclude = mypy.get("exclude")
    if isinstance(exclude, str):
        if STUBS not in exclude:
            mypy["exclude"] = _either(exclude)
    elif not any(STUBS in str(pattern) for pattern in exclude or ()):
        _extend(mypy, "exclude", [_EXCLUDE])


def _has(document: Mapping[str, Any], *path: str) -> bool:
    here: Any = document
    for name in path:
        if not isinstance(here, Mapping) or name not in here:
            return False
        here = here[name]
    return True


def _table(document: TOMLDocument, *path: str) -> Any:
    """The table at a path, made where it is missing."""
    import tomlkit

    here: Any = document
    for number, name in enumerate(path):
        if name not in here:
            # Only the last table gets a header of its own: [tool.ty.environment] needs no [tool.ty].
            here[name] = tomlkit.table(is_super_table=number < len(path) - 1)
        here = here[name]
        if not isinstance(here, Mapping):
            raise ConfigurationError(f"pyproject.toml: {'.'.join(path[: number + 1])} must be a table")
    return here


def _extend(table: Any, key: str, wanted: Sequence[str], *, first: str | None = None) -> None:
    """Add what a list lacks; a list that is there keeps its order, and only ``first`` goes before it."""
    present = table.get(key)
    if present is None:
        import tomlkit

        array = tomlkit.array()
        array.extend(dict.fromkeys(wanted))
        table[key] = array
        return
    if not isinstance(present, list):
        raise ConfigurationError(f"pyproject.toml: {key} must be a list")
    missing = [item for item in wanted if item not in present]
    # What else the user searches is theirs to say.
    for item in missing if first is None else [item for item in missing if item == first]:
        if item == first:
            present.insert(0, item)
        else:
            present.append(item)


def _either(pattern: str) -> str:
    return f"(?:{pattern})|{_EXCLUDE}" if pattern.strip() else _EXCLUDE


# -- mypy.ini and setup.cfg --------------------------------------------------------------------------------------------

_SECTION: Final = re.compile(r"^\[mypy\][^\n]*\n?", re.MULTILINE)


def add_mypy_ini(text: str) -> tuple[str, list[str]]:
    """The plugin and the exclusion in ``[mypy]``, line by line; returns the text and what is left to the user."""
    header = _SECTION.search(text)
    if header is None:
        separator = "" if not text or text.endswith("\n\n") else ("\n" if text.endswith("\n") else "\n\n")
        return f"{text}{separator}[mypy]\nplugins = {PLUGIN}\nexclude = {_EXCLUDE}\n", []
    following = re.compile(r"^\[", re.MULTILINE).search(text, header.end())
    end = len(text) if following is None else following.start()
    body = text[header.end() : end]
    left: list[str] = []
    plugins = _value(body, "plugins")
    if plugins is None:
        body = f"plugins = {PLUGIN}\n{body}"
    elif PLUGIN not in re.split(r"[,\s]+", plugins[2]):
        # The new name follows the last one, on its own line where the value has several.
        start, stop, value = plugins
        kept = value.rstrip().rstrip(",")
        indent = re.search(r"\n([ \t]+)\S[^\n]*$", kept)
        joined = f"{kept},\n{indent[1]}{PLUGIN}" if indent else f"{kept}, {PLUGIN}"
        if kept.strip() == "":
            joined = f" {PLUGIN}"
        body = f"{body[:start]}{joined}\n{body[stop:]}"
    exclude = _value(body, "exclude")
    if exclude is None:
        body = f"{body.rstrip()}\nexclude = {_EXCLUDE}\n" + ("\n" if following else "")
    elif STUBS not in exclude[2]:
        start, stop, value = exclude
        if "\n" in value.strip():
            left.append(f"add |{_EXCLUDE} to exclude in the section [mypy]")
        else:
            body = f"{body[:start]} {_either(value.strip())}\n{body[stop:]}"
    return text[: header.end()] + body + text[end:], left


def _value(body: str, key: str) -> tuple[int, int, str] | None:
    """Where the value of a key begins and ends in a section, continuation lines included, and the value."""
    found = re.compile(rf"^{key}[ \t]*[=:]((?:[^\n]*)(?:\n[ \t]+[^\n]*)*)\n?", re.MULTILINE).search(body)
    return None if found is None else (found.start(1), found.end(), found[1])


# -- .pre-commit-config.yaml -------------------------------------------------------------------------------------------


def add_hooks(text: str, *, stubs: bool = True) -> tuple[str, list[str]]:
    """The hooks that are missing, appended as text; returns the text and what is left to the user.

    Without ``stubs`` there is none for them.
    """
    wanted = _HOOKS if stubs else _HOOKS[1:]
    missing = [hook for hook in wanted if not re.search(rf"^\s*-\s+id:\s*['\"]?{hook[0]}\b", text, re.MULTILINE)]
    if not missing:
        return text, []
    if not text.strip():
        return "repos:\n" + _hook_block(missing, ""), []
    keys = re.findall(r"^([\w-]+):", text, re.MULTILINE)
    items = re.findall(r"^([ ]*)- repo:", text, re.MULTILINE)
    # Only where the list of repositories ends the file is its end the place to write.
    if not keys or keys[-1] != "repos" or not items or len(set(items)) != 1 or "\t" in text:
        block = _hook_block(missing, "")
        return text, [f"add this to repos in .pre-commit-config.yaml:\n{block}"]
    return text.rstrip("\n") + "\n" + _hook_block(missing, items[0]), []


def _hook_block(hooks: Sequence[tuple[str, str, str]], indent: str) -> str:
    lines = ["- repo: local", "  hooks:"]
    for identity, name, entry in hooks:
        lines += [f"  - id: {identity}", f"    name: {name}", f"    entry: {entry}", "    language: system"]
        lines += ["    types: [python]", "    pass_filenames: false"]
    return "".join(f"{indent}{line}\n" for line in lines)
