"""Executors: how to come by one. Any other of `concurrent.futures` can be passed in as well."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import Any

from sim.experiment.store import StoreError
from sim.whole import whole_number

#: What libraries of linear algebra ask how many threads they may use.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


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
    StoreError
        If none can be started, or one dies and whoever uses the pool does not see to it.
    PrisonflowError
        If `number` is no whole number, or less than one.
    """
    number = whole_number("workers", number, 1)
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(number, mp_context=_Context(), initializer=_prepare)
    try:
        try:
            # A call for each: a pool starts no more processes than it has calls waiting.
            calls = [pool.submit(os.getpid) for _ in range(number)]
            for first in wait(calls, return_when=FIRST_COMPLETED).done:
                first.result()
        except (BrokenExecutor, OSError) as error:
            raise StoreError(
                f"no worker process could be started ({error}): run with one process (workers=1 "
                "in Python, --workers 1)"
            ) from None
        yield pool
    except BaseException as error:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        if isinstance(error, BrokenExecutor):
            raise StoreError(
                "a worker process died, perhaps for want of memory: try fewer (workers=1 in "
                "Python, --workers 1)"
            ) from None
        raise
    pool.shutdown()


class _Worker(SpawnProcess):
    """A process that does not run the user's script again, as it needs nothing of it.

    So it can be started from a script without a main guard, from standard input and from a
    notebook. Ctrl-C is kept from it from its first moment on.
    """

    @staticmethod
    def _Popen(process_obj: Any) -> Any:
        main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            with _interrupts_kept_back(), _one_thread():
                return SpawnProcess._Popen(process_obj)
        finally:
            sys.modules["__main__"] = main


class _Context(SpawnContext):
    Process = _Worker


@contextmanager
def _interrupts_kept_back() -> Iterator[None]:
    """Block Ctrl-C; a process started meanwhile keeps it blocked."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let a process started meanwhile calculate with one thread, unless the user wants another way.

    There are as many processes as are wanted; with threads of their own they would only queue.
    """
    wanted = [name for name in _THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(wanted, "1"))
    try:
        yield
    finally:
        for name in wanted:
            os.environ.pop(name, None)


def _prepare() -> None:
    """Leave Ctrl-C to the parent; import what every job needs, so that the first is not slow.

    What is there then stays: it is kept from the search for garbage, which becomes cheap enough to
    be made after each replication.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import pandas  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    import sim.results.outcomes
    import sim.results.run
    import sim.world.simulate  # noqa: F401

    gc.collect()
    gc.freeze()


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
