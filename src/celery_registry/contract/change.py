"""The kinds of change between two versions of a task, and what each asks of a deploy: one table.

Law: words and verdicts. Which change took place is ``compatibility``'s business; ``docs/compat.md`` shows the
table, and a test keeps the two equal.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

__all__ = ["RULES", "Change", "Order", "Rule", "combine_orders"]


class Order(enum.Enum):
    """The order of a deploy that loses no message."""

    COMPATIBLE = "compatible"
    WORKERS_FIRST = "workers first"
    PRODUCERS_FIRST = "producers first"
    BREAKING = "breaking"


@dataclass(frozen=True)
class Rule:
    """One kind of change.

    ``order``: the verdict where no ``*args`` or ``**kwargs`` of the other side swallows the difference.
    ``title`` says what changed; ``old`` why messages of the old version fail on new workers, ``new`` why messages of
    the new version fail on old workers (empty where they run); ``remedy`` says what to do. All are filled with facts.
    """

    order: Order
    title: str
    old: str
    new: str
    remedy: str


@dataclass(frozen=True)
class Change:
    """One change of one task: a row of ``RULES``, its facts, and which messages it really breaks."""

    rule: str
    facts: Mapping[str, str] = field(default_factory=dict)
    old_fails: bool = False
    new_fails: bool = False

    @property
    def order(self) -> Order:
        """The order that this change alone asks for."""
        if self.old_fails:
            return Order.BREAKING if self.new_fails else Order.PRODUCERS_FIRST
        return Order.WORKERS_FIRST if self.new_fails else Order.COMPATIBLE

    @property
    def title(self) -> str:
        """What changed."""
        return RULES[self.rule].title.format(**self.facts)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Which messages fail where, and why."""
        rule = RULES[self.rule]
        sides = ((self.old_fails, rule.old), (self.new_fails, rule.new))
        return tuple(reason.format(**self.facts) for fails, reason in sides if fails)

    @property
    def remedy(self) -> str:
        """What to do."""
        return RULES[self.rule].remedy.format(**self.facts)


