"""The sandbox's own door: it counts, bills, limits, fails, holds and tells the truth as asked."""

from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sandbox_server import Sandbox, serving

from leadgen.sandbox.limits import Allowance
from leadgen.sandbox.truth import describe
from leadgen.sandbox.wire import Limit
from leadgen.sandbox.world import World

VENDORS = {
    *("google_places", "google_geocoding", "pagespeed", "yelp"),
    *("apollo", "hunter", "firecrawl", "anthropic"),
}


def geocode(sandbox: Sandbox, address: str = "Austin, TX", key: str | None = None) -> httpx.Response:
    query = {"address": address, "key": key or sandbox.key}
    return sandbox.http.get("/google_geocoding/maps/api/geocode/json", params=query)


def verify(sandbox: Sandbox, email: str = "x@nowhere.example", key: str | None = None) -> httpx.Response:
    return sandbox.http.get(
        "/hunter/v2/email-verifier", params={"email": email}, headers={"X-API-KEY": key or sandbox.key}
    )


def account(sandbox: Sandbox) -> httpx.Response:
    return sandbox.http.get("/hunter/v2/account", headers={"X-API-KEY": sandbox.key})


def test_it_is_healthy_and_tells_its_seed_and_size(sandbox: Sandbox) -> None:
    state = sandbox.admin("GET", "/state")

    assert sandbox.admin("GET", "/health") == {"status": "ok", "seed": sandbox.world.seed}
    assert (state["wanted"], state["businesses"]) == (120, len(sandbox.world.businesses))


def test_it_tells_the_truth(sandbox: Sandbox) -> None:
    assert sandbox.admin("GET", "/truth")["seed"] == describe(sandbox.world)["seed"]


def test_calls_are_counted_by_vendor_operation_and_request(sandbox: Sandbox) -> None:
    for address in ("Austin, TX", "Austin, TX", "Dallas, TX"):
        geocode(sandbox, address)
    counts = sandbox.counts("google_geocoding")
    by_request = sorted((entry["calls"], entry["paid"]) for entry in counts["fingerprints"].values())

    assert counts["operations"]["geocode"] == {"calls": 3, "paid": 3, "outcomes": {"200": 3}}
    assert by_request == [(1, 1), (2, 2)]
    assert counts["bill"] == {"units": {"geocode": 3}, "micros": 15_000}
    assert sandbox.admin("GET", "/calls")["total"] == {"calls": 3, "paid": 3, "violations": 0, "micros": 15_000}


