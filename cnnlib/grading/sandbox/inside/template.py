"""The sandbox's first process: an interpreter that has run a lab's set-up once, and forks for each submission.

Started as ``python -I -S template.py FD``. Over the socket FD come, as one JSON line, the settings; then, for each
submission, one byte with two sockets: one to serve it on, and a lifeline. Two processes are forked for it. The first
watches: it ends the second when the lifeline is cut, and says on the lifeline how the second ended. The second is the
submission's own, locked in, with no other descriptor open than its socket.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from functools import partial

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import confine

MOST_DESCRIPTORS = 4096  # of this process, which opens a handful


def main(control):
    settings = json.loads(control.makefile("r").readline())
    sys.path.append(settings["packages"])
    from student import serve  # imports NumPy, which the line above made visible

    if settings["tensors"]:
        # PyTorch, once for all submissions. It does no work before the forks: a fork has none of the threads it starts.
        import tensors  # noqa: F401
        import torch._dynamo  # noqa: F401 - seconds, which the first optimizer of each fork would take otherwise
    exec(settings["setup"], {})  # the lab's own, for what it imports: each submission begins with it
    shell = make_shell()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # watchers need no farewell
    gc.collect()
    gc.freeze()  # so that a child's collection does not copy the pages of what was imported
    control.sendall(b"r")
    while True:
        order, descriptors, *_ = socket.recv_fds(control, 1, 2)
        if not order:
            return
        connection, lifeline = (socket.socket(fileno=fd) for fd in descriptors)
        if os.fork() == 0:
            control.close()
            watch(connection, lifeline, partial(serve, connection, shell), settings)
        connection.close()
        lifeline.close()


def make_shell():
    """IPython without its files: cells may use its magics, and nothing in a home folder is read."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    shell = InteractiveShell.instance(config=config)
    shell.showtraceback = shell.showsyntaxerror = lambda *_, **__: None  # errors are reported, not printed
    shell.enable_gui = lambda *_: None  # for %matplotlib; figures are drawn to no screen
    return shell


def watch(connection, lifeline, serve, settings):
    """Fork the submission's process, end it when the lifeline is cut, and tell how it ended. Never returns."""
    status = 1
    try:
        os.setpgid(0, 0)  # a signal to its group reaches every process of it, in whatever namespace
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if settings["confined"]:
            confine.new_namespaces()
        child = os.fork()
        if child == 0:
            lifeline.close()
            live(connection, serve, settings)
        connection.close()
        process = os.pidfd_open(child)
        ready, *_ = select.select([process, lifeline], [], [])
        if process not in ready:
            os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        lifeline.sendall(str(status).encode())
    except BaseException as error:
        report(lifeline, error)
    finally:
        os._exit(0)


def live(connection, serve, settings):
    """Lock this process in, then serve the submission. Never returns."""
    try:
        os.setsid()  # likewise: a group of its own, so that kill(0, …) reaches nobody else
        nothing = os.open("/dev/null", os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.closerange(3, connection.fileno())
        os.closerange(connection.fileno() + 1, MOST_DESCRIPTORS)
        confine.limits(settings["memory_mib"], settings["cpu_seconds"])
        if settings["confined"]:
            confine.fresh_folders()
            confine.drop_capabilities()
            confine.refuse_system_calls()
        connection.sendall(b"r")
    except BaseException as error:
        report(connection, error)
        os._exit(1)
    try:
        serve()
    finally:
        os._exit(0)


def report(connection, error):
    """Tell the other side, if it still listens."""
    with suppress(OSError):
        connection.sendall(f"{type(error).__name__}: {error}".encode())


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
