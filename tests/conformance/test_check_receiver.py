"""check-receiver: a good endpoint passes; one that is wrong is told how, and only that."""

import asyncio
import json
from typing import Final

import pytest
from click.testing import CliRunner, Result

from emulator.cli import main
from emulator.conformance.receiver.runner import grade
from emulator.conformance.receiver.service_state import Window
from emulator.conformance.receiver.simulated_calls import Stage
from emulator.conformance.receiver.trial import Endpoint
from emulator.domain.faults import Effect, Target
from emulator.faults.catalogue import CATALOGUE
from emulator.platforms import discover
from emulator.server import running
from emulator.settings import Settings
from tests.cases import each_case
from tests.service import TOKEN, Service, Within, served
from tests.support import Json

URL: Final = "http://clinic.test/hook"
ASPECTS: Final = {
    "acknowledges in time": "pass",
    "idempotent": "pass",
    "order-safe": "pass",
    "survives the unknown": "pass",
    "refuses forgeries": "skip",
    "asks the API about missing callbacks": "skip",
}
WINDOW: Final = Window(url="http://clinic.test/known/{id}", fields=("status", "done"))


def graded(
    service: Service,
    platform: str = "intron",
    window: Window | None = WINDOW,
    *,
    seed: int = 0,
    token: str | None = None,
) -> Json:
    """Grade a service in this process."""
    vendor = discover()[platform]
    assert vendor.hooks.receiver_check is not None
    headers = {} if token is None else {"Token": token}
    signature_header = None if token is None else "token"
    stage = Stage(vendor, vendor.hooks.receiver_check, seed, signature_header, headers)
    endpoint = Endpoint(url=URL, transport=Within(service), window=window)
    report = asyncio.run(grade(endpoint, stage)).shown()
    return json.loads(json.dumps(report))


def amiss(report: Json) -> list[tuple[str, str, str]]:
    """Everything that failed or gave a warning."""
    return [
        (each["result"], each["check"], each["reason"])
        for each in report["checks"]
        if each["result"] in {"fail", "warn"}
    ]


def results(report: Json) -> dict[str, str]:
    return {each["check"]: each["result"] for each in report["checks"]}


def check(url: str, *more: str) -> Result:
    return CliRunner().invoke(main, ["check-receiver", url, *more])


@pytest.mark.parametrize(
    ("platform", "skipped"),
    [
        pytest.param("intron", set(), id="intron"),
        pytest.param("exotel", set(), id="exotel"),
        pytest.param("voicebooker", {"late_regression"}, id="voicebooker"),
    ],
)
def test_good_service_passes(platform: str, skipped: set[str]) -> None:
    """Nothing is amiss, every aspect that can be seen is; nothing that cannot be is claimed."""
    flaws = () if platform == "intron" else ("accepts",)

    report = graded(Service(*flaws), platform)

    unsigned = {"bad_signature"} if platform != "voicebooker" else set()
    signed = {"bad_signature": "not seen"} if platform == "voicebooker" else {}
    found = results(report)
    skips = {name for name, result in found.items() if result == "skip"}
    assert amiss(report) == []
    assert (report["result"], report["grade"]) == ("pass", "A")
    assert skips == {"stale_signature", "drop", *unsigned, *skipped}
    assert {name: found[name] for name in signed} == signed
    refuses = {"refuses forgeries": "not seen"} if signed else {}
    assert report["grades"] == ASPECTS | refuses


def test_every_fault_of_callbacks_is_checked() -> None:
    """All faults that callbacks can have, and those that come early, each once and first none."""
    names = [each["check"] for each in graded(Service())["checks"]]

    faults = [effect for effect, kind in CATALOGUE.items() if kind.target is Target.CALLBACK]
    assert names[0] == "good"
    assert sorted(names[1:]) == sorted([*faults, Effect.EARLY])


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in discover()])
def test_every_vendor_that_sends_callbacks_has_a_receiver_check(name: str) -> None:
    """A vendor with callbacks sends some for a check; a vendor without any says so."""
    vendor = discover()[name]

    assert (vendor.hooks.receiver_check is not None) == bool(vendor.hooks.events)


