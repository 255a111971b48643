"""A file in a multipart request: kept on the disk, never in memory, and gone when whoever took it is done."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from leadgen_api.imports.schemas import ImportOptions
from leadgen_api.problems import Problem

OPENAPI: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "CSV, TSV or XLSX"},
                        "options": {"type": "string", "description": "ImportOptions as JSON"},
                    },
                }
            }
        },
    }
}


@dataclass(slots=True)
class Upload:
    """A file of our own with what was sent. `keep()` hands it over to who removes it later."""

    path: Path
    name: str
    options: ImportOptions
    is_kept: bool = False

    def keep(self) -> None:
        """The file outlives the request."""
        self.is_kept = True


@asynccontextmanager
async def upload_of(request: Request) -> AsyncIterator[Upload]:
    """The upload of a request. Read only here, so that nobody sends files who may not.

    Raises:
        Problem: the form has no file, or its options are none.
    """
    async with request.form(max_files=1, max_fields=4) as form:
        file, options = form.get("file"), form.get("options") or "{}"
        if not isinstance(file, UploadFile) or not isinstance(options, str):
            errors = [{"field": "file", "detail": "Send the file as the form's field `file`."}]
            raise Problem(422, "invalid-input", "The request is not valid.", errors=errors)
        name = PurePath((file.filename or "leads").replace("\\", "/")).name
        path = await asyncio.to_thread(_copy, file.file)
        upload = Upload(path, "".join(c for c in name if c.isprintable()) or "leads", _options(options, path))
    try:
        yield upload
    finally:
        if not upload.is_kept:
            path.unlink(missing_ok=True)


def _copy(stream: BinaryIO) -> Path:
    with tempfile.NamedTemporaryFile(prefix="leadgen-import-", delete=False) as file:
        shutil.copyfileobj(stream, file)
    return Path(file.name)


def _options(text: str, path: Path) -> ImportOptions:
    try:
        return ImportOptions.model_validate(json.loads(text))
    except ValidationError as error:
        path.unlink(missing_ok=True)
        errors = [{"field": f"options.{'.'.join(map(str, e['loc']))}", "detail": e["msg"]} for e in error.errors()]
        raise Problem(422, "invalid-input", "The options are not valid.", errors=errors) from error
    except ValueError as error:
        path.unlink(missing_ok=True)
        errors = [{"field": "options", "detail": "Send one JSON object."}]
        raise Problem(422, "invalid-input", "The options are no JSON.", errors=errors) from error
