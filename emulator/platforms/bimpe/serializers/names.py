"""The names of channels and integrations in responses."""

from typing import Any, Final

Json = dict[str, Any]

DISPLAY_NAMES: Final = {
    "whatsapp": "WhatsApp",
    "instagram": "Instagram",
    "messenger": "Messenger",
    "webchat": "Web chat",
    "telephony": "Telephony",
    "bumpa": "Bumpa",
    "google_calendar": "Google Calendar",
    "google_sheets": "Google Sheets",
    "paystack": "Paystack",
    "stripe": "Stripe",
}

STATUS_WORDS: Final = {True: "enabled", False: "disabled"}