def test_without_state_nothing_is_claimed_of_what_a_service_does() -> None:
    """Only answers are seen: what needs a look inside is not, and it says how to give one."""
    report = graded(Service("again", "goes-back", "gullible"), window=None)

    assert amiss(report) == []
    assert report["grades"] == ASPECTS | {"idempotent": "not seen", "order-safe": "not seen"}
    reasons = {each["check"]: each["reason"] for each in report["checks"]}
    assert reasons["duplicate"] == "acknowledged; give --state to check what your service does then"


FLAWS: Final = [
    pytest.param(
        ("again",), {"duplicate": "acted on twice: done 1 became 3"}, "C", id="not-idempotent"
    ),
    pytest.param(
        ("unique",),
        {
            "duplicate": "duplicate: answered 500",
        },
        "C",
        id="500-to-a-duplicate",
    ),
    pytest.param(
        ("goes-back",),
        {"late_regression": 'went back to an older status: status "COMPLETED" became "PROCESSING"'},
        "C",
        id="goes-back",
    ),
    pytest.param(("strict",), {"unknown_status": "unknown status: answered 500"}, "C", id="strict"),
    pytest.param(
        ("gullible",),
        {
            "unknown_status": (
                'an unknown status changed the state: status "COMPLETED" became "ARCHIVED"'
            )
        },
        "C",
        id="gullible",
    ),
    pytest.param(
        ("needs-stats",), {"missing_field": "without stats: answered 500"}, "C", id="missing-field"
    ),
    pytest.param(
        ("picky",),
        {"wrong_content_type": "wrong content type: answered 500"},
        "C",
        id="wrong-content-type",
    ),
    pytest.param(
        ("poisoned",),
        {"wrong_content_type": "a callback that came afterwards: answered 500"},
        "C",
        id="next-one-suffers",
    ),
    pytest.param(
        ("again", "picky"),
        {
            "duplicate": "acted on twice: done 1 became 3",
            "wrong_content_type": "wrong content type: answered 500",
        },
        "D",
        id="two-aspects",
    ),
    pytest.param(
        ("again", "picky", "goes-back"),
        {
            "duplicate": "acted on twice: done 1 became 3",
            "late_regression": "went back to an older status: "
            'status "COMPLETED" became "PROCESSING"',
            "wrong_content_type": "wrong content type: answered 500",
        },
        "E",
        id="three-aspects",
    ),
]


@pytest.mark.parametrize(("flaws", "expected", "mark"), FLAWS)
def test_flaw_is_reported_and_no_other(
    flaws: tuple[str, ...], expected: dict[str, str], mark: str
) -> None:
    """What is wrong with a service fails its check, for its reason, and no other check."""
    report = graded(Service(*flaws))

    assert amiss(report) == [("fail", check, reason) for check, reason in expected.items()]
    assert (report["result"], report["grade"]) == ("fail", mark)


@each_case(
    ("flaws", "expected"),
    [
        pytest.param(
            ("conflicts",), ("duplicate", "duplicate: answered 409"), id="409-to-a-duplicate"
        ),
        pytest.param(
            ("fickle",),
            (
                "conflicting_final",
                "the second status replaced the first: make sure that nothing acts on both",
            ),
            id="takes-the-second-final",
        ),
        pytest.param(
            ("hides",), ("good", "the state cannot be read: answered 500"), id="hides-its-state"
        ),
        pytest.param(
            ("forgets",),
            ("good", "the state does not know what the endpoint has acknowledged"),
            id="forgets",
        ),
        pytest.param(("deep",), ("good", "the state has no status"), id="state-that-is-no-json"),
        pytest.param(("static",), ("good", "the state has no done"), id="state-of-something-else"),
    ],
)
def test_what_may_be_meant_is_a_warning(flaws: tuple[str, ...], expected: tuple[str, str]) -> None:
    """What a vendor would bear with, or a state that tells nothing, does not fail."""
    report = graded(Service(*flaws))

    assert amiss(report) == [("warn", *expected)]
    is_blind = "idempotent" in report["unseen"]  # no letter for what was not seen
    assert (report["result"], report["grade"]) == ("pass", None if is_blind else "B")


