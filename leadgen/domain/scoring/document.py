"""A scoring profile as a JSON document, the form in which it is stored and travels, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from leadgen.domain.scoring.profile import COMPONENTS, DEFAULT_PROFILE, PROFILE_VERSION, Profile
from leadgen.domain.scoring.rules import Cap, Condition, Rule

Document = dict[str, Any]


def document_of(profile: Profile) -> Document:
    """The profile as plain JSON values. Its version is not part of it: the same document is the same profile."""
    return {
        "website_quality": {kind: dict(weights) for kind, weights in profile.website_quality.items()},
        "business_size": dict(profile.business_size),
        "engagement": dict(profile.engagement),
        "fit": dict(profile.fit),
        "rules": [{**_adjustment(rule), "points": rule.points} for rule in profile.rules],
        "caps": [{**_adjustment(cap), "most": cap.most} for cap in profile.caps],
    }


def profile_of(document: Mapping[str, Any], version: int | None) -> Profile:
    """The profile of a document; what it leaves out is as in the built-in profile. `version` None: not stored yet.

    Raises:
        ValueError: the document is no profile; the message says where.
    """
    strange = [name for name in document if name not in {*COMPONENTS, "rules", "caps"}]
    if strange:
        raise ValueError(f"a profile has no part {', '.join(strange)}.")
    try:
        return Profile(
            version=f"{PROFILE_VERSION}/{'preview' if version is None else version}",
            website_quality={**DEFAULT_PROFILE.website_quality, **(document.get("website_quality") or {})},
            business_size=document.get("business_size") or DEFAULT_PROFILE.business_size,
            engagement=document.get("engagement") or DEFAULT_PROFILE.engagement,
            fit=document.get("fit") or DEFAULT_PROFILE.fit,
            rules=tuple(_rule(given) for given in _list(document, "rules")),
            caps=tuple(_cap(given) for given in _list(document, "caps")),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the document is no scoring profile: {error!r}.") from error


def _adjustment(of: Rule | Cap) -> Document:
    when: Document = {"field": of.when.field, "operator": of.when.operator}
    if of.when.number is not None:
        when["number"] = of.when.number
    if of.when.texts:
        when["texts"] = list(of.when.texts)
    return {"name": of.name, "component": of.component, "when": when}


def _rule(given: Mapping[str, Any]) -> Rule:
    return Rule(given["name"], given["component"], _condition(given["when"]), given["points"])


def _cap(given: Mapping[str, Any]) -> Cap:
    return Cap(given["name"], given["component"], _condition(given["when"]), given["most"])


def _condition(given: Mapping[str, Any]) -> Condition:
    return Condition(given["field"], given["operator"], given.get("number"), tuple(given.get("texts") or ()))


def _list(document: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    return document.get(name) or ()
