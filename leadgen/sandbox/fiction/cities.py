"""US cities that the made-up world and its geocoder know by name."""

from dataclasses import dataclass

from leadgen.domain.geo import Point
from leadgen.sandbox.errors import WorldError


@dataclass(frozen=True, slots=True)
class City:
    """A city with its center, its telephone area codes and the first three digits of its ZIP codes."""

    name: str
    state: str
    location: Point
    area_codes: tuple[str, ...]
    zip_prefix: str

    @property
    def full_name(self) -> str:
        """As a person types it: "Austin, TX"."""
        return f"{self.name}, {self.state}"


_TABLE = """
Austin          TX 30.2672  -97.7431 787 512 737
Houston         TX 29.7604  -95.3698 770 713 281 832
Dallas          TX 32.7767  -96.7970 752 214 972 469
San Antonio     TX 29.4241  -98.4936 782 210 726
Fort Worth      TX 32.7555  -97.3308 761 817 682
New York        NY 40.7128  -74.0060 100 212 646 917
Los Angeles     CA 34.0522 -118.2437 900 213 323 310
San Diego       CA 32.7157 -117.1611 921 619 858
San Jose        CA 37.3382 -121.8863 951 408 669
San Francisco   CA 37.7749 -122.4194 941 415 628
Chicago         IL 41.8781  -87.6298 606 312 773
Phoenix         AZ 33.4484 -112.0740 850 602 480
Philadelphia    PA 39.9526  -75.1652 191 215 267
Seattle         WA 47.6062 -122.3321 981 206
Portland        OR 45.5152 -122.6784 972 503 971
Denver          CO 39.7392 -104.9903 802 303 720
Boston          MA 42.3601  -71.0589 021 617 857
Washington      DC 38.9072  -77.0369 200 202
Nashville       TN 36.1627  -86.7816 372 615 629
Atlanta         GA 33.7490  -84.3880 303 404 470
Miami           FL 25.7617  -80.1918 331 305 786
Orlando         FL 28.5383  -81.3792 328 407 689
Tampa           FL 27.9506  -82.4572 336 813
Charlotte       NC 35.2271  -80.8431 282 704 980
Raleigh         NC 35.7796  -78.6382 276 919 984
Columbus        OH 39.9612  -82.9988 432 614 380
Indianapolis    IN 39.7684  -86.1581 462 317 463
Minneapolis     MN 44.9778  -93.2650 554 612
Las Vegas       NV 36.1699 -115.1398 891 702 725
Kansas City     MO 39.0997  -94.5786 641 816
Salt Lake City  UT 40.7608 -111.8910 841 801 385
New Orleans     LA 29.9511  -90.0715 701 504
"""


def _read(line: str) -> City:
    name, rest = line[:16].strip(), line[16:].split()
    state, latitude, longitude, zip_prefix, *area_codes = rest
    return City(name, state, Point(float(latitude), float(longitude)), tuple(area_codes), zip_prefix)


CITIES: tuple[City, ...] = tuple(_read(line) for line in _TABLE.strip().splitlines())


def city_named(place: str) -> City:
    """The city called "Austin, TX" or just "Austin", in any case.

    Raises:
        WorldError: the made-up world knows no such city.
    """
    wanted = place.strip().casefold()
    for city in CITIES:
        if wanted in {city.full_name.casefold(), city.name.casefold()}:
            return city
    raise WorldError(
        f"The sandbox knows no place called {place!r}.",
        remedy=f"Choose one of: {'; '.join(city.full_name for city in CITIES)}.",
    )
