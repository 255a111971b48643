"""Instantly's campaigns: made, shown, changed, started, stopped, counted. VENDORS.md section 9."""

from leadgen.sandbox.instantly_answers import analytics_json, campaign_json
from leadgen.sandbox.instantly_bodies import CHANGE_CAMPAIGN, CREATE_CAMPAIGN
from leadgen.sandbox.instantly_desk import Desk
from leadgen.sandbox.instantly_rules import Refusal, changes, checked, page_of, query_id
from leadgen.sandbox.instantly_workspace import ACTIVE, PAUSED, Campaign, new_id
from leadgen.sandbox.wire import Reply, Request, json_reply


def create(request: Request, desk: Desk) -> Reply:
    """A campaign, as a draft."""
    fields, now = checked(request, CREATE_CAMPAIGN), desk.now
    _check_accounts(fields.get("email_list") or [], desk)
    campaign = Campaign(new_id(now), fields, now, now)
    desk.workspace.campaigns[campaign.id] = campaign
    return _shown(campaign, desk)


def list_(request: Request, desk: Desk) -> Reply:
    """The campaigns, the youngest first, by name and status."""
    search, status, exclude = (request.one(name) for name in ("search", "status", "exclude_status"))
    found = [
        campaign_json(one, desk.workspace, desk.now)
        for one in reversed(desk.workspace.campaigns.values())
        if (search or "").lower() in one.fields["name"].lower()
        and status in {None, str(one.status)}
        and exclude != str(one.status)
    ]
    return page_of(found, request.one("limit"), request.one("starting_after"))


def show(request: Request, desk: Desk) -> Reply:
    """One campaign."""
    return _shown(desk.campaign(request), desk)


def change(request: Request, desk: Desk) -> Reply:
    """Other fields for a campaign; what is in line keeps its place."""
    campaign, given = desk.campaign(request), changes(request, CHANGE_CAMPAIGN)
    _check_accounts(given.get("email_list") or [], desk)
    campaign.fields = {**campaign.fields, **given}
    campaign.updated_at = desk.now
    desk.sending.start(campaign, desk.now)
    return _shown(campaign, desk)


def delete(request: Request, desk: Desk) -> Reply:
    """No campaign any more, nor its leads."""
    campaign = desk.campaign(request)
    campaign.status = PAUSED  # what is in line does not leave
    del desk.workspace.campaigns[campaign.id]
    for lead in list(desk.workspace.leads_of(campaign)):
        del desk.workspace.leads[lead.id]
    return _shown(campaign, desk)


def activate(request: Request, desk: Desk) -> Reply:
    """From now on it sends."""
    campaign = desk.campaign(request)
    if not campaign.accounts and not campaign.fields.get("email_tag_list"):
        return _cannot_start("Campaign has no sending accounts")
    steps = campaign.steps
    if not steps or not all(any(not v.get("v_disabled") for v in step["variants"]) for step in steps):
        return _cannot_start("Campaign has no sequences")
    campaign.status, campaign.updated_at = ACTIVE, desk.now
    desk.sending.start(campaign, desk.now)
    desk.sending.tick(desk.now)  # what may leave at once does
    return _shown(campaign, desk)


def pause(request: Request, desk: Desk) -> Reply:
    """From now on it does not."""
    campaign = desk.campaign(request)
    campaign.status, campaign.updated_at = PAUSED, desk.now
    return _shown(campaign, desk)


def analytics(request: Request, desk: Desk) -> Reply:
    """The figures of some campaigns, or of all."""
    wanted = {id_ for id_ in (query_id(request, "id"), *request.many("ids")) if id_}
    campaigns = desk.workspace.campaigns.values()
    return json_reply(200, [analytics_json(one, desk.workspace) for one in campaigns if not wanted or one.id in wanted])


def _shown(campaign: Campaign, desk: Desk) -> Reply:
    return json_reply(200, campaign_json(campaign, desk.workspace, desk.now))


def _cannot_start(message: str) -> Reply:
    # The vendor's description gives this refusal the body of a 404
    return json_reply(400, {"statusCode": 404, "error": "Not Found", "message": message})


def _check_accounts(addresses: list[str], desk: Desk) -> None:
    unknown = [address for address in addresses if address not in desk.workspace.accounts]
    if unknown:
        raise Refusal(400, f"Account not found: {unknown[0]}")
