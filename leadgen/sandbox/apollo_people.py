"""People and organizations as Apollo shows them, and which of them a search's filters let through."""

from collections.abc import Callable
from typing import Any

from leadgen.sandbox.addresses import country_name, phone_formats, state_name, town_line
from leadgen.sandbox.lookup import Employee, Lookup, identifier
from leadgen.sandbox.people import obfuscated, seniority
from leadgen.sandbox.wire import Request
from leadgen.sandbox.world import Business

_MOMENT = "2026-11-01T10:00:00.000+00:00"
_EMAIL_STATUSES = {"valid": "verified", "catch_all": "unverified", "unknown": "unverified"}


def email_status(employee: Employee, lookup: Lookup) -> str:
    """`verified`, `unverified` or `unavailable`."""
    mailbox = lookup.world.mailboxes.get(employee.person.email or "")
    if employee.person.email is None:
        return "unavailable"
    return _EMAIL_STATUSES.get(mailbox.kind, "unverified") if mailbox else "unverified"


def matches_filters(employee: Employee, request: Request, lookup: Lookup) -> bool:
    """Whether a person passes all filters of a search; each filter passes with any of its values."""
    person, business = employee.person, employee.business
    strict = request.one("include_similar_titles") == "false"
    where = f"{business.city}, {state_name(business.state)}, {country_name(business.country)}".lower()
    who = f"{person.first_name} {person.last_name} {person.title} {business.name}".lower()
    tests: dict[str, Callable[[str], bool]] = {
        "person_titles[]": lambda title: _title_fits(title.lower(), person.title.lower(), strict=strict),
        "person_seniorities[]": lambda level: level == seniority(person.title),
        "organization_num_employees_ranges[]": lambda span: _in_range(business.employees, span),
        "organization_locations[]": lambda place: place.lower() in where,
        "person_locations[]": lambda place: place.lower() in where,
        "contact_email_status[]": lambda status: status == email_status(employee, lookup),
        "organization_ids[]": lambda id_: id_ == organization_id(business),
        "q_keywords": lambda words: words.lower() in who,
    }
    asked = ((test, request.many(name)) for name, test in tests.items())
    return all(not values or any(map(test, values)) for test, values in asked)


def company_matches(business: Business, request: Request) -> bool:
    """Whether a business passes all filters of a search for companies; each filter passes with any of its values."""
    where = f"{business.city}, {state_name(business.state)}, {country_name(business.country)}".lower()
    domain = business.site.domain if business.site else ""
    what = {word.lower() for word in (business.category, *business.services)}
    tools = {name.lower().replace(" ", "_") for name in (business.site.technologies if business.site else ())}
    tests: dict[str, Callable[[str], bool]] = {
        "q_organization_domains_list[]": lambda wanted: wanted.lower() == domain,
        "organization_num_employees_ranges[]": lambda span: _in_range(business.employees, span),
        "organization_locations[]": lambda place: place.lower() in where,
        "q_organization_keyword_tags[]": lambda word: any(word.lower() in known for known in what),
        "q_organization_name": lambda name: name.lower() in business.name.lower(),
        "organization_ids[]": lambda id_: id_ == organization_id(business),
        "currently_using_any_of_technology_uids[]": lambda uid: uid.lower() in tools,
    }
    if any(place.lower() in where for place in request.many("organization_not_locations[]")):
        return False
    asked = ((test, request.many(name)) for name, test in tests.items())
    return all(not values or any(map(test, values)) for test, values in asked)


def _title_fits(wanted: str, title: str, *, strict: bool) -> bool:
    if strict:
        return wanted == title
    return wanted in title or set(wanted.split()) <= set(title.replace("&", " ").split())


def _in_range(size: int, text: str) -> bool:
    least, _, most = text.partition(",")
    return least.isdecimal() and most.isdecimal() and int(least) <= size <= int(most)


def search_json(employee: Employee) -> dict[str, Any]:
    """A hit of the search: no address, no phone, the last name hidden."""
    person, business = employee.person, employee.business
    return {
        "id": employee.id,
        "first_name": person.first_name,
        "last_name_obfuscated": obfuscated(person.last_name),
        "title": person.title,
        "last_refreshed_at": _MOMENT,
        "has_email": person.email is not None,
        "has_city": business.city is not None,
        "has_state": business.state is not None,
        "has_country": True,
        "has_direct_phone": "Maybe: please request direct dial via people/bulk_match",
        "organization": {
            "name": business.name,
            "has_industry": True,
            "has_phone": business.phone is not None,
            "has_city": business.city is not None,
            "has_state": business.state is not None,
            "has_country": True,
            "has_zip_code": business.zip_code is not None,
            "has_revenue": False,
            "has_employee_count": True,
        },
    }


def person_json(employee: Employee, lookup: Lookup) -> dict[str, Any]:
    """A match: everything Apollo has."""
    person, business = employee.person, employee.business
    return {
        "id": employee.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "name": f"{person.first_name} {person.last_name}",
        "linkedin_url": person.linkedin_url,
        "title": person.title,
        "email_status": email_status(employee, lookup),
        "photo_url": None,
        "twitter_url": None,
        "github_url": None,
        "facebook_url": None,
        "extrapolated_email_confidence": None,
        "headline": f"{person.title} at {business.name}",
        "email": person.email,
        "organization_id": organization_id(business),
        "employment_history": [],
        "state": state_name(business.state),
        "city": business.city,
        "country": country_name(business.country),
        "organization": organization_json(business),
        "departments": [],
        "subdepartments": [],
        "functions": [],
        "seniority": seniority(person.title),
    }


def organization_id(business: Business) -> str:
    """Apollo's id of a business."""
    return identifier("organization", business.id)


def company_json(business: Business) -> dict[str, Any]:
    """A hit of the search for companies: without size, industry and address."""
    whole = organization_json(business)
    addresses = "website_url linkedin_url twitter_url facebook_url primary_domain"
    shown = f"id name {addresses} primary_phone languages phone founded_year"
    return {name: whole[name] for name in shown.split()}


def organization_json(business: Business) -> dict[str, Any]:
    """An organization: size, founding year, technologies."""
    domain = business.site.domain if business.site else None
    technologies = business.site.technologies if business.site else ()
    town = town_line(business.city, business.state, business.zip_code)
    phone = phone_formats(business.phone, business.country)[0] if business.phone else None
    return {
        "id": organization_id(business),
        "name": business.name,
        "website_url": business.website,
        "linkedin_url": None,
        "twitter_url": None,
        "facebook_url": None,
        "primary_phone": {"number": phone, "source": "Scraped"} if phone else {},
        "languages": [],
        "phone": phone,
        "founded_year": business.year_founded,
        "primary_domain": domain,
        "industry": business.category,
        "keywords": [business.category],
        "estimated_num_employees": business.employees,
        "industries": [business.category],
        "raw_address": ", ".join(part for part in (business.street, town, business.country) if part),
        "street_address": business.street,
        "city": business.city,
        "state": state_name(business.state),
        "postal_code": business.zip_code,
        "country": country_name(business.country),
        "annual_revenue": None,
        "technology_names": list(technologies),
        "current_technologies": [
            {"uid": name.lower().replace(" ", "_"), "name": name, "category": "Other"} for name in technologies
        ],
    }
