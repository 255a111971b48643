"""Any facts, offers, criteria and profiles, for the tests of both scorers."""

from typing import Any, get_args

from hypothesis import strategies as st

from leadgen.domain.scoring.facts import LeadFacts, WebsiteStatus
from leadgen.domain.scoring.offer import KINDS, Offer
from leadgen.domain.scoring.profile import COMPONENTS, FACTORS_OF, Component, FactorName, Profile
from leadgen.domain.scoring.rules import FIELDS, Cap, Condition, Rule

STATUSES: tuple[WebsiteStatus, ...] = get_args(WebsiteStatus)

maybe_bool = st.none() | st.booleans()
words = st.sampled_from(
    ["Dentist", "dentist", "ÄRZTE", "ärzte", "Austin", "TX", "owner", "WordPress", 'a "quoted" one', ""]
)

facts_in_the_database = st.builds(
    LeadFacts,
    website_status=st.sampled_from(STATUSES),
    website_score=st.none() | st.integers(0, 100),
    mobile_score=st.none() | st.integers(0, 100),
    has_ssl=maybe_bool,
    page_speed_ms=st.none() | st.integers(0, 60_000),
    has_booking=maybe_bool,
    technologies=st.none() | st.lists(words, max_size=7).map(tuple),
    socials=st.none() | st.frozensets(st.sampled_from(["facebook", "instagram", "linkedin"])),
    rating=st.none() | st.integers(0, 50).map(lambda tenths: tenths / 10),
    review_count=st.none() | st.integers(0, 100_000),
    employee_count_range=st.none()
    | st.sampled_from(
        ["1-10", "11-50", "201+", "7", "many", "1,001-5,000", " 5 – 9 ", "1-", "", "7\n", "11-50-99", "+"]
    ),
    year_founded=st.none() | st.integers(1000, 2100),
    has_deliverable_contact=maybe_bool,
    has_decision_maker=maybe_bool,
    has_phone=st.booleans(),
    is_relevant=maybe_bool,
    distance_meters=st.none() | st.integers(0, 200_000_000).map(lambda millimeters: millimeters / 1000),
    category=st.none() | words,
    city=st.none() | words,
    state=st.none() | words,
    zip_code=st.none() | st.just("78701"),
    cms=st.none() | words,
    ecommerce_platform=st.none() | words,
    contact_title=st.none() | words,
)
offers = st.builds(
    Offer, kind=st.sampled_from(KINDS), asked_polarity=st.sampled_from([None, "weak", "good", "neutral"])
)
criteria_as_stored = st.fixed_dictionaries(
    {},
    optional={
        "minEmployees": st.integers(0, 100),
        "max_employees": st.integers(0, 100),
        "mustHaveWebsite": st.booleans(),
        "must_have_email": st.booleans(),
        "min_rating": st.integers(0, 50).map(lambda tenths: tenths / 10),
        "min_reviews": st.integers(0, 500),
        "something else": st.text(),
    },
)


@st.composite
def weights_of(draw: st.DrawFn, component: Component) -> dict[FactorName, int]:
    """Weights that add up to 25."""
    names = FACTORS_OF[component]
    cuts = sorted(draw(st.lists(st.integers(0, 25), min_size=len(names) - 1, max_size=len(names) - 1)))
    return {name: to - start for name, start, to in zip(names, [0, *cuts], [*cuts, 25], strict=True)}


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """A condition on any fact."""
    field = draw(st.sampled_from(list(FIELDS)))
    if draw(st.integers(0, 4)) == 0:
        return Condition(field, draw(st.sampled_from(["known", "unknown"])))
    match FIELDS[field]:
        case "number":
            number = draw(st.sampled_from([0.0, 4.5, 10, 50, 1_500, 20_000.5]))
            return Condition(field, draw(st.sampled_from(["at_least", "at_most"])), number=number)
        case "yes_or_no":
            return Condition(field, draw(st.sampled_from(["yes", "no"])))
        case _:
            asked = st.sampled_from(
                ["dentist", "ärzte", "AUSTIN", "facebook", "weak", "none", 'A "Quoted" one', "wordpress"]
            )
            return Condition(field, "one_of", texts=tuple(draw(st.lists(asked, min_size=1, max_size=3))))


names = st.sampled_from(["chain", 'say "no"', "back\\slash", "Größe"])
components = st.sampled_from(COMPONENTS)
rules = st.builds(
    Rule,
    name=names,
    component=components,
    when=conditions(),
    points=st.integers(-30, 30).filter(lambda points: points != 0),
)
caps = st.builds(Cap, name=names, component=components, when=conditions(), most=st.integers(0, 24))


@st.composite
def any_profile(draw: st.DrawFn) -> Profile:
    """Any weights, a few rules and caps."""
    website: Any = {kind: draw(weights_of("website_quality")) for kind in KINDS}
    return Profile(
        version="any",
        website_quality=website,
        business_size=draw(weights_of("business_size")),
        engagement=draw(weights_of("engagement")),
        fit=draw(weights_of("fit")),
        rules=tuple(draw(st.lists(rules, max_size=4))),
        caps=tuple(draw(st.lists(caps, max_size=3))),
    )


profiles = any_profile()
