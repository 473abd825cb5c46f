"""Executors: how to come by one. Any other of `concurrent.futures` can be passed in as well."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from sim.experiment.store import StoreError
from sim.whole import whole_number


def processors() -> int:
    """Return the number of processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


@contextmanager
def processes(number: int) -> Iterator[Executor]:
    """Open a pool of processes on this machine.

    They leave Ctrl-C to the parent. Leaving the block on an error stops them at once: what they
    were running is lost, and run again the next time.

    Raises
    ------
    PrisonflowError
        If `number` is no whole number, or less than one.
    """
    number = whole_number("workers", number, 1)
    context = multiprocessing.get_context("spawn")
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(number, mp_context=context, initializer=_leave_interrupts)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        raise
    pool.shutdown()


def _leave_interrupts() -> None:
    """Let the parent decide; import what every job needs, so that the first is not slow."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import sim.results.run
    import sim.world.simulate  # noqa: F401


def _end_with_parent() -> None:
    """End this worker when its parent is gone: killed, it cannot tell anybody to stop."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def dask(address: str) -> Iterator[tuple[Executor, int]]:
    """Use the workers of a Dask scheduler, such as `tcp://10.0.0.5:8786`; yields their number too.

    Raises
    ------
    StoreError
        If Dask is not installed, or no scheduler answers at the address.
    """
    try:
        from distributed import Client
    except ImportError:
        raise StoreError("Dask is not installed: pip install 'prisonflow[cluster]'") from None
    try:
        client = Client(address, timeout="20s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise StoreError(f"no Dask scheduler answers at {address} ({error})") from None
    with client:
        workers = sum(client.ncores().values())
        if not workers:
            raise StoreError(f"the Dask scheduler at {address} has no workers yet")
        yield client.get_executor(pure=False), workers


@contextmanager
def mpi() -> Iterator[tuple[Executor | None, int]]:
    """Use the other ranks of an MPI job, and say how many; every rank but the first gets None.

    Raises
    ------
    StoreError
        If mpi4py is not installed, or there is no other rank.
    """
    try:
        from mpi4py import MPI
        from mpi4py.futures import MPICommExecutor
    except (ImportError, RuntimeError) as error:
        raise StoreError(
            f"MPI is not usable ({error}): pip install 'prisonflow[cluster]', and an MPI library"
        ) from None
    if MPI.COMM_WORLD.Get_size() < 2:
        raise StoreError("MPI has one rank only: start it as mpiexec -n 4 prisonflow ... --mpi")
    with MPICommExecutor(MPI.COMM_WORLD, root=0) as executor:
        root: Any = executor
        yield root, MPI.COMM_WORLD.Get_size() - 1