def test_state_that_does_not_change_tells_nothing() -> None:
    """A state that a callback does not change proves nothing, and the check says so."""
    service = Service()
    graded(service, seed=5)

    again = graded(service, seed=5)

    assert amiss(again)[0][1] == "good"
    assert amiss(again)[0][2].startswith("a callback did not change the state")
    assert results(again)["duplicate"] == "not seen"
    assert amiss(graded(service, seed=6)) == []


def test_order_counts_only_where_it_is_said_what_counts() -> None:
    """What differs between two things is a warning until a field is named; then it fails."""
    wide = graded(Service(), window=Window(url=WINDOW.url))
    place = graded(Service(), window=Window(url=WINDOW.url, fields=("place",)))

    assert [(result, name) for result, name, _ in amiss(wide)] == [
        ("warn", "delay"),
        ("warn", "reorder"),
    ]
    assert {name for result, name, _ in amiss(place) if result == "fail"} == {"delay", "reorder"}


def test_last_callback_before_the_first_is_reported() -> None:
    """Exotel's session that ends before it starts: who goes back then has done it twice."""
    report = graded(Service("goes-back"), "exotel")

    assert {name for result, name, _ in amiss(report) if result == "fail"} >= {
        "reorder",
        "late_regression",
    }


FORGED: Final = (
    "bad signature: answered 200; acted on a callback that it should refuse: "
    'null became {"status": "callFailed", "done": 1}'
)


@pytest.mark.parametrize(
    ("flaws", "expected"),
    [
        pytest.param(("token",), [], id="refuses"),
        pytest.param(
            (),
            [
                (
                    "fail",
                    "bad_signature",
                    f"{FORGED}; no signature: answered 200",
                )
            ],
            id="takes-any",
        ),
        pytest.param(
            ("lazy-token",),
            [
                (
                    "fail",
                    "bad_signature",
                    FORGED,
                )
            ],
            id="never-looks-at-it",
        ),
    ],
)
def test_forgeries_are_to_be_refused(flaws: tuple[str, ...], expected: list[Json]) -> None:
    """A wrong signature and none at all: refused with 401 or 403, and nothing is done."""
    report = graded(Service(*flaws), "voicebooker", token=TOKEN)

    assert amiss(report) == expected
    assert report["grades"]["refuses forgeries"] == ("fail" if expected else "pass")


@pytest.mark.parametrize(
    ("flaw", "reason"),
    [
        pytest.param("sick", "a callback as it should be: answered 500", id="fails"),
        pytest.param("deaf", "a callback as it should be: no response in time", id="hangs"),
        pytest.param(
            "accepts",
            "a callback as it should be: answered 202, and only 200 acknowledges",
            id="another-2xx",
        ),
    ],
)
def test_who_does_not_take_good_ones_is_checked_no_further(flaw: str, reason: str) -> None:
    """Grade F after the first check; the rest is skipped, so that nothing hangs for long."""
    service = Service(flaw)

    report = graded(service)

    assert amiss(report) == [("fail", "good", reason)]
    assert set(list(results(report).values())[1:]) == {"skip"}
    assert (report["grade"], len(service.received)) == ("F", 1)


def test_what_falls_silent_is_asked_twice_a_check() -> None:
    """Who no longer answers costs each check two time-outs at most: the fault, and the next one."""
    service = Service("tires")

    report = graded(service, window=None)

    silent = [
        sum(each["error"] == "timeout" for each in found["exchanges"]) for found in report["checks"]
    ]
    assert max(silent) == 2
    assert all(each["result"] in {"pass", "fail", "skip"} for each in report["checks"])


def test_same_seed_sends_the_same_bytes() -> None:
    """What is sent follows from the seed, whatever came of it; another seed has other ids."""

    def sent(seed: int, *flaws: str) -> list[tuple[dict[str, str], bytes]]:
        service = Service(*flaws)
        graded(service, "exotel", seed=seed)
        return service.received

    assert sent(0, "accepts") == sent(0, "again")
    assert not {content for _, content in sent(0)} & {content for _, content in sent(1)}


