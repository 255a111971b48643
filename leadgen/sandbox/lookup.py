"""Who is where: the world's sites, businesses, people and mailboxes, found the way vendors look for them."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from leadgen.sandbox.search import ListingIndex
from leadgen.sandbox.world import Business, Person, Place, Site, World


def host_of(url_or_domain: str) -> str:
    """The host of a URL or domain, lower case, without `www.` and port."""
    text = url_or_domain.strip()
    if "//" not in text:
        text = f"//{text}"
    try:
        host = urlsplit(text).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def domain_of_address(address: str) -> str:
    """What stands behind the @, lower case."""
    return address.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class Employee:
    """A person at a business, with an id as Apollo gives them."""

    id: str
    person: Person
    business: Business


class Lookup:
    """Indexes over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._by_domain: dict[str, list[Business]] = defaultdict(list)
        for business in world.businesses.values():
            if business.site:
                self._by_domain[host_of(business.site.domain)].append(business)
        self._places = {_place_key(place.name): place for place in world.places}

    @cached_property
    def google(self) -> ListingIndex:
        """Google's listings."""
        return self._index("google_maps")

    @cached_property
    def yelp(self) -> ListingIndex:
        """Yelp's listings."""
        return self._index("yelp")

    def _index(self, source: str) -> ListingIndex:
        own = (listing for listing in self.world.listings if listing.source == source)
        return ListingIndex(own, self.world.seed)

    @cached_property
    def employees(self) -> dict[str, Employee]:
        """Everyone that Apollo knows, by Apollo's id."""
        found: dict[str, Employee] = {}
        for business in self.world.businesses.values():
            for index, person in enumerate(business.people):
                if person.in_apollo:
                    id_ = identifier("person", business.id, index)
                    found[id_] = Employee(id_, person, business)
        return found

    @cached_property
    def employees_by_business(self) -> dict[str, list[Employee]]:
        """The same by the business's id."""
        found: dict[str, list[Employee]] = defaultdict(list)
        for employee in self.employees.values():
            found[employee.business.id].append(employee)
        return found

    def site(self, url_or_domain: str) -> Site | None:
        """The site that lives under a URL or domain."""
        host = host_of(url_or_domain)
        return self.world.sites.get(host) or self.world.sites.get(f"www.{host}")

    def businesses_at(self, url_or_domain: str) -> list[Business]:
        """The businesses that have their site there: several for a chain's."""
        return self._by_domain.get(host_of(url_or_domain), [])

    @cached_property
    def _doors(self) -> dict[str, Place]:
        """The businesses' own addresses, as `12 Oak Street, Austin, TX 78701`."""
        found: dict[str, Place] = {}
        for business in self.world.businesses.values():
            if business.street and business.zip_code:
                address = f"{business.street}, {business.city}, {business.state} {business.zip_code}"
                found[_place_key(address)] = Place(address, business.location)
        return found

    def place(self, name: str) -> tuple[Place, bool] | None:
        """The place of that name, and whether only a part of the name was needed."""
        key = _place_key(name)
        if key in self._places:
            return self._places[key], False
        if key in self._doors:
            return self._doors[key], False
        words = key.split()
        # The town alone, or a street and number before it
        for candidate, place in self._places.items():
            town = candidate.split()
            if words and (words == town[: len(words)] or words[-len(town) :] == town):
                return place, True
        return None


def _place_key(name: str) -> str:
    words = "".join(c if c.isalnum() else " " for c in name.lower()).split()
    return " ".join(word for word in words if word not in {"usa", "us", "united", "states"})


def identifier(*parts: object) -> str:
    """A stable id of 24 hexadecimal digits, as document databases give them."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:24]
