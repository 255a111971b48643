"""What owners and admins do with spending caps. More money lets waiting campaigns go on at once."""

from collections.abc import Mapping
from typing import Any

from leadgen.domain.money import cents
from leadgen.store import campaigns as store
from leadgen.store.database import Transaction
from leadgen_api.access.audit import audit
from leadgen_api.access.sessions import Member
from leadgen_api.caps import queries
from leadgen_api.caps.schemas import Cap, CapChange, CapList, NewCap, Period, stored_vendor
from leadgen_api.problems import NotFound


async def list_caps(member: Member) -> CapList:
    """Every cap, and how far it is used."""
    async with member.tenant() as transaction:
        rows = await transaction.all(queries.CAPS, {"organization": member.organization_id})
    return CapList(items=[Cap.of(row) for row in rows])


async def put_cap(member: Member, vendor: str, period: Period, new: NewCap) -> CapChange:
    """Sets a cap. It holds from the next call on; campaigns that wait for it go on where it leaves more than is used.

    Raises:
        NotFound: there is no such vendor.
    """
    named = _named(member, vendor, period)
    async with member.tenant() as transaction:
        before = await _cents(transaction, named)
        await transaction.execute(queries.PUT, {**named, "cap": new.micros})
        await audit(
            transaction, member, "cap.put", f"{vendor}/{period}", before=before, after={"cap_cents": new.cap_cents}
        )
        row = await transaction.one(queries.CAP, named)
        if row is None:
            raise NotFound("cap")
        has_room = row["cap_micros"] > row["spent_micros"] + row["reserved_micros"]
        resumed = await _resume(transaction, named) if has_room else 0
    return CapChange(cap=Cap.of(row), campaigns_resumed=resumed)


async def delete_cap(member: Member, vendor: str, period: Period) -> CapChange:
    """Removes a cap; campaigns that wait for it go on.

    Raises:
        NotFound: there is no such vendor or cap.
    """
    named = _named(member, vendor, period)
    async with member.tenant() as transaction:
        before = await _cents(transaction, named)
        if not await transaction.execute(queries.DELETE, named):
            raise NotFound("cap")
        await audit(transaction, member, "cap.delete", f"{vendor}/{period}", before=before)
        return CapChange(cap=None, campaigns_resumed=await _resume(transaction, named))


async def _cents(transaction: Transaction, named: Mapping[str, Any]) -> dict[str, Any] | None:
    """The cap that holds, as the audit log tells it."""
    row = await transaction.one(queries.CAP, named)
    return None if row is None else {"cap_cents": cents(row["cap_micros"])}


async def _resume(transaction: Transaction, named: Mapping[str, Any]) -> int:
    waiting = await transaction.all(queries.WAITING, named)
    for row in waiting:
        await store.resume(transaction, row["id"])
    return len(waiting)


def _named(member: Member, vendor: str, period: Period) -> dict[str, Any]:
    return {"organization": member.organization_id, "vendor": stored_vendor(vendor), "period": period}