def test_endpoint_is_reached_over_the_wire() -> None:
    """Over sockets: the report has the exact requests and answers; nothing else is touched."""
    service = Service("again")
    with served(service) as base:
        done = check(f"{base}/hook", "--state", f"{base}/known/{{request_id}}", "--json")

    report = json.loads(done.stdout)
    assert done.exit_code == 1, done.output
    failed = [each for each in report["checks"] if each["result"] == "fail"]
    assert [each["check"] for each in failed] == ["duplicate"]
    (found,) = failed
    posts = [each for each in found["exchanges"] if each["method"] == "POST"]
    assert [each["what"] for each in posts[:3]] == ["as it should be", "duplicate", "duplicate"]
    assert len({each["request"] for each in posts[:3]}) == 1
    assert posts[0]["request"].encode() in [content for _, content in service.received]
    assert posts[0]["status"] == 200
    assert posts[0]["curl"].startswith(f"curl -X POST {base}/hook -H 'Content-Type: app")
    assert found["wants"] == "Acknowledge it, and do not act on it again."


def test_report_is_printed_for_people() -> None:
    """By aspect; what failed with what is wanted and the commands that send the same."""
    with served(Service("picky")) as base:
        done = check(f"{base}/hook")
        quiet = check(f"{base}/hook", "--quiet")
        whole = check(f"{base}/hook", "--verbose")

    lines = done.stdout.splitlines()
    assert (done.exit_code, quiet.exit_code, whole.exit_code) == (1, 1, 1)
    assert lines[:2] == ["acknowledges in time", "  PASS  good: acknowledged"]
    at = lines.index("  FAIL  wrong_content_type: wrong content type: answered 500")
    assert lines[at + 1].startswith("      wanted: Read the body anyway")
    assert lines[at + 2] == "      # wrong content type"
    curl = f"      > curl -X POST {base}/hook -H 'Content-Type: text/plain'"
    assert lines[at + 3].startswith(curl)
    assert lines[at + 4] == "      < 500 {}"
    assert lines[-2:] == [
        f"2 of 6 aspects seen, 1 failed: {base}/hook",
        "checks: 4 pass, 0 warn, 1 fail, 3 skip, 5 not seen; not seen: idempotent, order-safe",
    ]
    assert "  PASS" not in quiet.stdout
    assert whole.stdout.count("> curl") > done.stdout.count("> curl") > 0


def test_no_letter_is_given_without_the_state() -> None:
    """A letter needs what the service does; without --state the aspects that were seen count."""
    with served(Service()) as base:
        state = ("--state", f"{base}/known/{{id}}", "--field", "status", "--field", "done")
        blind, open_ = check(f"{base}/hook"), check(f"{base}/hook", *state, "--seed", "1")

    assert blind.stdout.splitlines()[-2] == f"2 of 6 aspects seen, both good: {base}/hook"
    expected = f"GRADE A  4 of 6 aspects seen, all good: {base}/hook"
    assert open_.stdout.splitlines()[-2] == expected
    assert (blind.exit_code, open_.exit_code) == (0, 0)


def test_require_all_fails_for_what_was_not_seen() -> None:
    """Exit 1 and the names of the aspects; with a state that shows all that applies, exit 0."""
    with served(Service()) as base:
        state = ("--state", f"{base}/known/{{id}}", "--field", "status", "--field", "done")
        blind = check(f"{base}/hook", "--require-all")
        whole = check(f"{base}/hook", "--require-all", *state, "--seed", "1")

    assert (blind.exit_code, whole.exit_code) == (1, 0)
    assert "--require-all: not seen: idempotent, order-safe; --state says" in blind.stderr


def test_each_result_is_reported_as_its_check_ends() -> None:
    """A caller gets the result of a check before the next one begins."""
    service = Service()
    reported: list[tuple[str, int]] = []
    vendor = discover()["intron"]
    assert vendor.hooks.receiver_check is not None
    stage = Stage(vendor, vendor.hooks.receiver_check, 0, None, {})
    endpoint = Endpoint(url=URL, transport=Within(service))

    asyncio.run(
        grade(endpoint, stage, lambda each: reported.append((each.check, len(service.received))))
    )

    received = [count for _, count in reported]
    assert [name for name, _ in reported][:3] == ["good", "duplicate", "early"]
    assert received[0] < received[1] < received[2]


def test_what_changes_after_a_check_fails_it() -> None:
    """A service that goes back to an older state later does not stay good."""
    report = graded(Service("fades"))

    assert ("fail", "good") in [(result, name) for result, name, _ in amiss(report)]
    reasons = {each["check"]: each["reason"] for each in report["checks"]}
    assert "changed after the check had ended: status " in reasons["good"]
    assert report["result"] == "fail"


