"""The keys that wrap every organization's secret: from the environment or, for an installation of its own, from a file."""

import base64
import binascii
import hashlib
import os
import re
import tempfile
from pathlib import Path

from leadgen.errors import ConfigurationError
from leadgen.settings import Settings
from leadgen.store.vault.crypto import KEY_BYTES, random_key

FILE_NAME = "master-key"
ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

MAKE_ONE = "Set LEADGEN_MASTER_KEY to what `openssl rand -base64 32` prints, and keep a copy outside this machine."
FORM = "Write LEADGEN_MASTER_KEY as base64 of 32 bytes or, while rotating, as `new-id:base64,old-id:base64`."


class MasterKeys:
    """The current master key, which wraps, and the former ones, which still open. Never printed.

    Without any, the vault works as far as nothing has to be sealed or opened.
    """

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._keys = keys

    @classmethod
    def parse(cls, text: str) -> "MasterKeys":
        """Reads `base64` or `id:base64,id:base64`, the current key first. A key without an id is named by its hash.

        Raises ConfigurationError for anything else, without showing it.
        """
        keys: dict[str, bytes] = {}
        for entry in filter(None, (part.strip() for part in text.split(","))):
            key_id, key = _read(entry)
            if key_id in keys:
                raise ConfigurationError(f"LEADGEN_MASTER_KEY has two keys named {key_id}.", remedy=FORM)
            keys[key_id] = key
        return cls(keys)

    @property
    def current_id(self) -> str:
        """The id of the key that wraps. Raises ConfigurationError where there is none."""
        self.require()
        return next(iter(self._keys))

    def require(self) -> None:
        """Raises ConfigurationError where there is no key at all."""
        if not self._keys:
            raise ConfigurationError("No master key is set: credentials cannot be kept or opened.", remedy=MAKE_ONE)

    def key(self, key_id: str) -> bytes:
        """A key by its id. Raises ConfigurationError for one that is not configured."""
        current_id = self.current_id
        if key_id not in self._keys:
            raise ConfigurationError(
                f"A secret is wrapped with the master key {key_id}, which is not in LEADGEN_MASTER_KEY"
                f" (the current one is {current_id}).",
                remedy=f"Add it behind the current one, as `{key_id}:base64`, until `leadgen vault rotate-master` ran.",
            )
        return self._keys[key_id]

    def __repr__(self) -> str:
        return f"MasterKeys({', '.join(self._keys)})"


def configured_master_keys(settings: Settings) -> MasterKeys:
    """The keys of LEADGEN_MASTER_KEY, or of the installation's file where the variable is empty; maybe none.

    Raises ConfigurationError for keys that cannot be read.
    """
    if settings.master_key is not None:
        return MasterKeys.parse(settings.master_key.get_secret_value())
    file = settings.home / FILE_NAME
    return MasterKeys.parse(file.read_text() if file.exists() else "")


def installation_master_key(home: Path) -> str:
    """The master key of an installation that has none in its environment, as LEADGEN_MASTER_KEY wants it.

    Made once, in a file of this user's own; processes that ask at once get the same. Whoever loses the file loses every
    stored credential.
    """
    file = home / FILE_NAME
    if not file.exists():
        handle, draft = tempfile.mkstemp(dir=home, prefix=f".{FILE_NAME}-")  # 0600
        with os.fdopen(handle, "w") as opened:
            opened.write(base64.b64encode(random_key()).decode())
            opened.flush()
            os.fsync(opened.fileno())
        try:
            file.hardlink_to(draft)  # whole or not at all, and never over another process's key
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    return file.read_text()


def _read(entry: str) -> tuple[str, bytes]:
    given_id, separator, encoded = entry.rpartition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES or (separator and not ID.fullmatch(given_id)):
        raise ConfigurationError("LEADGEN_MASTER_KEY cannot be read.", remedy=FORM)
    return given_id or hashlib.sha256(key).hexdigest()[:12], key
