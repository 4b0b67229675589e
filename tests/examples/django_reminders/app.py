"""A clinic's service on Django: reminds patients through Intron, and records who confirmed."""

import json
import os

import httpx
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["clinic.test", "testserver"])
patients: dict[str, str] = {}


@csrf_exempt
def remind(request: HttpRequest) -> JsonResponse:
    """Have Intron call one patient; a test sets another address and key in the environment."""
    base_url = os.environ.get("INTRON_BASE_URL", "https://voicebot.intron.health")
    headers = {"Authorization": f"Bearer {os.environ['INTRON_API_KEY']}"}
    workflow = {
        "name": "Reminder",
        "workflow_type": "ROBOCALL",
        "message": "Hello. Press 1 to confirm your appointment.",
        "include_reply": True,
        "option_one": "Confirm",
        "option_two": "Cancel",
        "call_back_url": os.environ["CLINIC_URL"] + "/intron",
    }
    number = json.loads(request.body)["phone_number"]
    with httpx.Client(base_url=base_url, headers=headers) as client:
        made = client.post("/voicebot/v1/workflows", json=workflow).raise_for_status()
        workflow_id = made.json()["data"]["id"]
        batch = {"workflow_id": workflow_id, "workflow_params": [{"phone_number": number}]}
        client.post("/voicebot/v1/robocall/call", json=batch).raise_for_status()
    patients[number] = "reminded"
    return JsonResponse({"status": "accepted"}, status=202)


@csrf_exempt
def report(request: HttpRequest) -> JsonResponse:
    """Record what came of a batch."""
    for call in json.loads(request.body)["request_calls"]:
        confirmed = call["call_result_options_selected"] == "1"
        patients[call["phone_number"]] = "confirmed" if confirmed else "call again"
    return JsonResponse({"status": "recorded"})


urlpatterns = [path("reminders", remind), path("intron", report)]
application = get_asgi_application()
