import httpx
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant
from psycopg.types.json import Jsonb
from selectolax.lexbor import LexborHTMLParser

HOSTILE = '<img src=x onerror="alert(1)"> \'"><script>alert(2)</script> {{7*7}}'
HOSTILE_ADDRESS = 'javascript:alert(3)//"><img src=x onerror=alert(4)>'

FORM = {
    "business_type": "dentists",
    "target_location": "Austin, TX",
    "target_radius_miles": "15",
    "kind": "",
    "sells": "Websites with online booking",
    "signed_by": "Dana Demo",
    "postal_address": "",
    "budget_dollars": "25",
}


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant(status="ready")


@pytest.fixture
async def client(sign_in: SignIn, tenant: Tenant) -> httpx.AsyncClient:
    return await sign_in(tenant)


def text_of(answer: httpx.Response) -> str:
    """What a reader sees of a page, in one line."""
    main = LexborHTMLParser(answer.text).css_first("main")
    assert main is not None
    return " ".join(main.text(separator=" ").split())


def hostile_lead(seeds: Seeds, tenant: Tenant) -> str:
    """A lead whose every text is an attack."""
    lead_id = seeds.scored(
        tenant, 81, HOSTILE, category=HOSTILE, website=HOSTILE_ADDRESS, phone=HOSTILE, address=HOSTILE, city=HOSTILE,
        state=HOSTILE, zip_code=HOSTILE, status_reason=HOSTILE,
    )  # fmt: skip
    factor = {"component": HOSTILE, "factor": HOSTILE, "points": 81, "most": 81, "reason": HOSTILE, "known": True}
    seeds.value(
        "update lead_scores set scoring_factors = %s, scoring_notes = %s returning true", (Jsonb([factor]), HOSTILE)
    )
    seeds.contact(
        tenant, lead_id, full_name=HOSTILE, title=HOSTILE, email=HOSTILE.lower(), phone=HOSTILE,
        linkedin_url=HOSTILE_ADDRESS, email_verdict_reason=HOSTILE,
    )  # fmt: skip
    seeds.website(tenant, lead_id, tech_stack=Jsonb([HOSTILE]))
    seeds.website(tenant, lead_id, stage="research", company_summary=HOSTILE, employee_count_range=HOSTILE)
    evidence_id = seeds.evidence(tenant, lead_id, HOSTILE, HOSTILE, source_url=HOSTILE_ADDRESS)
    claims = [{"sentence": HOSTILE, "evidence_id": str(evidence_id)}, {"sentence": HOSTILE, "evidence_id": HOSTILE}]
    seeds.drafts(tenant, lead_id, {"subject": HOSTILE, "body_text": HOSTILE, "claims": Jsonb(claims)})
    seeds.receipt(tenant, lead_id, HOSTILE, HOSTILE, seeds.call(tenant, HOSTILE, HOSTILE, fingerprint=b"x" * 32))
    seeds.stage(tenant, lead_id, "contacts", "failed", HOSTILE)
    seeds.value("update campaigns set name = left(%s, 100), business_type = %s, target_location = %s returning true",
                (HOSTILE, HOSTILE, HOSTILE))  # fmt: skip
    seeds.value("update organizations set name = %s returning true", (HOSTILE,))
    seeds.status(tenant, "paused", HOSTILE)
    return f"/leads/{lead_id}"


async def test_hostile_text_is_only_text(client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds) -> None:
    lead = hostile_lead(seeds, tenant)
    not_scored_yet = seeds.prospect(tenant, HOSTILE + "2", website=HOSTILE_ADDRESS)
    paths = [lead, f"/leads/{not_scored_yet}", "/campaigns", f"/campaigns/{tenant.campaign_id}"]

    for path in (*paths, f"/sign-in/{HOSTILE.replace('/', '')}"):
        answer = await client.get(path)
        page = LexborHTMLParser(answer.text)

        assert answer.status_code == 200, path
        assert not page.css("img, script, iframe, object, embed, [style]"), path
        for node in page.css("*"):
            for name, value in node.attributes.items():
                assert not name.startswith("on"), (path, node.html)
                assert not (value or "").strip().lower().startswith("javascript:"), (path, node.html)
        if "sign-in" not in path:
            assert '<img src=x onerror="alert(1)">' in text_of(answer)
            assert "{{7*7}}" in text_of(answer)


async def test_links_to_businesses_give_nothing_away(client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds) -> None:
    lead_id = seeds.lead_with_everything(tenant)

    page = LexborHTMLParser((await client.get(f"/leads/{lead_id}")).text)

    outside = [link for link in page.css("main a") if not (link.attributes["href"] or "").startswith(("/", "#"))]
    assert {link.attributes["href"] for link in outside} == {
        "https://oak-dental.example",
        "https://oak-dental.example/contact",
    }
    assert {link.attributes["rel"] for link in outside} == {"noopener noreferrer"}


