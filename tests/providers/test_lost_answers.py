"""A call whose answer is lost on the way: looked up, repeated under the vendor's own guard, or left to a person."""

from typing import Any

import psycopg
import pytest
from databases import MakeTenant, Tenant
from loopback_vendor import CREDIT_MICROS, LoopbackVendor, operation, question

from leadgen.errors import OutcomeUnclear, VendorRefused
from leadgen.providers.calls import Judgement, Reply, Verdict
from leadgen.providers.client import ProviderClient
from leadgen.providers.journal import Work
from leadgen.settings import Settings
from leadgen.store.connections import Connections


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant()


def client(settings: Settings, urls: Connections, tenant: Tenant) -> ProviderClient:
    return ProviderClient(settings, urls.pipeline, Work(tenant.organization_id, tenant.campaign_id, "run"))


def statuses(urls: Connections) -> list[tuple[str, int]]:
    with psycopg.connect(urls.owner) as connection:
        return connection.execute("select status, cost_micros from provider_calls order by id").fetchall()


async def send(asker: ProviderClient, *, find: Any = None, **changes: Any) -> Any:
    answer = await asker.ask(
        operation(acts_on_world=True, **changes), question("send"), lambda body: body["answer"], find=find
    )
    return answer.value


async def test_what_the_vendor_has_carried_out_is_found_and_not_made_again(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    vendor.script["send"] = [None]

    async def find() -> Reply:
        return Reply(200, '{"answer": "found"}')

    async with client(vendor.settings(), database_urls, tenant) as asker:
        assert await send(asker, find=find) == "found"
        assert await send(asker, find=find) == "found"
    assert vendor.asked == {"send": 1}
    assert statuses(database_urls) == [("settled", CREDIT_MICROS), ("cached", 0)]


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_server_that_broke_down_may_have_acted_before_it_did(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant, status: int
) -> None:
    vendor.script["send"] = [status, 200]
    async with client(vendor.settings(), database_urls, tenant) as asker:
        with pytest.raises(OutcomeUnclear):
            await send(asker)
    assert vendor.asked == {"send": 1}


async def test_a_yes_that_cannot_be_read_is_a_yes_perhaps(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    vendor.script["send"] = [200, 200]

    def not_json(reply: Reply) -> Judgement:
        return Judgement(Verdict.RETRY, "the answer is not JSON")

    async with client(vendor.settings(), database_urls, tenant) as asker:
        with pytest.raises(OutcomeUnclear):
            await send(asker, judge=not_json)
    assert vendor.asked == {"send": 1}


async def test_a_call_that_was_turned_away_at_the_door_is_made_again(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    vendor.script["send"] = [429, 200]
    async with client(vendor.settings(), database_urls, tenant) as asker:
        assert await send(asker) == "send"
    assert vendor.asked == {"send": 2}


async def test_what_the_vendor_knows_nothing_of_is_made_again_and_paid_once(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    vendor.script["send"] = [None, 200]

    async def find() -> None:
        return None

    async with client(vendor.settings(), database_urls, tenant) as asker:
        assert await send(asker, find=find) == "send"
    assert vendor.asked == {"send": 2}
    assert statuses(database_urls) == [("failed", 0), ("settled", CREDIT_MICROS)]


async def test_a_later_run_looks_up_what_an_earlier_one_lost(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    vendor.script["send"] = [None]
    async with client(vendor.settings(), database_urls, tenant) as asker:
        with pytest.raises(OutcomeUnclear):
            await send(asker)

    async def find() -> Reply:
        return Reply(200, '{"answer": "found"}')

    async with client(vendor.settings(), database_urls, tenant) as asker:
        assert await send(asker, find=find) == "found"
    assert vendor.asked == {"send": 1}


async def test_a_vendor_that_recognises_a_repetition_is_asked_again_with_the_same_mark(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    vendor.script["send"] = [None, 200]
    async with client(vendor.settings(), database_urls, tenant) as asker:
        assert await send(asker, idempotency_header="Idempotency-Key") == "send"
    assert vendor.asked == {"send": 2}
    first, second = (headers["idempotency-key"] for headers in vendor.received)
    assert first == second
    assert len(first) == 64


async def test_a_dear_call_is_left_to_a_person_a_cheap_one_is_repeated(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    for dear, asked in ((CREDIT_MICROS, 1), (CREDIT_MICROS + 1, 2)):
        vendor.asked.clear()
        vendor.script[f"read {dear}"] = [None, 200]
        settings = vendor.settings().model_copy(update={"dear_call_micros": dear})
        async with client(settings, database_urls, tenant) as asker:
            if asked == 1:
                with pytest.raises(OutcomeUnclear):
                    await asker.ask(operation(), question(f"read {dear}"), lambda body: body["answer"])
            else:
                await asker.ask(operation(), question(f"read {dear}"), lambda body: body["answer"])
        assert vendor.asked == {f"read {dear}": asked}


async def test_a_persons_word_decides(vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant) -> None:
    vendor.script["send"] = [None, 200]
    async with client(vendor.settings(), database_urls, tenant) as asker:
        with pytest.raises(OutcomeUnclear) as unclear:
            await send(asker)

    def say(word: str) -> None:
        with psycopg.connect(database_urls.owner) as connection:
            connection.execute("update provider_calls set decision = %s where id = %s", (word, unclear.value.call_id))

    say("drop")
    async with client(vendor.settings(), database_urls, tenant) as asker:
        with pytest.raises(VendorRefused, match="leave it"):
            await send(asker)
    assert vendor.asked == {"send": 1}
    say("repeat")
    async with client(vendor.settings(), database_urls, tenant) as asker:
        assert await send(asker) == "send"
    assert vendor.asked == {"send": 2}


async def test_the_same_words_for_another_purpose_are_another_call(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    async with client(vendor.settings(), database_urls, tenant) as asker:
        for purpose in ("email 1", "email 2", "email 1"):
            request = question("send").for_purpose(purpose)
            await asker.ask(operation(acts_on_world=True), request, lambda body: body["answer"])
    assert vendor.asked == {"send": 2}
