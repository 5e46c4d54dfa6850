"""What the notebook's kernel can do: whether a reply can arrive while a cell waits for it."""

from __future__ import annotations

import asyncio
import sys

_ANSWERS_WHILE_AWAITING = (7, 0)
_ANSWERS_ALWAYS = (7, 4)


def ipykernel_version() -> tuple[int, ...] | None:
    """Return the version of the kernel that runs this process, or None outside of one."""
    module = sys.modules.get("ipykernel")
    shell = sys.modules.get("IPython")
    if module is None or shell is None or getattr(shell.get_ipython(), "kernel", None) is None:
        return None
    return tuple(int(part) for part in module.version_info[:2])


def in_running_cell() -> bool:
    """Return whether the current task is a cell's own, not one that a cell has started."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return False
    name = getattr(task.get_coro(), "__qualname__", "") if task is not None else ""
    return name.endswith("run_cell_async")


def why_no_answer() -> str | None:
    """Return why no reply can arrive while the caller awaits one, or None if one can.

    ipykernel before 7.0 handles one message at a time: the page's reply waits behind the cell that
    awaits it.
    """
    version = ipykernel_version()
    if version is None or version >= _ANSWERS_WHILE_AWAITING or not in_running_cell():
        return None
    return (
        f"ipykernel {version[0]}.{version[1]} can't receive replies while a cell is running. The "
        "command was sent and will take effect; look at it in the next cell, or upgrade: "
        "pip install 'ipykernel>=7.4'"
    )


def may_be_deaf() -> bool:
    """Return whether JupyterLab's settings decide if a waiting cell receives the page's replies."""
    version = ipykernel_version()
    return (
        version is not None
        and _ANSWERS_WHILE_AWAITING <= version < _ANSWERS_ALWAYS
        and in_running_cell()
    )


def why_silent() -> str:
    """Return why a page that shows the meeting may not have replied to a waiting cell."""
    version = ipykernel_version()
    if version is not None and may_be_deaf():
        return (
            f"ipykernel {version[0]}.{version[1]} receives replies while a cell is running only if "
            "JupyterLab sends them over subshells. The command was sent and will take effect; look at "
            "it in the next cell, or upgrade: pip install 'ipykernel>=7.4', or set Settings > Kernel > "
            "Comms over subshells to a value other than disabled"
        )
    return (
        "the page that shows the meeting does not reply: check that its tab is still open, and "
        "run the meeting's cell again"
    )
