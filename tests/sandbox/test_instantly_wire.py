"""Instantly in the sandbox: what it takes and what it refuses. VENDORS.md section 9 on the wire."""

from typing import Any

import pytest
from instantly_workspace import ACCOUNTS, ALWAYS, ROOT, Workspace, campaign, lead
from sandbox_server import Sandbox
from wire_contract import WireContract

NOBODY = "019c0000-0000-7000-8000-0000000000c1"


@pytest.fixture(scope="module")
def contract() -> WireContract:
    return WireContract("instantly/instantly-v2.trimmed.json")


@pytest.fixture
def workspace(sandbox: Sandbox, contract: WireContract) -> Workspace:
    sandbox.admin("PUT", "/limits", json={"instantly": {"rates": []}})
    return Workspace(sandbox, contract)


def refused(
    workspace: Workspace, template: str, method: str = "POST", body: Any = None, **options: Any
) -> tuple[int, str]:
    """Status and sentence of a refusal, in the contract's words."""
    reply = workspace.ask(method, template.replace("{id}", NOBODY), body, **options)
    said = workspace.contract.check(reply, ROOT + template)
    assert said["statusCode"] == reply.status_code
    return reply.status_code, said["message"]


def scheduled(**changes: Any) -> dict[str, Any]:
    [schedule] = ALWAYS["schedules"]
    return {"schedules": [{**schedule, **changes}]}


def test_a_campaign_is_a_draft_until_it_is_activated(workspace: Workspace) -> None:
    made = workspace.checked("POST", "/campaigns", campaign(daily_limit=30, email_gap=10, open_tracking=False))
    states = [
        workspace.checked(method, f"/campaigns/{{id}}{action}", id_=made["id"])["status"]
        for method, action in (("GET", ""), ("POST", "/activate"), ("POST", "/pause"), ("POST", "/activate"))
    ]
    assert states == [0, 1, 2, 1]
    assert (made["status"], made["daily_limit"], made["email_list"]) == (0, 30, ACCOUNTS)


def test_a_campaign_is_changed_and_deleted_with_its_leads(workspace: Workspace) -> None:
    id_ = workspace.running("a@b.example")
    changed = workspace.checked("PATCH", "/campaigns/{id}", {"daily_limit": 7}, id_=id_)
    workspace.checked("DELETE", "/campaigns/{id}", id_=id_)

    assert (changed["daily_limit"], changed["name"]) == (7, "Dentists")
    assert refused(workspace, "/campaigns/{id}", "GET") == (404, "Resource not found")
    assert workspace.checked("POST", "/leads/list", {"campaign": id_}) == {"items": []}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (None, "body must be object"),
        ({"name": "x"}, "body must have required property 'campaign_schedule'"),
        ({"name": "x", "fromEmail": "a@b.example"}, "body must have required property 'campaign_schedule'"),
        (campaign(fromEmail="a@b.example"), "body must NOT have additional properties"),
        (campaign(name=7), "body/name must be string"),
        (campaign(daily_limit="30"), "body/daily_limit must be number"),
        (campaign(email_list=["somebody@else.example"]), "Account not found: somebody@else.example"),
        (
            campaign(sequences=[{"steps": [{"type": "email", "delay": 1}]}]),
            "body/sequences/0/steps/0 must have required",
        ),
        (campaign(campaign_schedule={"schedules": []}), "body/campaign_schedule/schedules must NOT have fewer than 1"),
        (
            campaign(campaign_schedule=scheduled(timezone="America/New_York")),
            "must be equal to one of the allowed values",
        ),
        (campaign(campaign_schedule=scheduled(timing={"from": "9:00", "to": "17:00"})), "must match pattern"),
    ],
)
def test_a_campaign_that_the_contract_does_not_allow_is_refused(workspace: Workspace, body: Any, reason: str) -> None:
    status, said = refused(workspace, "/campaigns", body=body)

    assert status == 400
    assert reason in said


@pytest.mark.parametrize("changes", [{"email_list": []}, {"sequences": []}, {"sequences": [{"steps": []}]}])
def test_a_campaign_that_cannot_send_is_not_activated(workspace: Workspace, changes: dict[str, Any]) -> None:
    made = workspace.checked("POST", "/campaigns", campaign(**changes))
    reply = workspace.ask("POST", f"/campaigns/{made['id']}/activate")

    assert reply.status_code == 400
    workspace.contract.check(reply, f"{ROOT}/campaigns/{{id}}/activate")


