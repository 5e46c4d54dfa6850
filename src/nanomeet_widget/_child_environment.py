"""The environment variables that child processes get: named ones, so that no secret is among them.

A kernel's environment has a hub's tokens, keys of clouds, and whatever else its user put there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

#: What a program needs to start: where files are, which language, and what Windows requires.
_PLAIN = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP"),
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
        *("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONUTF8"),
        *("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "VIRTUAL_ENV", "CONDA_PREFIX"),
        *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERNAME", "USERPROFILE"),
    }
)
#: What a server needs besides: its folders, and which authorities it trusts when it broadcasts elsewhere.
_SERVER = frozenset(
    {
        *("XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"),
        *("XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA"),
        *("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    }
)
#: What an installer needs besides: its own settings, and the way to its index.
_INSTALLER = frozenset(
    {
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"),
    }
)
_LOCALE = "LC_"
_PIP = "PIP_"
#: Modules come from where Python is installed, not from the folder in which a notebook lies (Python 3.11).
_FIXED = {"PYTHONSAFEPATH": "1"}


def for_server(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables for a server that a kernel starts.

    Parameters
    ----------
    environment
        The kernel's own.
    """
    return _kept(environment, _PLAIN | _SERVER)


def for_worker(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables for a process that only computes.

    Parameters
    ----------
    environment
        The server's own.
    """
    # Libraries that would start a thread for each core at once.
    return {**_kept(environment, _PLAIN), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def for_installer(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables for a program that installs or enables a package.

    Parameters
    ----------
    environment
        The user's own.
    """
    pip = {name: value for name, value in environment.items() if name.startswith(_PIP)}
    return {**_kept(environment, _PLAIN | _SERVER | _INSTALLER), **pip}


def _kept(environment: Mapping[str, str], names: frozenset[str]) -> dict[str, str]:
    # Windows writes names in any case.
    kept = {
        name: value
        for name, value in environment.items()
        if name.upper() in names or name.startswith(_LOCALE)
    }
    return {**kept, **_FIXED}