def test_a_request_is_the_same_whatever_its_key_and_the_order_of_its_parts(sandbox: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {sandbox.key}"}
    url = f"https://{next(iter(sandbox.world.sites))}/"
    for body in ({"url": url, "mobile": True}, {"mobile": True, "url": url}):
        sandbox.http.post("/firecrawl/v2/scrape", json=body, headers=headers)
        headers = {"Authorization": f"Bearer {sandbox.key}-other"}
    geocode(sandbox)
    geocode(sandbox, key=f"{sandbox.key}-other")

    assert [entry["calls"] for entry in sandbox.counts("firecrawl")["fingerprints"].values()] == [2]
    assert [entry["calls"] for entry in sandbox.counts("google_geocoding")["fingerprints"].values()] == [2]


def test_a_reset_forgets_the_counts(sandbox: Sandbox) -> None:
    geocode(sandbox)
    sandbox.admin("POST", "/calls/reset")

    assert sandbox.admin("GET", "/calls") == {
        "total": {"calls": 0, "paid": 0, "violations": 0, "micros": 0},
        "vendors": {},
    }


def test_refused_calls_are_counted_and_not_billed(sandbox: Sandbox) -> None:
    verify(sandbox, key="not-ours")
    verify(sandbox, email="nonsense")
    counts = sandbox.counts("hunter")

    assert counts["operations"]["email_verifier"]["outcomes"] == {"401": 1, "400": 1}
    assert (counts["paid"], counts["violations"]) == (0, 0)


def test_a_violated_limit_is_counted_and_holds_per_key(sandbox: Sandbox) -> None:
    sandbox.admin("PUT", "/limits", json={"hunter": {"rates": [{"requests": 2, "seconds": 60}]}})
    statuses = [account(sandbox).status_code for _ in range(3)]
    other = sandbox.http.get("/hunter/v2/account", headers={"X-API-KEY": f"{sandbox.key}-other"})

    assert statuses == [200, 200, 403]
    assert other.status_code == 200
    assert sandbox.counts("hunter")["violations"] == 1


def test_a_star_sets_all_vendors_and_an_empty_table_none(sandbox: Sandbox) -> None:
    sandbox.admin("PUT", "/limits", json={"*": {"rates": [{"requests": 1, "seconds": 60}]}})
    assert [account(sandbox).status_code for _ in range(2)] == [200, 403]
    sandbox.admin("PUT", "/limits", json={})
    assert account(sandbox).status_code == 200


@pytest.mark.parametrize("vendor", sorted(VENDORS))
def test_an_outage_is_the_vendors_own_failure_and_costs_nothing(sandbox: Sandbox, vendor: str) -> None:
    sandbox.admin("PUT", "/faults", json={vendor: {"outage": True, "error_status": 503}})
    key = {"X-Goog-Api-Key": sandbox.key, "x-api-key": sandbox.key, "Authorization": f"Bearer {sandbox.key}"}
    paths = {
        "google_places": ("POST", "/v1/places:searchText"),
        "google_geocoding": ("GET", f"/maps/api/geocode/json?key={sandbox.key}"),
        "pagespeed": ("GET", "/pagespeedonline/v5/runPagespeed"),
        "yelp": ("GET", "/v3/businesses/search"),
        "apollo": ("POST", "/api/v1/people/match"),
        "hunter": ("GET", "/v2/domain-search"),
        "firecrawl": ("POST", "/v2/scrape"),
        "anthropic": ("POST", "/v1/messages"),
    }
    method, path = paths[vendor]
    reply = sandbox.http.request(method, f"/{vendor}{path}", headers=key)

    assert reply.status_code == 503
    assert reply.json().keys() & {"error", "errors", "status"}
    assert sandbox.counts(vendor)["paid"] == 0


def test_the_same_seed_fails_the_same_requests(sandbox: Sandbox) -> None:
    def failures(seed: int) -> list[int]:
        sandbox.admin("POST", "/calls/reset")
        sandbox.admin("PUT", "/faults", json={"hunter": {"error_rate": 0.3, "error_status": 500, "seed": seed}})
        return [n for n in range(15) if verify(sandbox, f"n{n}@nowhere.example").status_code == 500]

    sandbox.admin("PUT", "/limits", json={"hunter": {"rates": []}})
    first = failures(1)

    assert 0 < len(first) < 15
    assert failures(1) == first != failures(2)


def test_a_reset_connection_has_been_paid_and_a_time_out_has_not(sandbox: Sandbox) -> None:
    sandbox.admin("PUT", "/faults", json={"google_geocoding": {"reset_rate": 1}})
    with pytest.raises(httpx.RemoteProtocolError):
        geocode(sandbox)
    sandbox.admin("PUT", "/faults", json={"google_geocoding": {"timeout_rate": 1}})
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(
            f"{sandbox.url}/google_geocoding/maps/api/geocode/json",
            params={"address": "Dallas, TX", "key": sandbox.key},
            timeout=0.2,
            trust_env=False,
        )
    counts = sandbox.counts("google_geocoding")

    assert counts["operations"]["geocode"]["outcomes"]["reset"] == 1
    assert sorted(entry["paid"] for entry in counts["fingerprints"].values()) == [0, 1]


def test_held_requests_wait_until_they_are_released(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "/hold", json={"vendor": "hunter", "after": 1})
    assert account(sandbox).status_code == 200
    with ThreadPoolExecutor(3) as pool:
        waiting: list[Future[httpx.Response]] = [pool.submit(account, sandbox) for _ in range(3)]
        parked = sandbox.admin("GET", "/wait", params={"vendor": "hunter", "parked": 3})
        state, counts = sandbox.admin("GET", "/state"), sandbox.counts("hunter")
        assert not any(reply.done() for reply in waiting)
        sandbox.admin("POST", "/release", json={"vendor": "hunter"})
        statuses = [reply.result().status_code for reply in waiting]

    assert parked == {"reached": True, "parked": 3}
    assert state["parked"] == {"hunter": 3}
    assert (counts["in_flight"], counts["max_in_flight"]) == (3, 3)
    assert statuses == [200, 200, 200]
    assert sandbox.counts("hunter")["in_flight"] == 0


def test_a_caller_that_dies_while_held_is_billed_all_the_same(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "/hold", json={"vendor": "google_geocoding"})
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(
            f"{sandbox.url}/google_geocoding/maps/api/geocode/json",
            params={"address": "Austin, TX", "key": sandbox.key},
            timeout=0.2,
            trust_env=False,
        )
    assert sandbox.counts("google_geocoding")["paid"] == 0
    sandbox.admin("POST", "/release", json={"vendor": "google_geocoding"})

    assert geocode(sandbox).status_code == 200
    assert sandbox.counts("google_geocoding")["paid"] == 2


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/faults", {"hunters": {}}),
        ("PUT", "/faults", {"hunter": {"latency": 5}}),
        ("PUT", "/limits", {"hunter": {"rates": [{"requests": 5}]}}),
        ("PUT", "/limits", {"hunter": {"quota": "many"}}),
        ("POST", "/hold", {"vendor": "nobody"}),
        ("POST", "/release", ["hunter"]),
    ],
)
def test_an_order_that_cannot_be_carried_out_says_why(sandbox: Sandbox, method: str, path: str, body: Any) -> None:
    reply = sandbox.http.request(method, f"/__sandbox{path}", json=body)

    assert reply.status_code == 400
    assert reply.json()["error"]


def test_paths_that_a_vendor_has_not_are_not_found(sandbox: Sandbox) -> None:
    assert {sandbox.http.get(f"/{vendor}/nowhere").status_code for vendor in VENDORS} == {404}


def test_prices_and_limits_may_be_given_at_the_start(town: World) -> None:
    prices = {"google_geocoding": {"geocode": Decimal("0.5")}}
    limits = {"google_geocoding": Allowance((Limit(2, 60),))}
    with (
        serving(town, prices=prices, limits=limits) as url,
        httpx.Client(base_url=url, trust_env=False) as http,
    ):
        cheap = Sandbox(url, town, "sandbox", http)
        statuses = [geocode(cheap).json()["status"] for _ in range(3)]

        assert statuses == ["OK", "OK", "OVER_QUERY_LIMIT"]
        assert cheap.counts("google_geocoding")["bill"]["micros"] == 2
