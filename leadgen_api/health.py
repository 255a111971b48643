"""What a supervisor or load balancer asks: does the process live, can it serve."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from psycopg import OperationalError

router = APIRouter(include_in_schema=False)

READY_WITHIN_SECONDS = 3


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """200 as long as the process answers."""
    return {"status": "alive"}


@router.get("/readyz")
async def ready(request: Request) -> JSONResponse:
    """200 while the database answers, else 503."""
    try:
        async with asyncio.timeout(READY_WITHIN_SECONDS), request.app.state.database.nobody():
            return JSONResponse({"status": "ready"})
    except (OperationalError, TimeoutError):
        return JSONResponse({"status": "not ready", "detail": "The database does not answer."}, 503)
