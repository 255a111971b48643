"""Companies: branches of one chain are one company, strangers on one host are not."""

from leadgen.domain.identity.clusters import resolve
from leadgen.domain.identity.companies import group_companies
from leadgen.domain.identity.records import Record


def branch(number: int, name: str = "Bright Smile Dental", website: str | None = "https://brightsmile.com") -> Record:
    return Record(
        f"{number}", "google_maps", name, f"{100 + 37 * number} Oak Rd", "Austin", "TX",
        f"787{number:02}", f"512555{1000 + 7 * number}", website, 30.2 + number / 50, -97.7,
    )  # fmt: skip


def test_twelve_branches_of_a_chain_are_one_company_with_twelve_locations() -> None:
    branches = [branch(n) for n in range(12)]
    assert len(resolve(branches).clusters) == 12
    (company,) = group_companies(branches)
    assert (company.key, company.name, len(company.record_ids)) == (
        "domain:brightsmile.com",
        "Bright Smile Dental",
        12,
    )


def test_forty_shops_with_a_social_page_are_no_company() -> None:
    shops = [branch(n, "Corner Florist", f"https://facebook.com/florist{n}") for n in range(40)]
    assert group_companies(shops) == []


def test_strangers_on_one_website_are_no_company() -> None:
    names = ("Zilker Tacos", "Lamar Tire Repair", "Quill & Ink", "Pecan Yoga")
    assert group_companies(branch(n, name, "https://townmarket.com") for n, name in enumerate(names)) == []


def test_branches_named_after_their_quarter_belong_to_the_website_that_bears_the_name() -> None:
    names = ("Bright Smile Dental", "Brightsmile Kids - Mueller", "Bright Smile Dental of Round Rock")
    (company,) = group_companies(branch(n, name) for n, name in enumerate(names))
    assert len(company.record_ids) == 3


def test_one_distinctive_name_and_one_phone_are_one_company_without_a_website() -> None:
    shops = [Record(f"{n}", "yelp", "Torchy's Tacos", f"{n}00 Elm St", phone="800-344-6933") for n in range(1, 4)]
    (company,) = group_companies(shops)
    assert company.reason == "same name and phone"


def test_the_same_businesses_give_the_same_companies_whatever_their_order() -> None:
    records = [branch(n) for n in range(5)] + [branch(9, "Quill & Ink")]
    mine, theirs = group_companies(records), group_companies(records[::-1])
    assert [(c.key, c.name, set(c.record_ids)) for c in mine] == [(c.key, c.name, set(c.record_ids)) for c in theirs]
