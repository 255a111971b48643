"""What an operation of Instantly's works with: one workspace, its future, and the time. Refuses ids that it does not know."""

from dataclasses import dataclass
from datetime import datetime

from leadgen.sandbox.instantly_rules import Refusal
from leadgen.sandbox.instantly_sending import Sending
from leadgen.sandbox.instantly_workspace import Campaign, Email, Hook, Lead, Workspace
from leadgen.sandbox.lookup import Lookup
from leadgen.sandbox.wire import Request

_NOT_FOUND = "Resource not found"


@dataclass(frozen=True, slots=True)
class Desk:
    """One workspace at one moment. Each look-up raises `Refusal` where there is nothing of the id in the path."""

    workspace: Workspace
    sending: Sending
    lookup: Lookup
    now: datetime

    def campaign(self, request: Request) -> Campaign:
        """The campaign that the path names."""
        found = self.workspace.campaigns.get(request.values["id"])
        if found is None:
            raise Refusal(404, _NOT_FOUND)
        return found

    def lead(self, request: Request) -> Lead:
        """The lead that the path names."""
        found = self.workspace.leads.get(request.values["id"])
        if found is None:
            raise Refusal(404, _NOT_FOUND)
        return found

    def email(self, id_: str) -> Email:
        """The email of an id."""
        found = self.workspace.emails.get(id_)
        if found is None:
            raise Refusal(404, _NOT_FOUND)
        return found

    def hook(self, request: Request) -> Hook:
        """The subscription that the path names."""
        found = self.workspace.hooks.get(request.values["id"])
        if found is None:
            raise Refusal(404, _NOT_FOUND)
        return found
