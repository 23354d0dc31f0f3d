"""Names in the settings that name nothing: a class or a decorator, and the parameters that it is said to supply.

Law: one place for what is said of them and for when. Who knows which names there are is not known here; whoever is not
sure asks nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from celery_registry.contract.names import nearest_names

__all__ = ["Supplier", "show_misnamed", "unknown_parameters"]


@dataclass(frozen=True)
class Supplier:
    """A base class or a decorator of ``injected-parameters``.

    ``taken``: the parameters of the tasks that it serves, as they are written. ``words``: those of the texts in which it
    and what stands above it are written.
    """

    name: str
    taken: Collection[str]
    words: Collection[str]


def show_misnamed(setting: str, name: str, where: str, near: Iterable[str]) -> str:
    """What is said of a dotted name that nothing has; ``near`` are dotted names that there are."""
    last = name.rpartition(".")[2]
    dotted = {other.rpartition(".")[2]: other for other in sorted(near, reverse=True)}
    proposed = " or ".join(f'"{dotted[n]}"' for n in nearest_names(last, dotted, limit=2))
    return f'{setting}: "{name}" names nothing: {where} has no "{last}"' + (
        f"; did you mean {proposed}?" if proposed else ""
    )


def unknown_parameters(supplier: Supplier, listed: Sequence[str]) -> Iterator[str]:
    """What is said of each parameter that is misspelt: no served task takes it, and no text of the supplier names it.

    A parameter may be listed that no task takes yet. So the one that is meant must be known: tasks take it, the supplier
    names it, and it is not listed.
    """
    for name in listed:
        if name in supplier.taken or name in supplier.words:
            continue
        meant = (set(supplier.taken) & set(supplier.words)) - set(listed)
        for near in nearest_names(name, meant, limit=1):
            yield (
                f'injected-parameters: "{supplier.name}" supplies no "{name}": none of its tasks takes it; '
                f'did you mean "{near}"?'
            )