def test_campaigns_are_found_by_name_and_status_and_come_in_pages(workspace: Workspace) -> None:
    ids = [workspace.checked("POST", "/campaigns", campaign(name=f"Dentists {n}"))["id"] for n in range(5)]
    workspace.checked("POST", "/campaigns/{id}/activate", id_=ids[3])
    first = workspace.checked("GET", "/campaigns", limit=2)
    second = workspace.checked("GET", "/campaigns", limit=2, starting_after=first["next_starting_after"])
    third = workspace.checked("GET", "/campaigns", limit=2, starting_after=second["next_starting_after"])
    named = workspace.checked("GET", "/campaigns", search="DENTISTS 2")["items"]
    active = workspace.checked("GET", "/campaigns", status=1)["items"]

    assert [one["id"] for page in (first, second, third) for one in page["items"]] == ids[::-1]
    assert "next_starting_after" not in third
    assert [[one["id"] for one in found] for found in (named, active)] == [[ids[2]], [ids[3]]]


def test_leads_are_added_and_the_rest_is_counted(workspace: Workspace) -> None:
    first, second = (workspace.checked("POST", "/campaigns", campaign(name=name))["id"] for name in ("one", "two"))
    workspace.checked("POST", "/block-lists-entries", {"bl_value": "blocked.example"})
    workspace.checked("POST", "/leads/add", {"campaign_id": first, "leads": [lead("known@b.example")]})
    given = ["new@b.example", "NEW@b.example", "no address", "x@blocked.example", "known@b.example"]
    body = {"leads": [lead(address) for address in given]}
    skipping = workspace.checked("POST", "/leads/add", {**body, "campaign_id": second, "skip_if_in_workspace": True})
    taking = workspace.checked("POST", "/leads/add", {**body, "campaign_id": second})

    counts = ("total_sent", "leads_uploaded", "duplicate_email_count", "invalid_email_count", "in_blocklist")
    assert [skipping[name] for name in counts] == [5, 1, 1, 1, 1]
    assert (skipping["skipped_count"], skipping["duplicated_leads"]) == (1, 0)
    assert [one["index"] for one in skipping["created_leads"]] == [0]
    assert (taking["skipped_count"], taking["duplicated_leads"], taking["leads_uploaded"]) == (0, 1, 1)
    assert skipping["remaining_in_plan"] == taking["remaining_in_plan"] + 1


def test_a_lead_is_shown_with_its_variables_and_taken_out(workspace: Workspace) -> None:
    id_ = workspace.checked("POST", "/campaigns", campaign())["id"]
    workspace.checked("POST", "/leads/add", {"campaign_id": id_, "leads": [lead("a@b.example", company_name="B")]})
    shown = workspace.lead(id_, "A@B.example")
    workspace.checked("GET", "/leads/{id}", id_=shown["id"])
    workspace.checked("DELETE", "/leads/{id}", id_=shown["id"])

    assert (shown["status"], shown["email"], shown["company_domain"]) == (1, "a@b.example", "b.example")
    assert (shown["payload"]["subject_2"], shown["payload"]["companyName"]) == ("subject 2 for a@b.example", "B")
    assert refused(workspace, "/leads/{id}", "GET") == (404, "Resource not found")


def test_leads_come_in_pages_by_the_cursor_in_the_body(workspace: Workspace) -> None:
    id_ = workspace.checked("POST", "/campaigns", campaign())["id"]
    workspace.checked("POST", "/leads/add", {"campaign_id": id_, "leads": [lead(f"a{n}@b.example") for n in range(4)]})
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = workspace.checked("POST", "/leads/list", {"campaign": id_, "limit": 2, **cursor})
        seen += [one["email"] for one in page["items"]]
        if not page["items"] or "next_starting_after" not in page:
            break
        cursor = {"starting_after": page["next_starting_after"]}

    assert seen == [f"a{n}@b.example" for n in range(4)]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"leads": [lead("a@b.example")]}, 400, "either campaign_id or list_id"),
        ({"campaign_id": NOBODY, "leads": [lead("a@b.example")]}, 404, "Resource not found"),
        ({"campaign_id": NOBODY, "leads": []}, 400, "fewer than 1 items"),
        (
            {"campaign_id": NOBODY, "leads": [lead(f"a{n}@b.example") for n in range(1_001)]},
            400,
            "more than 1000 items",
        ),
        ({"campaign_id": NOBODY, "leads": [lead("a@b.example", icp=1)]}, 400, "additional properties"),
        (
            {"campaign_id": NOBODY, "leads": [lead("a@b.example", custom_variables={"x": {}})]},
            400,
            "custom_variables/x",
        ),
    ],
)
def test_leads_that_the_contract_does_not_allow_are_refused(
    workspace: Workspace, body: dict[str, Any], status: int, reason: str
) -> None:
    reply = workspace.ask("POST", "/leads/add", body)

    assert reply.status_code == reply.json()["statusCode"] == status
    assert reason in reply.json()["message"]


def test_the_two_accounts_are_there_and_can_send(workspace: Workspace) -> None:
    accounts = workspace.checked("GET", "/accounts")["items"]

    assert [one["email"] for one in accounts] == ACCOUNTS
    assert all((one["status"], one["setup_pending"]) == (1, False) for one in accounts)
    assert workspace.checked("GET", "/workspaces/current")["name"] == "Sandbox"


