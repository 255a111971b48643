"""The pages of coverage, of the estimate, and of a campaign that a check stops."""

from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant
from selectolax.lexbor import LexborHTMLParser

FORM = {
    "business_type": "dentists",
    "target_location": "Austin, TX",
    "target_radius_miles": "15",
    "kind": "website",
    "sells": 'Websites with "online" booking <for> dentists',
    "signed_by": "Dana Demo",
    "budget_dollars": "",
    "is_urgent": "false",
}
STOPPED = "The quality check relevance failed. 9 of 12: prospects are not known to be of the kind sought."


async def test_a_campaign_shows_how_it_was_covered(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant = make_tenant(status="ready")
    seeds.certificate(tenant)
    page = LexborHTMLParser((await (await sign_in(tenant)).get(f"/campaigns/{tenant.campaign_id}")).text)
    drawings = page.css("figure.tiles svg")
    assert [len(drawing.css("rect")) for drawing in drawings] == [2, 1]
    assert len(page.css("rect.saturated")) == 1
    for box in page.css("figure.tiles rect"):
        x, width = float(box.attributes["x"] or ""), float(box.attributes["width"] or "")
        assert 0 <= x <= x + width <= 100.1
    main = page.css_first("main")
    assert main is not None
    assert "still hide results" in main.text()
    assert "4 closed" in main.text()


async def test_a_campaign_without_a_certificate_shows_none(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    tenant = make_tenant(status="ready")
    page = await (await sign_in(tenant)).get(f"/campaigns/{tenant.campaign_id}")
    assert page.status_code == 200
    assert "Coverage" not in page.text


async def test_an_estimate_shows_what_to_expect_and_creates_the_campaign_as_it_was_typed(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    client = await sign_in(make_tenant())
    before = seeds.value("select count(*) from campaigns")

    answer = await client.post("/campaigns/estimate", data=FORM)

    page = LexborHTMLParser(answer.text)
    assert answer.status_code == 200
    assert seeds.value("select count(*) from campaigns") == before
    assert len(page.css(".strip .figure")) == 3
    filled = {
        field.attributes["name"]: field.attributes["value"] for field in page.css("form[action='/campaigns'] input")
    }
    assert int(filled["budget_dollars"] or 0) > 0
    created = await client.post("/campaigns", data=filled)
    assert created.status_code == 303
    row = seeds.value(
        "select jsonb_build_array(business_type, offer ->> 'sells', target_criteria ->> 'is_urgent')"
        " from campaigns order by created_at desc limit 1"
    )
    assert row == ["dentists", FORM["sells"], "false"]


async def test_a_campaign_that_a_check_stops_goes_on_when_a_member_accepts_it(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant()
    seeds.status(tenant, "paused", STOPPED, cause="quality_gate")
    client = await sign_in(tenant)
    page = LexborHTMLParser((await client.get(f"/campaigns/{tenant.campaign_id}")).text)
    form = page.css_first("form[action$='/accept-checks']")
    assert form is not None
    answer = await client.post(form.attributes["action"] or "")
    assert answer.status_code == 303
    stored = "select jsonb_build_array(status, target_criteria) from campaigns where id = %s"
    assert seeds.value(stored, (tenant.campaign_id,)) == ["queued", {"accepted_checks": ["relevance"]}]
