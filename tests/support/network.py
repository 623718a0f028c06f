"""Which sockets of some processes reach, or listen, beyond this machine (from /proc)."""

import ipaddress
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

TABLES = ("tcp", "tcp6", "udp", "udp6")


def foreign_sockets(pids: Iterable[int]) -> set[str]:
    """``table local remote`` of each internet socket whose ends are not both loopback.

    A remote end of all zeros means none yet (a listening or unconnected socket): then only the
    local end counts, and listening on all addresses is foreign.
    """
    ours = {inode for pid in pids for inode in _inodes(pid)}
    found = set()
    for table in TABLES:
        for local, remote, inode in _rows(table):
            ends = [local] if remote.is_unspecified else [local, remote]
            if inode in ours and not all(_loopback(end) for end in ends):
                found.add(f"{table} {local} {remote}")
    return found


def _inodes(pid: int) -> set[str]:
    found = set()
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                target = entry.readlink().name
                if target.startswith("socket:["):
                    found.add(target.removeprefix("socket:[").rstrip("]"))
    return found


Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _rows(table: str) -> list[tuple[Address, Address, str]]:
    try:
        lines = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    except OSError:
        return []
    split = [line.split() for line in lines]
    return [(_address(words[1]), _address(words[2]), words[9]) for words in split]


def _address(text: str) -> Address:
    """``0100007F:1F40`` (words in the machine's byte order) as an address."""
    digits = text.split(":")[0]
    words = [int(digits[i : i + 8], 16) for i in range(0, len(digits), 8)]
    return ipaddress.ip_address(struct.pack(f"={len(words)}I", *words))


def _loopback(address: Address) -> bool:
    inner = getattr(address, "ipv4_mapped", None)
    return bool((inner or address).is_loopback)