def test_slow_endpoint_is_not_waited_for() -> None:
    """Who does not answer within ``--timeout`` has not acknowledged."""
    with served(Service("deaf")) as base:
        done = check(f"{base}/hook", "--timeout", "0.2")

    assert done.exit_code == 1
    assert "  FAIL  good: a callback as it should be: no response in time" in done.stdout


def test_service_is_given_time_to_act() -> None:
    """With ``--settle``, what it knows is asked for later; all is as without."""
    with served(Service()) as base:
        what = ("--state", f"{base}/{{id}}", "--field", "status", "--field", "done")
        done = check(f"{base}/hook", *what, "--settle", "0.001", "--json")

    report = json.loads(done.stdout)
    assert (done.exit_code, amiss(report)) == (0, [])
    assert report["grades"] == ASPECTS


def test_inbox_of_an_emulator_takes_everything() -> None:
    """The built-in endpoint acknowledges what any vendor sends."""
    with running(Settings(port=0)) as app:
        url = f"{app.worlds.settings.base_url}/_emulator/inbox/default/hook"
        done = [check(url, "--platform", name) for name in ("intron", "exotel", "voicebooker")]

    assert [each.exit_code for each in done] == [0, 0, 0]


@each_case(
    ("words", "said"),
    [
        pytest.param(["ftp://x/"], "Error: URL must be an http or https URL", id="url"),
        pytest.param(["--platform", "bimpe"], "sends no callbacks", id="bimpe"),
        pytest.param(["--platform", "none"], 'unknown value "none"', id="platform"),
        pytest.param(["--state", "x"], "Error: --state must be an http", id="state"),
        pytest.param(["--state", "{url}/{nope}"], "--state names {nope}, which", id="place"),
        pytest.param(["--field", "status"], "--field needs --state", id="field"),
        pytest.param(["--header", "Host=x"], "Error: --header may not set Host", id="host"),
        pytest.param(["--header", "=x"], "NAME=VALUE", id="header"),
        pytest.param(["--signature", "Token"], "--signature Token is not among", id="signature"),
        pytest.param(["--proof", "Token"], "--signature Token is not among", id="former-name"),
        pytest.param(["--timeout", "0"], "--timeout must be", id="timeout"),
        pytest.param(["--timeout", "nan"], "--timeout must be", id="nan"),
        pytest.param(["--seed", "1" * 30], "--seed must be", id="seed"),
        pytest.param(["--settle", "-1"], "'--settle'", id="settle"),
        pytest.param(["--settle", "nan"], "'--settle': must be", id="settle-nan"),
        pytest.param(
            ["http://8.8.8.8/"], "public address; use --allow-public-callbacks", id="public"
        ),
        pytest.param(["http://169.254.169.254/"], "link-local", id="metadata"),
        pytest.param(["--state", "http://8.8.8.8/{id}"], "use --allow-public", id="public-state"),
    ],
)
def test_what_cannot_be_checked_is_a_matter_of_usage(words: list[str], said: str) -> None:
    """Exit code 2 and a reason on standard error: nothing was judged, nothing was sent."""
    service = Service()
    with served(service) as base:
        given = [each.replace("{url}", base) for each in words]
        url = [] if "://" in given[0] else [f"{base}/hook"]
        done = CliRunner().invoke(main, ["check-receiver", *url, *given])

    assert (done.exit_code, said in done.stderr) == (2, True), done.output
    assert (done.stdout, service.received) == ("", [])


def test_closed_port_is_not_a_grade() -> None:
    """Exit code 4: there is no endpoint to grade."""
    with served(Service()) as base:
        url = f"{base}/hook"

    done = check(url)

    assert (done.exit_code, done.stdout) == (4, "")
    assert done.stderr == "no server responds at that address: no response: connection refused\n"


def test_credentials_in_addresses_stay_out_of_the_report() -> None:
    """User and password of an address are sent, and are not shown."""
    with served(Service()) as base:
        done = check(f"{base.replace('//', '//me:hush@')}/hook", "--json", "--quiet")

    assert (done.exit_code, "hush" in done.output) == (0, False)