def test_the_block_list_is_kept_and_entries_are_deleted_by_search(workspace: Workspace) -> None:
    for value in ("a@b.example", "b.example", "c.example", "B.example"):
        workspace.checked("POST", "/block-lists-entries", {"bl_value": value})
    deleted = workspace.checked("DELETE", "/block-lists-entries", search="b.example")
    left = workspace.checked("GET", "/block-lists-entries")["items"]

    assert [(one["bl_value"], one["is_domain"]) for one in deleted] == [("a@b.example", False), ("b.example", True)]
    assert [one["bl_value"] for one in left] == ["c.example"]
    assert refused(workspace, "/block-lists-entries", body={"bl_value": "no value"})[0] == 400
    assert refused(workspace, "/block-lists-entries", body={"email": "a@b.example"})[0] == 400


def test_webhooks_are_listed_changed_and_deleted(workspace: Workspace) -> None:
    url = "http://127.0.0.1:9/hook"
    hook = workspace.checked("POST", "/webhooks", {"target_hook_url": url, "event_type": "reply_received"})
    changed = workspace.checked("PATCH", "/webhooks/{id}", {"name": "replies"}, id_=hook["id"])
    listed = workspace.checked("GET", "/webhooks", event_type="reply_received")["items"]
    workspace.checked("DELETE", "/webhooks/{id}", id_=hook["id"])

    assert (hook["status"], changed["name"], changed["target_hook_url"]) == (1, "replies", url)
    assert [one["id"] for one in listed] == [hook["id"]]
    assert workspace.checked("GET", "/webhooks")["items"] == []
    assert refused(workspace, "/webhooks", body={"target_hook_url": url, "event_type": "link_clicked"})[0] == 400
    assert refused(workspace, "/webhooks", body={"target_hook_url": "ftp://x"})[0] == 400
    assert refused(workspace, "/webhooks", body={"target_hook_url": url, "signed": True})[0] == 400


def test_a_key_that_may_only_read_is_refused_where_something_is_done(sandbox: Sandbox, workspace: Workspace) -> None:
    key = f"{sandbox.key}-readonly"
    written = [
        refused(workspace, template, method, body, key=key)[0]
        for method, template, body in (
            ("POST", "/campaigns", campaign()),
            ("POST", "/campaigns/{id}/activate", None),
            ("POST", "/leads/add", {"campaign_id": NOBODY, "leads": [lead("a@b.example")]}),
            ("DELETE", "/webhooks/{id}", None),
            ("DELETE", "/block-lists-entries", None),
        )
    ]
    read = [workspace.ask("GET", "/campaigns", key=key), workspace.ask("POST", "/leads/list", {}, key=key)]

    assert written == [401] * 5
    assert [reply.status_code for reply in read] == [200, 200]


def test_keys_are_workspaces_apart(sandbox: Sandbox, workspace: Workspace) -> None:
    workspace.running("a@b.example")

    assert workspace.ask("GET", "/campaigns", key=f"{sandbox.key}-other").json() == {"items": []}


@pytest.mark.parametrize("key", ["not-ours", ""])
def test_a_wrong_key_is_refused(sandbox: Sandbox, contract: WireContract, key: str) -> None:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    reply = sandbox.http.get(f"/instantly{ROOT}/campaigns", headers=headers)

    assert reply.status_code == 401
    contract.check(reply, f"{ROOT}/campaigns")


def test_over_the_rate_it_says_429_and_without_a_plan_402(sandbox: Sandbox, workspace: Workspace) -> None:
    sandbox.admin("PUT", "/limits", json={"instantly": {"rates": [{"requests": 1, "seconds": 60}]}})
    workspace.ask("GET", "/campaigns")
    throttled = refused(workspace, "/campaigns", "GET")
    sandbox.admin("PUT", "/limits", json={"instantly": {"rates": [], "quota": 0}})

    assert throttled == (429, "Rate limit exceeded")
    assert refused(workspace, "/campaigns", "GET") == (402, "Workspace does not have an active paid plan")


def test_the_list_of_emails_has_a_limit_of_its_own(sandbox: Sandbox, contract: WireContract) -> None:
    sandbox.admin("PUT", "/limits", json={})
    workspace = Workspace(sandbox, contract)
    statuses = [workspace.ask("GET", "/emails").status_code for _ in range(21)]

    assert statuses == [200] * 20 + [429]
    assert workspace.ask("GET", "/campaigns").status_code == 200


def test_an_unknown_path_is_not_found(workspace: Workspace) -> None:
    reply = workspace.ask("POST", "/campaign/create", {})

    assert (reply.status_code, reply.json()["error"]) == (404, "Not Found")
