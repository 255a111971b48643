"""How Instantly shows what a workspace holds. VENDORS.md section 9."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from leadgen.sandbox.instantly_workspace import (
    ACCOUNT_DAILY_LIMIT,
    ACTIVE,
    LEAD_BOUNCED,
    LEAD_COMPLETED,
    LEAD_UNSUBSCRIBED,
    RECEIVED,
    SENT,
    Campaign,
    Email,
    Hook,
    Lead,
    Workspace,
    stamp,
)

_OUTSIDE_HOURS = 1
_GOOGLE = 2
_PAYLOAD_NAMES = {
    "first_name": "firstName",
    "last_name": "lastName",
    "company_name": "companyName",
    "job_title": "jobTitle",
    "website": "website",
    "phone": "phone",
    "personalization": "personalization",
}


def campaign_json(campaign: Campaign, workspace: Workspace, now: datetime) -> dict[str, Any]:
    """A campaign."""
    is_outside = campaign.status == ACTIVE and campaign.hours.next_open(now) != now
    return {
        "open_tracking": False,
        **campaign.fields,
        "id": campaign.id,
        "status": campaign.status,
        **({"not_sending_status": _OUTSIDE_HOURS} if is_outside else {}),
        "organization": workspace.id,
        "timestamp_created": stamp(campaign.created_at),
        "timestamp_updated": stamp(campaign.updated_at),
    }


def lead_json(lead: Lead, workspace: Workspace) -> dict[str, Any]:
    """A lead. What has not happened is left out."""
    fields = lead.fields
    texts = {name: fields[name] for name in ("email", *_PAYLOAD_NAMES) if fields.get(name)}
    payload = {_PAYLOAD_NAMES[name]: value for name, value in texts.items() if name in _PAYLOAD_NAMES}
    optional = {
        "lt_interest_status": lead.interest,
        "verification_status": lead.verification,
        "email_replied_step": lead.replied_step,
        "last_contacted_from": lead.account,
        "timestamp_last_contact": _maybe(lead.contacted_at),
        "timestamp_last_open": _maybe(lead.opened_at),
        "timestamp_last_reply": _maybe(lead.replied_at),
        "timestamp_last_interest_change": _maybe(lead.interest_at),
    }
    last_step = {"from": "campaign", "stepID": f"0_{lead.sent - 1}_0", "timestamp_executed": _maybe(lead.contacted_at)}
    return {
        **texts,
        **{name: value for name, value in optional.items() if value is not None},
        "id": lead.id,
        "organization": workspace.id,
        "campaign": lead.campaign_id,
        "status": lead.status,
        "timestamp_created": stamp(lead.created_at),
        "timestamp_updated": stamp(lead.updated_at),
        "email_open_count": lead.opened,
        "email_reply_count": lead.replied,
        "email_click_count": 0,
        "company_domain": lead.domain,
        "status_summary": {"lastStep": last_step} if lead.sent else {},
        "payload": payload | (fields.get("custom_variables") or {}),
        "upload_method": "api",
    }


def email_json(email: Email, workspace: Workspace) -> dict[str, Any]:
    """An email."""
    received = email.kind == RECEIVED
    lead, account = email.lead, email.account
    sender, recipient = (lead.address, account) if received else (account, lead.address)
    return {
        "id": email.id,
        "timestamp_created": stamp(email.at),
        "timestamp_email": stamp(email.at),
        "message_id": f"<{email.id}@{sender.rpartition('@')[2]}>",
        "subject": email.subject,
        "from_address_email": sender,
        "to_address_email_list": recipient,
        "body": {"text": email.text, "html": email.html},
        "organization_id": workspace.id,
        "campaign_id": lead.campaign_id,
        "lead": lead.address,
        "lead_id": lead.id,
        "eaccount": account,
        "ue_type": email.kind,
        "step": None if email.step is None else f"0_{email.step}_0",
        "is_unread": int(received),
        "is_auto_reply": int(email.is_auto_reply),
        "i_status": email.interest,
        "thread_id": lead.thread_id,
        "content_preview": email.text[:100],
    }


def account_json(address: str, workspace: Workspace) -> dict[str, Any]:
    """A sending account: active, and warmed up."""
    first_name, last_name = workspace.accounts[address]
    return {
        "email": address,
        "timestamp_created": stamp(workspace.created_at),
        "timestamp_updated": stamp(workspace.created_at),
        "first_name": first_name,
        "last_name": last_name,
        "organization": workspace.id,
        "status": 1,
        "warmup_status": 1,
        "stat_warmup_score": 98,
        "provider_code": _GOOGLE,
        "daily_limit": ACCOUNT_DAILY_LIMIT,
        "setup_pending": False,
        "is_managed_account": False,
    }


def hook_json(hook: Hook, workspace: Workspace) -> dict[str, Any]:
    """A subscription."""
    return {
        **hook.fields,
        "id": hook.id,
        "organization": workspace.id,
        "timestamp_created": stamp(hook.created_at),
        "status": hook.status,
        "timestamp_error": _maybe(hook.failed_at),
    }


def analytics_json(campaign: Campaign, workspace: Workspace) -> dict[str, Any]:
    """A campaign's figures."""
    leads = list(workspace.leads_of(campaign))
    emails = [one for one in workspace.emails.values() if one.lead.campaign_id == campaign.id]
    contacted = sum(lead.sent > 0 for lead in leads)
    opportunities = sum((lead.interest or 0) >= 1 for lead in leads)
    return {
        "campaign_name": campaign.fields["name"],
        "campaign_id": campaign.id,
        "campaign_status": campaign.status,
        "campaign_is_evergreen": bool(campaign.fields.get("is_evergreen")),
        "leads_count": len(leads),
        "contacted_count": contacted,
        "new_leads_contacted_count": contacted,
        "emails_sent_count": sum(one.kind == SENT for one in emails),
        "open_count": sum(lead.opened for lead in leads),
        "open_count_unique": sum(lead.opened > 0 for lead in leads),
        "reply_count": sum(lead.replied for lead in leads),
        "reply_count_unique": sum(lead.replied > 0 for lead in leads),
        "reply_count_automatic": sum(lead.auto_replied for lead in leads),
        "reply_count_automatic_unique": sum(lead.auto_replied > 0 for lead in leads),
        "link_click_count": 0,
        "link_click_count_unique": 0,
        "bounced_count": _count(leads, LEAD_BOUNCED),
        "unsubscribed_count": _count(leads, LEAD_UNSUBSCRIBED),
        "completed_count": _count(leads, LEAD_COMPLETED),
        "total_opportunities": opportunities,
        "total_opportunity_value": opportunities * (campaign.fields.get("pl_value") or 0),
    }


def _count(leads: Sequence[Lead], status: int) -> int:
    return sum(lead.status == status for lead in leads)


def _maybe(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None
