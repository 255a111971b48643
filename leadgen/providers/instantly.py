"""Instantly v2, which sends the emails of a tenant's campaigns from the tenant's own accounts.

The parts stand in files of their own: `instantly_campaigns.py`, `instantly_leads.py`, `instantly_emails.py` and
`instantly_webhooks.py`; what they share in `instantly_vendor.py`, hours and waits in `instantly_schedule.py`.
"""

from leadgen.providers.calls import Asks
from leadgen.providers.instantly_campaigns import InstantlyCampaigns
from leadgen.providers.instantly_emails import InstantlyEmails
from leadgen.providers.instantly_leads import InstantlyLeads
from leadgen.providers.instantly_webhooks import InstantlyWebhooks


class Instantly:
    """A tenant's workspace: its campaigns, leads, emails and webhooks."""

    def __init__(self, asks: Asks) -> None:
        self.campaigns = InstantlyCampaigns(asks)
        self.leads = InstantlyLeads(asks)
        self.emails = InstantlyEmails(asks)
        self.webhooks = InstantlyWebhooks(asks)