async def test_the_form_creates_a_campaign(client: httpx.AsyncClient, seeds: Seeds) -> None:
    answer = await client.post("/campaigns", data=FORM)

    campaign_id = answer.headers["location"].removeprefix("/campaigns/")
    assert answer.status_code == 303
    stored = seeds.value(
        "select jsonb_build_array(name, status, budget_micros, offer) from campaigns where id = %s", (campaign_id,)
    )
    sender = {"name": "Dana Demo", "company": "Tenant", "email": seeds.value("select email from users")}
    offer = {"sells": "Websites with online booking", "proof": [], "sender": sender}
    assert stored == ["Dentists around Austin, TX", "queued", 25_000_000, offer]
    page = await client.get(answer.headers["location"])
    assert "waiting to start" in text_of(page)
    assert 'http-equiv="refresh"' in page.text


async def test_the_form_says_which_field_is_wrong(client: httpx.AsyncClient) -> None:
    for field, value in (
        ("business_type", " "),
        ("target_radius_miles", "far"),
        ("kind", "weapons"),
        ("budget_dollars", "-1"),
        ("organization_id", "x"),
    ):
        answer = await client.post("/campaigns", data={**FORM, field: value})

        assert answer.status_code == 422
        assert field.replace("_", " ") in text_of(answer)


async def test_long_names_make_a_campaign_too(client: httpx.AsyncClient) -> None:
    answer = await client.post("/campaigns", data={**FORM, "business_type": "x" * 200, "target_location": "y" * 300})

    assert answer.status_code == 303


async def test_a_campaign_that_stands_still_says_why_and_can_go_on(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    path = f"/campaigns/{tenant.campaign_id}"
    seeds.status(tenant, "enriching")
    moving = await client.get(path)
    assert "Pause" in text_of(moving)

    assert (await client.post(f"{path}/pause")).headers["location"] == path
    standing = await client.get(path)
    assert "Paused by a member of the organization." in text_of(standing)
    assert 'http-equiv="refresh"' not in standing.text

    assert (await client.post(f"{path}/resume")).headers["location"] == path
    assert "waiting to start" in text_of(await client.get(path))


async def test_what_was_found_is_shown_before_it_is_scored(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    seeds.status(tenant, "enriching")
    lead_id = seeds.prospect(tenant, "Elm Dental", website="https://www.elm-dental.example/home")

    page = await client.get(f"/campaigns/{tenant.campaign_id}")

    assert "Elm Dental Austin, TX elm-dental.example" in text_of(page)
    assert (await client.get(f"/leads/{lead_id}")).status_code == 200


async def test_a_campaign_page_shows_stages_reasons_spend_and_tiers(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    seeds.value("update campaigns set budget_micros = 5000000 returning true")
    seeds.lead_with_everything(tenant, score=81)
    skipped = seeds.scored(tenant, 30, "Elm Dental")
    seeds.stage(tenant, skipped, "research", "skipped", "no site to read")
    page = await client.get(f"/campaigns/{tenant.campaign_id}")
    only_c = await client.get(f"/campaigns/{tenant.campaign_id}", params={"tier": "C"})

    text = text_of(page)
    assert "Found 2 prospects" in text
    assert "Research 1 1 skipped" in text
    assert "Spent $0.00 of $5.00" in text
    assert "All 2 A 1 C 1" in text
    assert "Research no site to read 1" in text
    assert "Firecrawl 1 0 $0.0008 $0.00" in text
    assert text.index("Oak Dental") < text.index("Elm Dental")
    assert "Oak Dental" not in text_of(only_c)
    assert "Elm Dental" in text_of(only_c)


async def test_more_leads_follow_in_the_same_tier(client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds) -> None:
    for number in range(33):
        seeds.scored(tenant, 80 if number % 10 else 40, f"Lead {number}")
    page = LexborHTMLParser((await client.get(f"/campaigns/{tenant.campaign_id}", params={"tier": "A"})).text)
    more = page.css_first("a[href*=cursor]")
    assert more is not None

    rest = LexborHTMLParser((await client.get(more.attributes["href"] or "")).text)

    assert (len(page.css("tbody .tier.A")), len(rest.css("tbody .tier.A"))) == (25, 4)
    assert rest.css_first("a[href*=cursor]") is None


async def test_a_lead_page_explains_itself(client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds) -> None:
    lead_id = seeds.lead_with_everything(tenant, score=81)

    text = text_of(await client.get(f"/leads/{lead_id}"))

    for said in (
        "A 81",
        "fit 20 of 25 reason for fit 20 /25",
        "★ Ana Smith Owner ana@oak-dental.example from their site valid the mailbox accepts mail, checked 3 Nov 2026",
        "On a phone 38 of 100",
        "Loads in 5.3 s",
        "Online booking no",
        "Google 4.6 from 120 reviews",
        "1. Patients can only book by phone. pain point “Call us to make an appointment”",
        "Email 1 day 0",
        "waiting for approval",
        "“Your site asks patients to call.” rests on evidence 1",
        "has booking, website status Firecrawl scrape",
        "$0.0008",
    ):
        assert said in text, said
