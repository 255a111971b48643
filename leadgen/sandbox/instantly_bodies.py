"""The bodies that Instantly takes, by operation. VENDORS.md section 9."""

import re
from collections.abc import Mapping

from leadgen.sandbox.instantly_hours import ZONES
from leadgen.sandbox.instantly_rules import MOST_PER_PAGE, Fields, Number, Plain, Rule, Several, Text, Truth
from leadgen.sandbox.wire import names

MOST_LEADS = 1_000
ADDRESS = re.compile(r"(?i:[^@\s,;<>]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]+)")
EVENT_TYPES = names(
    "all_events email_sent email_opened email_link_clicked reply_received email_bounced lead_unsubscribed campaign_completed "
    "account_error lead_neutral lead_interested lead_not_interested lead_meeting_booked lead_meeting_completed lead_closed "
    "lead_out_of_office lead_wrong_person lead_no_show supersearch_enrichment_completed"
)
_MAYBE = Text(nullable=True)
_ID = Text(pattern=r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ID_OR_NULL = Text(_ID.pattern, nullable=True)
_TIME = Text(pattern=r"([01][0-9]|2[0-3]):([0-5][0-9])")
_DAY = Text(pattern=r"\d{4}-\d\d-\d\d", nullable=True)
_UNIT = Text(choices=names("minutes hours days"))
_SCHEDULE = Fields(
    {
        "start_date": _DAY,
        "end_date": _DAY,
        "schedules": Several(
            Fields(
                {
                    "name": Text(),
                    "timing": Fields({"from": _TIME, "to": _TIME}, ("from", "to")),
                    "days": Fields({str(day): Truth() for day in range(7)}),
                    "timezone": Text(choices=ZONES),
                },
                ("name", "timing", "days", "timezone"),
            ),
            least=1,
        ),
    },
    ("schedules",),
)
_STEP = Fields(
    {
        "type": Text(choices=names("email")),
        "delay": Number(),
        "delay_unit": _UNIT,
        "pre_delay": Number(),
        "pre_delay_unit": _UNIT,
        "variants": Several(Fields({"subject": Text(), "body": Text(), "v_disabled": Truth()}, ("subject", "body"))),
    },
    ("type", "delay", "variants"),
)
_CAMPAIGN_FIELDS: Mapping[str, Rule] = {
    "name": Text(),
    "campaign_schedule": _SCHEDULE,
    "sequences": Several(Fields({"steps": Several(_STEP)}, ("steps",))),
    **{name: Number(nullable=True) for name in ("pl_value", "email_gap", "random_wait_max", "daily_limit")},
    "daily_max_leads": Number(least=0, whole=True, nullable=True),
    "open_tracking": Truth(),
    **{
        name: Truth(nullable=True)
        for name in names(
            "is_evergreen text_only first_email_text_only stop_on_reply link_tracking stop_on_auto_reply "
            "prioritize_new_leads match_lead_esp stop_for_company insert_unsubscribe_header allow_risky_contacts "
            "disable_bounce_protect"
        )
    },
    **{name: Several(Text()) for name in ("email_list", "cc_list", "bcc_list")},
    "email_tag_list": Several(_ID),
    "auto_variant_select": Fields({}, ("trigger",), nullable=True),
    "limit_emails_per_company_override": Fields({}, ("mode",), nullable=True),
    "owned_by": _ID_OR_NULL,
    "ai_sdr_id": _ID_OR_NULL,
    "provider_routing_rules": Several(Fields({}, ("action", "recipient_esp", "sender_esp"))),
}
CREATE_CAMPAIGN = Fields(_CAMPAIGN_FIELDS, ("name", "campaign_schedule"), closed=True)
CHANGE_CAMPAIGN = Fields({k: v for k, v in _CAMPAIGN_FIELDS.items() if k != "ai_sdr_id"}, closed=True)
_LEAD_TEXTS = names("email personalization website last_name first_name company_name job_title phone pl_value_lead")
_LEAD = Fields(
    {
        **dict.fromkeys(_LEAD_TEXTS, _MAYBE),
        "lt_interest_status": Number(least=-4, most=4, whole=True),
        "assigned_to": _ID_OR_NULL,
        "custom_variables": Fields({}, rest=Plain()),
    },
    closed=True,
)
ADD_LEADS = Fields(
    {
        "campaign_id": _ID,
        "list_id": _ID,
        "leads": Several(_LEAD, least=1, most=MOST_LEADS),
        "blocklist_id": _ID_OR_NULL,
        "assigned_to": _ID,
        **dict.fromkeys(
            names("verify_leads_on_import skip_if_in_workspace skip_if_in_campaign skip_if_in_list"), Truth()
        ),
    },
    ("leads",),
)
LIST_LEADS = Fields(
    {
        **dict.fromkeys(names("search filter starting_after"), Text()),
        **dict.fromkeys(names("campaign list_id smart_view_id"), _ID),
        **dict.fromkeys(names("in_campaign in_list is_website_visitor distinct_contacts"), Truth()),
        **dict.fromkeys(names("ids excluded_ids organization_user_ids"), Several(_ID)),
        "contacts": Several(Text(pattern=ADDRESS.pattern)),
        "limit": Number(least=1, most=MOST_PER_PAGE, whole=True),
    }
)
MARK_LEAD = Fields(
    {
        "lead_email": Text(),
        "interest_value": Number(nullable=True),
        "campaign_id": Text(),
        "ai_interest_value": Number(),
        "disable_auto_interest": Truth(),
        "list_id": Text(),
    },
    ("lead_email", "interest_value"),
)
REPLY = Fields(
    {
        **dict.fromkeys(names("eaccount reply_to_uuid subject cc_address_email_list bcc_address_email_list"), Text()),
        "body": Fields({"html": Text(), "text": Text()}),
    },
    ("reply_to_uuid", "eaccount", "subject", "body"),
)
_WEBHOOK_FIELDS: Mapping[str, Rule] = {
    "campaign": _ID_OR_NULL,
    "name": _MAYBE,
    "target_hook_url": Text(pattern=r"https?://.+"),
    "event_type": Text(choices=EVENT_TYPES, nullable=True),
    "custom_interest_value": Number(nullable=True),
    "headers": Fields({}, rest=Text(), nullable=True),
}
CREATE_WEBHOOK = Fields(_WEBHOOK_FIELDS, ("target_hook_url",), closed=True)
CHANGE_WEBHOOK = Fields(_WEBHOOK_FIELDS, closed=True)
BLOCK = Fields({"bl_value": Text()}, ("bl_value",), closed=True)
