"""Which world the sandbox plays, and which one it played last.

What was paid for is remembered by request; an answer from one world is wrong in another, so a change must be noticed.
"""

import hashlib
from pathlib import Path

from pydantic import BaseModel, ValidationError

from leadgen.errors import InputError

DEFAULT_SEED = 1
DEFAULT_RADIUS_MILES = 15.0


class WorldChoice(BaseModel, frozen=True):
    """A made-up world by seed and size, or that of a listings file (`digest`: of its content).

    `prospects`: how many businesses the campaign can find (None: 60, or all of the file's). Without `business` a file's
    campaign is for its commonest category, without `near` (latitude, longitude) around its densest place.
    """

    seed: int = DEFAULT_SEED
    prospects: int | None = None
    radius_miles: float = DEFAULT_RADIUS_MILES
    file: Path | None = None
    digest: str | None = None
    business: str | None = None
    near: tuple[float, float] | None = None

    @property
    def arguments(self) -> list[str]:
        """The sandbox server's command line for this world."""
        made = ["--seed", str(self.seed), "--radius-miles", f"{self.radius_miles:g}"]
        prospects = ["--prospects", str(self.prospects)] if self.prospects else []
        file = ["--world", str(self.file)] if self.file else []
        business = ["--business", self.business] if self.business else []
        near = [f"--near={self.near[0]},{self.near[1]}"] if self.near else []
        return made + prospects + file + business + near


def choose(
    *,
    seed: int,
    prospects: int | None,
    radius_miles: float,
    file: Path | None,
    business: str | None,
    near: str | None,
) -> WorldChoice:
    """The world asked for on the command line. Raises InputError for a file or a place that cannot be read."""
    if near and not file:
        raise InputError(
            "--near is for the world of a file; the made-up one lies around Austin.", remedy="Add --world."
        )
    return WorldChoice(
        seed=seed,
        prospects=prospects,
        radius_miles=radius_miles,
        file=file.absolute() if file else None,
        digest=_digest(file) if file else None,
        business=business,
        near=_coordinates(near) if near else None,
    )


def last_played(path: Path) -> WorldChoice | None:
    """The world of the sandbox's last start; None where it never started."""
    try:
        return WorldChoice.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def remember(choice: WorldChoice, path: Path) -> None:
    """Notes the world the sandbox plays now."""
    path.write_text(choice.model_dump_json(indent=1))


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(
            f"The listings file {file} cannot be read: {error.strerror}.",
            remedy="Give --world a CSV file of listings.",
        ) from error


def _coordinates(text: str) -> tuple[float, float]:
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(f"{text!r} is no place.", remedy="Give --near as LATITUDE,LONGITUDE: 30.27,-97.74.") from None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise InputError(f"{text!r} is not on the globe.", remedy="Latitudes go to 90, longitudes to 180 degrees.")
    return latitude, longitude
