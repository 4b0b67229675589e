"""Internal errors: mistakes of the emulator's own, logged with their traceback."""

import logging
import traceback
from typing import Final

from starlette.types import Scope

from emulator.kit.errors import ApiError

_log: Final = logging.getLogger("emulator")


def internal_error(scope: Scope, where: str) -> tuple[ApiError, str]:
    """Log the exception that is being handled; return the error to answer and the traceback.

    ``where`` names the vendor or the API whose route has failed.
    """
    _log.exception("internal error in %s, %s %s", where, scope["method"], scope["path"])
    return ApiError(500, "internal", "internal error"), traceback.format_exc()
