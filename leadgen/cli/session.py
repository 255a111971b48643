"""What every command that runs the parts does around them: folders, lock, leftovers of an interrupted run."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from leadgen.cli import checkout_lock, leftovers
from leadgen.cli.folders import Folders
from leadgen.errors import ConfigurationError
from leadgen.settings import Settings
from leadgen.store.connections import embedded_server, uses_embedded


@contextmanager
def exclusive(settings: Settings, command: str, tell: Callable[[str], None]) -> Iterator[Folders]:
    """The checkout for one command: nobody else runs its parts, and nothing of an earlier run is left.

    Raises ConfigurationError where another command runs, or the home folder cannot be written.
    """
    folders = Folders.of(settings)
    try:
        folders.create()
    except OSError as error:
        raise ConfigurationError(
            f"{settings.home} cannot be written: {error.strerror}.",
            remedy="Set LEADGEN_HOME to a folder that can be written.",
        ) from error
    with checkout_lock.held(folders.lock, command):
        ended = leftovers.end(settings)
        if ended:
            tell(f"Ended what an interrupted run had left: {', '.join(ended)}.")
        yield folders


def start_anew(settings: Settings, folders: Folders) -> None:
    """Removes the embedded database and everything else in the home folder but the lock.

    Raises ConfigurationError for a database that is not ours to remove.
    """
    if not uses_embedded(settings):
        raise ConfigurationError(
            "--fresh removes the embedded database only, and LEADGEN_DATABASE_URL names another.",
            remedy="Empty that database yourself, or unset the variable.",
        )
    embedded_server(settings).remove()
    for path in folders.home.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path != folders.lock:
            path.unlink()
    folders.create()
