"""Pictures of a real editor in the example project, for ``docs/editors.md``.

Law: Neovim with its own language client on pyright, in a terminal on a screen that nobody sees. What stands in the
pictures is the editor's doing. Run ``python -m stubs.editor_pictures`` from ``tests`` to draw them anew; it needs
``apt-get install neovim xterm xvfb imagemagick fonts-dejavu-core``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from stubs.projects import ROOT, make_editor_project

__all__ = ["IMAGES", "PICTURES", "draw"]

IMAGES: Final = ROOT / "docs" / "images"
EDITED: Final = "orders.py"
COLUMNS: Final = 96
SECONDS: Final = 120

HEAD: Final = """from delivery.tasks.registry import TasksRegistry


def order(registry: TasksRegistry) -> None:
"""
CALLS: Final = """    registry.cleanup_sessions.delay(days_old="7")
    registry.send_email.delay("ada@example.com", "Your order", body="It is on its way.")
"""
OPEN_CALL: Final = "    registry.send_email.delay("


class Picture(NamedTuple):
    """What is typed, where the cursor stands (the end of a Vim pattern), and how many rows are shown."""

    text: str
    cursor: str
    rows: int


PICTURES: Final[Mapping[str, Picture]] = {
    "mistake": Picture(HEAD + CALLS, 'days_old="', 11),
    "hover": Picture(HEAD + CALLS, "send_email.delay", 19),
    "signature": Picture(HEAD + OPEN_CALL, "delay(", 14),
    "completion": Picture(HEAD + OPEN_CALL, "delay(", 12),
}


def draw(name: str, folder: Path, image: Path) -> None:
    """Type the text of a picture in the editor, wait until what is wanted is on the screen, and write the image."""
    picture = PICTURES[name]
    project = make_editor_project(folder)
    (project / EDITED).write_text(picture.text, encoding="utf-8")
    ready = folder / "ready"
    scripts = sysconfig.get_path("scripts")
    environment = {
        **os.environ,
        "PATH": os.pathsep.join((scripts, os.environ["PATH"])),
        "VIRTUAL_ENV": sys.prefix,
        "HOME": str(folder),
        "WANTED": name,
        "READY": str(ready),
        "CURSOR": picture.cursor,
    }
    terminal = ["xterm", "-fa", "DejaVu Sans Mono", "-fs", "11", "-b", "6", "-bw", "0", "+sb", "-bg", "white"]
    size = ["-geometry", f"{COLUMNS}x{picture.rows}+0+0", "-xrm", "XTerm*directColor: true", "-title", EDITED]
    editor = ["nvim", "-u", str(Path(__file__).with_suffix(".lua")), EDITED]
    with _screen() as display:
        environment["DISPLAY"] = display
        process = subprocess.Popen([*terminal, *size, "-e", *editor], cwd=project, env=environment)
        try:
            deadline = time.monotonic() + SECONDS
            while not ready.exists():
                if time.monotonic() > deadline or process.poll() is not None:
                    raise RuntimeError(f"the editor did not show the {name}")
                time.sleep(0.2)
            capture = ["import", "-window", EDITED, "-strip", "+dither", "-colors", "48", f"PNG8:{image}"]
            subprocess.run(capture, env=environment, check=True)
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def _screen() -> Iterator[str]:
    """An X server without a screen, on the first free display."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as numbers:
            yield f":{numbers.readline().strip()}"
    finally:
        server.terminate()
        server.wait(20)


def main(names: list[str]) -> int:
    """Draw the pictures of these names, all without any. Exit status 2 where a program is missing."""
    missing = [program for program in ("nvim", "xterm", "Xvfb", "import") if shutil.which(program) is None]
    if missing:
        print(f"Cannot run: install {', '.join(missing)}", file=sys.stderr)
        return 2
    IMAGES.mkdir(exist_ok=True)
    for name in names or PICTURES:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            draw(name, Path(folder), IMAGES / f"editor-{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
