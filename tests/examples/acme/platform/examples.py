"""What Acme's page shows, run in a world of its own."""

from typing import Final

from emulator.kit.comparison import Comparison
from emulator.kit.examples import ExampleRun, Examples, example

ANY_ID: Final = Comparison(any_value=frozenset({"sid", "account_sid", "CallSid", "AccountSid"}))


@example(
    "create_call.request.sh",
    "create_call.response.json",
    "get_call.response.json",
    "completed.callback.form",
)
def call_reported(run: ExampleRun) -> None:
    """The page's call is created, ends after 15 seconds, and is reported."""
    run.set_behavior(n15550199010={"behavior": "answered", "talk_seconds": 15})
    account = run.credentials["AccountSid"]
    texts = {"ACxxx": account, "https://example.com/": run.inbox_url}
    created = run.run_curl("create_call.request.sh", texts).json
    run.compare(created, "create_call.response.json", ANY_ID)
    run.advance()
    got = run.request("GET", f"/2010-04-01/Accounts/{account}/Calls/{created['sid']}.json")
    run.compare(got.json, "get_call.response.json", ANY_ID)
    run.compare(run.inbox("status")[0], "completed.callback.form", ANY_ID)


examples: Final = Examples(examples=(call_reported,))
