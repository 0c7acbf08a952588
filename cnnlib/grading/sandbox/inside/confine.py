"""Lock the calling process in: namespaces and folders of its own, no capabilities, few system calls, little memory.

All of it is done from within a sandbox that bubblewrap made, on top of that sandbox's own walls, so that submissions
which share the sandbox's warm interpreter share nothing else. Linux on x86-64 and ARM alone; every failure is an
exception, so that nobody's code runs half locked in.
"""

import ctypes
import errno
import os
import platform
import resource
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
USER = GROUP = 1000  # as bubblewrap was told

# From <linux/sched.h>, <linux/mount.h>, <linux/prctl.h>, <linux/capability.h>
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_THREAD = 0x10000000, 0x20000000, 0x40000000, 0x10000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_DUMPABLE = 38, 22, 24, 4
CAPABILITY_VERSION_3, LAST_CAPABILITY = 0x20080522, 40

WRITABLE = ("/tmp", "/home/student", "/dev/shm")
FOLDER_MIB = 64


def new_namespaces():
    """Leave the namespaces shared with other submissions. Only children are in the new process namespace."""
    flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP
    _checked("unshare", LIBC.unshare(flags))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{USER} {USER} 1"), ("gid_map", f"{GROUP} {GROUP} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def fresh_folders():
    """Empty, small folders where one may write; everything else is read-only. No view of any process."""
    quiet = MS_NOSUID | MS_NODEV | MS_NOEXEC
    for folder in WRITABLE:
        _mount(folder, quiet, f"size={FOLDER_MIB}m,nr_inodes=4096,mode=700")
    _mount("/dev/pts", quiet | MS_RDONLY, "size=4k")
    _mount("/proc", quiet | MS_RDONLY, "size=4k")
    os.chdir("/home/student")


def limits(memory_mib, cpu_seconds):
    """Bounds on what this process may use, over what the interpreter that it was forked from uses already."""
    with open("/proc/self/statm") as file:
        mapped = int(file.read().split()[0]) * resource.getpagesize()
    for which, value in (
        (resource.RLIMIT_AS, mapped + (memory_mib << 20)),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, FOLDER_MIB << 20),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 64),
        (resource.RLIMIT_CORE, 1),  # a byte: with 0, a core could still be piped to a program of the system's
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        resource.setrlimit(which, (value, value))


def drop_capabilities():
    """Give up what the new user namespace granted, for good."""
    for capability in range(LAST_CAPABILITY + 1):
        _checked("prctl", LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))
    header, nothing = struct.pack("Ii", CAPABILITY_VERSION_3, 0), bytes(24)
    _checked("capset", LIBC.capset(header, nothing))
    _checked("prctl", LIBC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
    _checked("prctl", LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


# --- system calls ------------------------------------------------------------------------------------------------

# Number on x86-64 and on ARM; None where there is no such call. What makes processes, namespaces or mounts, looks into
# other processes, or takes memory that the limits above do not count.
REFUSED = {
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281), "unshare": (272, 97),
    "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442), "open_by_handle_at": (304, 265),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "pidfd_getfd": (438, 438),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "memfd_create": (319, 279),
    "memfd_secret": (447, 447), "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
}  # fmt: skip
CLONE, CLONE3, SOCKET = (56, 220), (435, 435), (41, 198)
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above, and the kernel's name of it
X32 = 0x40000000  # a second numbering of the same calls on x86-64
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in what the filter sees
AF_UNIX = 1


def refuse_system_calls():
    """Refuse the calls above, new processes (threads are fine), and sockets that could leave the machine."""
    column, architecture = MACHINES[platform.machine()]
    program = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, X32),
        (RETURN, 0, 0, KILL),
    ]
    for numbers in REFUSED.values():
        if numbers[column] is not None:
            program += [(EQUAL, 0, 1, numbers[column]), (RETURN, 0, 0, ERRNO | errno.EPERM)]
    # The filter cannot see clone3's arguments; without it, the C library uses clone.
    program += [(EQUAL, 0, 1, CLONE3[column]), (RETURN, 0, 0, ERRNO | errno.ENOSYS)]
    program += [(EQUAL, 0, 4, CLONE[column]), (LOAD, 0, 0, FIRST_ARGUMENT), (ANY_BIT, 1, 0, CLONE_THREAD)]
    program += [(RETURN, 0, 0, ERRNO | errno.EPERM), (RETURN, 0, 0, ALLOW)]
    program += [(EQUAL, 0, 3, SOCKET[column]), (LOAD, 0, 0, FIRST_ARGUMENT), (EQUAL, 1, 0, AF_UNIX)]
    program += [(RETURN, 0, 0, ERRNO | errno.EAFNOSUPPORT), (RETURN, 0, 0, ALLOW)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    filter_ = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    _checked("seccomp", LIBC.prctl(PR_SET_SECCOMP, 2, filter_, 0, 0))


def _mount(folder, flags, options):
    _checked(f"mount {folder}", LIBC.mount(b"tmpfs", folder.encode(), b"tmpfs", flags, options.encode()))


def _checked(what, result):
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
