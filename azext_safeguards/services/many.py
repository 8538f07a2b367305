# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One piece of work for many clusters: some at a time, with every result and every failure kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import SafeguardsError

T = TypeVar("T")

# Azure Resource Manager lets a caller write 200 times at once and 10 times a second after that (learn.microsoft.com,
# "Understand how Azure Resource Manager throttles requests"); each of these needs some reads, and one write.
AT_A_TIME = 8


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """How the work for one cluster ended: with a result, or with the failure that was raised."""

    cluster: ClusterRef
    result: T | None = None
    error: Exception | None = None


class NotBegunError(SafeguardsError):
    """Ctrl-C came before the turn of a cluster."""


class NotAwaitedError(SafeguardsError):
    """Ctrl-C came twice, so the end of what had been begun for a cluster is not known."""


class Stopped(KeyboardInterrupt):
    """Ctrl-C came.

    :param outcomes: one for each cluster, in order; NotBegunError and NotAwaitedError where there is no other.
    """

    def __init__(self, outcomes: Sequence[Outcome[T]]) -> None:
        super().__init__()
        self.outcomes = list(outcomes)


def for_each(
    clusters: Sequence[ClusterRef],
    work: Callable[[ClusterRef], T],
    *,
    at_a_time: int = AT_A_TIME,
    told: Callable[[int, int], None] | None = None,
    stopping: Callable[[int], None] | None = None,
    keeps: tuple[type[Exception], ...] = (),
) -> list[Outcome[T]]:
    """Does something for each cluster, some at a time; one that fails keeps no other from its turn.

    Ctrl-C lets what has begun end and begins nothing more; a second one does not wait for that.

    :param work: is called in threads, once for each cluster; refusals and failed requests are kept as its outcome.
    :param at_a_time: how many to work on at the same time.
    :param told: is told how many have ended, and how many there are, in the calling thread.
    :param stopping: is told at Ctrl-C how many are waited for.
    :param keeps: further errors of the work that are kept as outcomes.
    :returns: the outcomes, in the order of the clusters.
    :raises Stopped: after Ctrl-C.
    :raises Exception: anything else that the work raises, once what has begun has ended.
    """
    from azure.core.exceptions import AzureError

    run = _Run(clusters, work, (SafeguardsError, AzureError, *keeps))
    try:
        run.start(at_a_time)
        while len(run.ended) < len(clusters):
            run.take()
            if told:
                told(len(run.ended), len(clusters))
    except KeyboardInterrupt as stop:
        run.stop()
        try:
            if stopping:
                stopping(len(run.running))
            while run.running:
                run.take()
        except KeyboardInterrupt:
            pass
        raise Stopped([run.outcome(number) for number in range(len(clusters))]) from stop
    except BaseException:
        run.stop()
        run.join()
        raise
    return [run.ended[number] for number in range(len(clusters))]


class _Run(Generic[T]):
    """Threads that take one cluster after the other; they keep no process from ending, unlike those of a pool."""

    def __init__(
        self, clusters: Sequence[ClusterRef], work: Callable[[ClusterRef], T], kept: tuple[type[Exception], ...]
    ) -> None:
        self.ended: dict[int, Outcome[T]] = {}
        self._clusters, self._work, self._kept = clusters, work, kept
        self._lock = threading.Lock()
        self._begun = 0
        self._last = len(clusters)
        self._told: SimpleQueue[tuple[int, Outcome[T] | BaseException]] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    @property
    def running(self) -> set[int]:
        """The numbers of the clusters that were begun and have not ended."""
        return set(range(self._begun)) - set(self.ended)

    def start(self, at_a_time: int) -> None:
        for _ in range(min(max(1, at_a_time), len(self._clusters))):
            thread = threading.Thread(target=self._serve, daemon=True)
            self._threads.append(thread)
            thread.start()

    def take(self) -> None:
        """Waits until one more has ended; raises what is no outcome."""
        number, outcome = self._told.get()
        if isinstance(outcome, BaseException):
            raise outcome
        self.ended[number] = outcome

    def stop(self) -> None:
        """Has nothing more begun."""
        with self._lock:
            self._last = self._begun

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def outcome(self, number: int) -> Outcome[T]:
        """How it ended for a cluster, also where it did not."""
        if number in self.ended:
            return self.ended[number]
        error: SafeguardsError = NotBegunError("It was not begun.")
        if number < self._begun:
            error = NotAwaitedError("It was begun, and whether it is changed is not known.")
        return Outcome(self._clusters[number], error=error)

    def _serve(self) -> None:
        while True:
            with self._lock:
                number = self._begun
                if number >= self._last:
                    return
                self._begun += 1
            self._told.put((number, self._outcome(self._clusters[number])))

    def _outcome(self, cluster: ClusterRef) -> Outcome[T] | BaseException:
        try:
            return Outcome(cluster, self._work(cluster))
        except self._kept as error:
            return Outcome(cluster, error=error)
        except BaseException as error:
            return error
