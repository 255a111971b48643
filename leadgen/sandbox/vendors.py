"""All vendors of the sandbox."""

from leadgen.sandbox.anthropic import anthropic
from leadgen.sandbox.apollo import apollo
from leadgen.sandbox.calls import CallLog
from leadgen.sandbox.clock import Clock
from leadgen.sandbox.firecrawl import firecrawl
from leadgen.sandbox.google_geocoding import google_geocoding
from leadgen.sandbox.google_places import google_places
from leadgen.sandbox.hunter import hunter
from leadgen.sandbox.instantly import instantly
from leadgen.sandbox.lookup import Lookup
from leadgen.sandbox.openai import openai
from leadgen.sandbox.pagespeed import pagespeed
from leadgen.sandbox.resend import resend
from leadgen.sandbox.slack import slack
from leadgen.sandbox.stripe import stripe
from leadgen.sandbox.twilio import twilio
from leadgen.sandbox.webhooks import Webhooks
from leadgen.sandbox.wire import Vendor
from leadgen.sandbox.yelp import yelp


def all_vendors(lookup: Lookup, calls: CallLog, clock: Clock, webhooks: Webhooks) -> tuple[Vendor, ...]:
    """One of each, answering from the same world; those with a state go by its clock and tell what happens by webhook."""
    return (
        google_places(lookup),
        google_geocoding(lookup),
        pagespeed(lookup),
        yelp(lookup),
        apollo(lookup, calls),
        hunter(lookup, calls),
        firecrawl(lookup, calls, clock, webhooks),
        anthropic(lookup.world.seed, calls, clock),
        openai(lookup.world.seed),
        instantly(lookup, clock, webhooks),
        resend(lookup, clock, webhooks),
        slack(),
        twilio(clock, webhooks),
        stripe(clock, webhooks),
    )
