"""/v1/caps: what may be spent in a day or a month. Everybody sees the caps, owners and admins set them."""

from fastapi import APIRouter

from leadgen_api.access.sessions import Admin, SignedIn
from leadgen_api.caps import service
from leadgen_api.caps.schemas import CapChange, CapList, NewCap, Period, Vendor
from leadgen_api.problems import documented

router = APIRouter(prefix="/v1/caps", tags=["caps"], responses=documented(401, 503))


@router.get("")
async def list_caps(member: SignedIn) -> CapList:
    """Every cap, and how far it is used in the period that runs now."""
    return await service.list_caps(member)


@router.put("/{vendor}/{period}", responses=documented(403, 404, 422))
async def put_cap(member: Admin, vendor: Vendor, period: Period, new: NewCap) -> CapChange:
    """Sets what may be spent at a vendor, or at all together. It holds from the next call on."""
    return await service.put_cap(member, vendor, period, new)


@router.delete("/{vendor}/{period}", responses=documented(403, 404, 422))
async def delete_cap(member: Admin, vendor: Vendor, period: Period) -> CapChange:
    """Removes a cap; campaigns that wait for it go on."""
    return await service.delete_cap(member, vendor, period)
