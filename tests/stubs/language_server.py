"""A language server driven as an editor drives it: JSON-RPC over standard input and output.

Law: it asks and returns answers as text. What an answer should be is the tests' business.
Source: Language Server Protocol 3.17, *Base Protocol* and *Language Features*.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final

__all__ = ["SERVERS", "LanguageServer"]

_SCRIPTS: Final = sysconfig.get_path("scripts")

#: Server -> its command line.
SERVERS: Final[Mapping[str, Sequence[str]]] = {
    "pyright": ("pyright-langserver", "--stdio"),
    "ty": ("ty", "server"),
    "pyrefly": ("pyrefly", "lsp"),
}

_TIMEOUT_SECONDS: Final = 60


class LanguageServer:
    """One server on one project; use it as a context manager."""

    def __init__(self, name: str, project: Path) -> None:
        self._project = project
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        self._texts: dict[str, str] = {}
        self._next = 0
        program, *arguments = SERVERS[name]
        self._process = subprocess.Popen(
            [os.path.join(_SCRIPTS, program), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=project,
            env={**os.environ, "PATH": os.pathsep.join((_SCRIPTS, os.environ["PATH"])), "VIRTUAL_ENV": sys.prefix},
        )
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def __enter__(self) -> LanguageServer:
        root = self._project.as_uri()
        self._ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": root,
                "workspaceFolders": [{"uri": root, "name": self._project.name}],
                "capabilities": {
                    "textDocument": {
                        "hover": {"contentFormat": ["plaintext"]},
                        "signatureHelp": {
                            "signatureInformation": {"parameterInformation": {"labelOffsetSupport": True}}
                        },
                        "completion": {"completionItem": {"snippetSupport": False}},
                        "definition": {"linkSupport": False},
                        "publishDiagnostics": {},
                    },
                    "workspace": {"configuration": True, "workspaceFolders": True},
                },
            },
        )
        self._tell("initialized", {})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._ask("shutdown", None)
            self._tell("exit", None)
            self._process.wait(10)
        except Exception:
            if kind is None:
                raise
        finally:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                assert pipe is not None
                pipe.close()
            self._thread.join(10)

    # -- what an editor asks ----------------------------------------------------------------------------------------

    def open(self, name: str, text: str) -> None:
        """Open a document that need not be on disk; its name is relative to the project."""
        uri = (self._project / name).as_uri()
        self._texts[name] = text
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": item})

    def hover(self, name: str, at: str) -> str:
        """The hover text over the last character of the first ``at``."""
        answer = self._ask("textDocument/hover", self._place(name, at, -1)) or {"contents": ""}
        contents = answer["contents"]
        return contents if isinstance(contents, str) else str(contents["value"])

    def signatures(self, name: str, after: str) -> list[str]:
        """The signatures offered behind the first ``after``."""
        answer = self._ask("textDocument/signatureHelp", self._place(name, after)) or {"signatures": []}
        return [signature["label"] for signature in answer["signatures"]]

    def completions(self, name: str, after: str) -> list[str]:
        """The labels offered behind the first ``after``."""
        answer = self._ask("textDocument/completion", self._place(name, after)) or []
        items = answer["items"] if isinstance(answer, dict) else answer
        return [item["label"] for item in items]

    def definitions(self, name: str, at: str) -> list[tuple[str, int]]:
        """Files, relative to the project where they are in it, and lines from 1 that ``at``'s last name leads to."""
        answer = self._ask("textDocument/definition", self._place(name, at, -1)) or []
        found = []
        for item in [answer] if isinstance(answer, dict) else answer:
            path = Path(item.get("uri", item.get("targetUri")).removeprefix("file://"))
            inside = path.relative_to(self._project) if path.is_relative_to(self._project) else path
            start = item.get("range", item.get("targetSelectionRange"))["start"]
            found.append((inside.as_posix(), start["line"] + 1))
        return found

    def diagnostics(self, name: str) -> list[str]:
        """What the editor underlines: ``line: message``, asked for, or as the server has published it."""
        uri = (self._project / name).as_uri()
        answer = self._ask("textDocument/diagnostic", {"textDocument": {"uri": uri}}, may_fail=True)
        items = self._published(uri) if answer is None else answer["items"]
        return [f"{item['range']['start']['line'] + 1}: {item['message']}" for item in items]

    def _published(self, uri: str) -> list[dict[str, Any]]:
        # Any answered request shows that earlier notifications are through; the analysis may still run.
        for _ in range(_TIMEOUT_SECONDS * 5):
            if self._diagnostics.get(uri):
                break
            threading.Event().wait(0.2)
        return self._diagnostics.get(uri, [])

    # -- the protocol ------------------------------------------------------------------------------------------------

    def _place(self, name: str, text: str, shift: int = 0) -> dict[str, Any]:
        before = self._texts[name][: self._texts[name].index(text) + len(text) + shift]
        line = before.count("\n")
        position = {"line": line, "character": len(before) - (before.rfind("\n") + 1)}
        return {"textDocument": {"uri": (self._project / name).as_uri()}, "position": position}

    def _ask(self, method: str, params: object, *, may_fail: bool = False) -> Any:
        self._next += 1
        self._send({"id": self._next, "method": method, "params": params})
        while True:
            answer = self._answers.get(timeout=_TIMEOUT_SECONDS)
            if answer.get("id") != self._next:
                continue
            if "error" in answer:
                if may_fail:
                    return None
                raise AssertionError(f"{method}: {answer['error']}")
            return answer.get("result")

    def _tell(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while header := stream.readline():
            length = int(header.partition(b":")[2]) if header.lower().startswith(b"content-length") else 0
            while stream.readline().strip():
                pass
            message = json.loads(stream.read(length))
            if "method" not in message:
                self._answers.put(message)
            elif message["method"] == "textDocument/publishDiagnostics":
                self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
            elif "id" in message:
                items = (message.get("params") or {}).get("items", [])
                asked = message["method"] == "workspace/configuration"
                self._send({"id": message["id"], "result": [None for _ in items] if asked else None})