RULES: Final[Mapping[str, Rule]] = {
    # -- parameters ----------------------------------------------------------------------------------------------
    "parameter-added-required": Rule(
        Order.BREAKING,
        "gained a required parameter {parameter}",
        "messages queued before the deploy lack {parameter} and fail on new workers",
        "old workers do not know {parameter}",
        "give {parameter} a default now, deploy the workers first, and make it required one release later",
    ),
    "parameter-added-optional": Rule(
        Order.WORKERS_FIRST,
        "gained an optional parameter {parameter}",
        "what old messages carry there lands in {parameter}",
        "old workers do not know {parameter}",
        "deploy every worker before a producer passes {parameter}",
    ),
    "parameter-removed-required": Rule(
        Order.BREAKING,
        "lost the required parameter {parameter}",
        "messages queued before the deploy carry {parameter} and fail on new workers",
        "old workers still require {parameter}",
        "give {parameter} a default now, stop passing it, and remove it one release later",
    ),
    "parameter-removed-optional": Rule(
        Order.PRODUCERS_FIRST,
        "lost the optional parameter {parameter}",
        "messages that carry {parameter} fail on new workers",
        "what new messages carry there lands in {parameter} on old workers",
        "deploy the producers first, let the queues drain, then deploy the workers",
    ),
    "parameter-renamed": Rule(
        Order.BREAKING,
        "renamed the parameter {old} to {parameter}",
        "messages that name {old} fail on new workers",
        "messages that name {parameter} fail on old workers",
        "keep {old} as an optional parameter beside {parameter} for one release, or use celery_registry.alias(adapt=...)",
    ),
    "parameter-moved": Rule(
        Order.BREAKING,
        "moved the parameter {parameter}",
        "positional values of old messages land in other parameters on new workers",
        "positional values of new messages land in other parameters on old workers",
        "add new parameters at the end, or keyword-only",
    ),
    "parameter-became-required": Rule(
        Order.PRODUCERS_FIRST,
        "made the parameter {parameter} required",
        "messages queued before the deploy may lack {parameter}",
        "",
        "deploy the producers first, let the queues drain, then deploy the workers",
    ),
    "parameter-became-optional": Rule(
        Order.WORKERS_FIRST,
        "gave the parameter {parameter} a default",
        "",
        "new messages may lack {parameter}, which old workers require",
        "deploy every worker before a producer leaves {parameter} out",
    ),
    "parameter-kind-narrowed": Rule(
        Order.PRODUCERS_FIRST,
        "made the parameter {parameter} {kind}",
        "messages that give {parameter} {way} fail on new workers",
        "",
        "deploy the producers first, let the queues drain, then deploy the workers",
    ),
    "parameter-kind-widened": Rule(
        Order.WORKERS_FIRST,
        "made the parameter {parameter} {kind}",
        "",
        "messages that give {parameter} {way} fail on old workers",
        "deploy every worker before a producer gives {parameter} {way}",
    ),
    "parameter-kind-changed": Rule(
        Order.BREAKING,
        "made the parameter {parameter} {kind}",
        "old messages give {parameter} in a way that new workers refuse",
        "new messages give {parameter} in a way that old workers refuse",
        "let {parameter} be given both ways for one release",
    ),
    "variadic-added": Rule(
        Order.WORKERS_FIRST,
        "gained {parameter}",
        "",
        "old workers refuse what {parameter} takes",
        "deploy every worker before a producer uses {parameter}",
    ),
    "variadic-removed": Rule(
        Order.PRODUCERS_FIRST,
        "lost {parameter}",
        "messages that use {parameter} fail on new workers",
        "",
        "deploy the producers first, let the queues drain, then deploy the workers",
    ),
    # -- types ---------------------------------------------------------------------------------------------------
    "type-widened": Rule(
        Order.WORKERS_FIRST,
        "widened the parameter {parameter} from {old} to {new}",
        "",
        "old workers get {new} where they know {old}",
        "deploy every worker before a producer passes the wider type",
    ),
    "type-narrowed": Rule(
        Order.PRODUCERS_FIRST,
        "narrowed the parameter {parameter} from {old} to {new}",
        "messages queued before the deploy may carry {old}",
        "",
        "deploy the producers first, let the queues drain, then deploy the workers",
    ),
    "type-changed": Rule(
        Order.BREAKING,
        "changed the type of the parameter {parameter} from {old} to {new}",
        "messages queued before the deploy carry {old}",
        "old workers get {new}",
        "accept {old} | {new} for one release",
    ),
    "type-unknown": Rule(
        Order.COMPATIBLE,
        "changed the type of the parameter {parameter} from {old} to {new}, which cannot be judged here",
        "",
        "",
        "see for yourself that both versions read the same value",
    ),
    "result-widened": Rule(
        Order.PRODUCERS_FIRST,
        "widened the result from {old} to {new}",
        "old callers that read the result get {new} where they know {old}",
        "",
        "deploy those who read the result first",
    ),
    "result-narrowed": Rule(
        Order.WORKERS_FIRST,
        "narrowed the result from {old} to {new}",
        "",
        "new callers that read the result may still get {old} from old workers",
        "deploy the workers before those who read the result",
    ),
    "result-changed": Rule(
        Order.BREAKING,
        "changed the result from {old} to {new}",
        "old callers that read the result get {new}",
        "new callers that read the result get {old} from old workers",
        "return the new result from a new task, or set ignore_result=True where nobody reads it",
    ),
    # -- the task as a whole -------------------------------------------------------------------------------------
    "task-added": Rule(
        Order.WORKERS_FIRST,
        "is new",
        "",
        "old workers discard messages for it",
        "deploy every worker before a producer sends it",
    ),
    "task-removed": Rule(
        Order.PRODUCERS_FIRST,
        "is gone",
        "new workers discard the messages still queued for it",
        "",
        "deploy the producers first, let the queues drain, then remove the task from the workers",
    ),
    "task-renamed": Rule(
        Order.BREAKING,
        "was renamed to {new}",
        "new workers discard the messages still queued under the old name",
        "old workers discard messages under the new name",
        'keep the old name for one release: celery_registry.alias(app, old="{old}", new="{new}", expires=...)',
    ),
    "task-renamed-with-alias": Rule(
        Order.WORKERS_FIRST,
        "was renamed to {new}, and the old name is kept as an alias",
        "",
        "old workers discard messages under the new name",
        "deploy every worker before a producer sends the new name",
    ),
    "serializer-changed": Rule(
        Order.WORKERS_FIRST,
        "changed its serializer from {old} to {new}",
        "new workers do not accept {old}",
        "old workers do not accept {new}",
        "accept both in accept_content before anybody sends {new}",
    ),
    "serializer-refused": Rule(
        Order.PRODUCERS_FIRST,
        "is sent as {new}, which is no longer accepted",
        "new workers do not accept {old}",
        "old workers do not accept {new}",
        "keep {old} in accept_content",
    ),
    "queue-changed": Rule(
        Order.WORKERS_FIRST,
        "moved from the queue {old} to {new}",
        "no worker of the new version consumes {old}: messages left there wait for ever",
        "no worker of the old version consumes {new}: messages wait until new workers do",
        "start workers that consume both queues first, and keep one on {old} until it is empty",
    ),
}


def combine_orders(orders: Sequence[Order]) -> Order:
    """The order that every change accepts; contradicting orders break."""
    old = any(order in (Order.PRODUCERS_FIRST, Order.BREAKING) for order in orders)
    new = any(order in (Order.WORKERS_FIRST, Order.BREAKING) for order in orders)
    return Change("", {}, old, new).order
