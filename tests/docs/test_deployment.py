"""The files of the folder ``deployment``: valid, and in agreement with the program."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import yaml
from click.testing import CliRunner
from compose_spec import PyCompose
from lightkube.codecs import from_dict

from emulator.cli import main
from emulator.domain.shards import shard_urls
from emulator.settings import PREFIX, Settings
from tests.proxy import checked, needs_haproxy
from tests.readme import ROOT

FOLDER: Final = ROOT / "emulator" / "docs" / "deployment"
Json = Any


@pytest.fixture(scope="module")
def compose() -> Json:
    """The services of the Compose file."""
    return yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]


@pytest.fixture(scope="module")
def manifests() -> dict[str, Json]:
    """The manifests for Kubernetes, by kind and name."""
    documents = yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text())
    return {f"{each['kind']} {each['metadata']['name']}": each for each in documents}


def settings_in(environment: dict[str, Any]) -> Settings:
    """Return what a server reads of these variables; each must be one of a setting."""
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }
    return Settings(**given)


def values_of(container: Json) -> dict[str, str]:
    """Return the variables of a container that have a value in the manifest."""
    return {each["name"]: each["value"] for each in container["env"] if "value" in each}


def command_of(words: str) -> str:
    """Run the command that writes the configuration, and return what it prints."""
    program, *arguments = shlex.split(words.partition(" >")[0])
    assert program == "voicebot-emulator"
    printed = CliRunner().invoke(main, arguments)
    assert printed.exit_code == 0, printed.output
    return printed.stdout


def test_compose_file_is_valid() -> None:
    """Docker Compose reads the whole file: nothing in it is misspelt."""
    plain = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    resolved = {name: each for name, each in plain.items() if not name.startswith("x-")}

    read = PyCompose.from_json(json.dumps(resolved))

    read.validate()
    assert {name: set(each) for name, each in read.to_dict()["services"].items()} == {
        name: set(each) for name, each in resolved["services"].items()
    }


def test_shards_of_the_compose_file_agree(compose: Json) -> None:
    """Each shard has two processes, which have the same settings and differ in their URLs."""
    first, second = (
        {name: settings_in(each["environment"]) for name, each in compose.items() if kind in name}
        for kind in ("emulator-", "standby-")
    )

    settings = [*first.values(), *second.values()]
    assert [each.shard for each in settings] == [*range(len(first))] * 2
    assert {each.shards for each in settings} == {len(first)}
    names = zip(first, second, strict=True)
    assert shard_urls(settings[0].shard_url, len(first)) == [
        [f"http://{name}:8080" for name in pair] for pair in names
    ]
    assert len({str(each.model_copy(update={"shard": 0})) for each in settings}) == 1
    (alias,) = compose["proxy"]["networks"]["default"]["aliases"]
    assert settings[0].public_url == f"http://{alias}:8080"


def test_database_of_the_compose_file_is_the_one_that_is_used(compose: Json) -> None:
    """Every process waits until the database of its URL is there, and knows its password."""
    postgres = compose["postgres"]
    for name, each in compose.items():
        if name.startswith(("emulator-", "standby-")):
            url = urlsplit(str(settings_in(each["environment"]).data))
            assert url.hostname in each["depends_on"]
            assert compose[url.hostname] is postgres
            assert {url.username, url.path.strip("/")} == {postgres["environment"]["POSTGRES_USER"]}
            assert each["environment"]["PGPASSWORD"] == postgres["environment"]["POSTGRES_PASSWORD"]


@needs_haproxy
def test_compose_file_writes_a_valid_configuration(compose: Json, tmp_path: Path) -> None:
    """HAProxy accepts it, and it is about as many shards as there are."""
    printed = command_of(compose["config"]["command"][0])

    assert checked(printed, tmp_path).returncode == 0
    for name in ("server shard-2 emulator-2", "server shard-2-1 standby-2"):
        assert f"{name}:8080 check" in printed
    assert "backend shard-3" not in printed


def test_proxy_reads_what_the_command_wrote(compose: Json) -> None:
    """Its folder is in no image: Docker would fill the volume with the files and the owner there.

    After an update the proxy reads the new file, and after a restart of all never half of it.
    """
    unfinished, _, _, move = compose["config"]["command"][0].split("> ")[1].split(maxsplit=3)
    written = move.removeprefix(f"{unfinished} ")
    folders = {each.removesuffix(":ro") for each in compose["proxy"]["volumes"]}

    assert {*compose["config"]["volumes"]} == folders == {"config:/config"}
    assert written == "/config/haproxy.cfg"
    assert compose["proxy"]["command"] == f"haproxy -f {written}"
    assert compose["proxy"]["depends_on"]["config"]["restart"]


def test_image_is_built_once(compose: Json) -> None:
    """With a build for each service, every ``up --build`` would stop all processes of all shards.

    No service fetches an image of this name.
    """
    built = {each["image"] for each in compose.values() if "build" in each}
    others = [each for each in compose.values() if each["image"] in built and "build" not in each]

    assert len(built) == sum("build" in each for each in compose.values()) == 1
    assert len(others) == 6
    assert {each["pull_policy"] for each in others} == {"never"}


def differences(given: Json, read: Json, path: str) -> Iterator[str]:
    """Return the paths of what a manifest says and Kubernetes would not read."""
    if isinstance(given, dict):
        for name, value in given.items():
            if name not in read:
                yield f"{path}.{name}"
            else:
                yield from differences(value, read[name], f"{path}.{name}")
    elif isinstance(given, list):
        for at, (one, other) in enumerate(zip(given, read, strict=True)):
            yield from differences(one, other, f"{path}[{at}]")
    elif given != read:
        yield path


def test_manifests_are_valid(manifests: dict[str, Json]) -> None:
    """Kubernetes reads every field: none is missing, of a wrong type or misspelt."""
    for name, each in manifests.items():
        read: Json = from_dict(each)  # refuses missing fields and wrong types
        assert [*differences(each, read.to_dict(), name)] == []


@pytest.mark.parametrize("name", ["emulator", "standby"])
def test_manifests_agree(manifests: dict[str, Json], name: str) -> None:
    """As many processes as the variable says, whose names are those of the headless service."""
    processes = manifests[f"StatefulSet {name}"]["spec"]
    (container,) = processes["template"]["spec"]["containers"]
    settings = settings_in(values_of(container) | {f"{PREFIX}SHARD": "0"})
    numbered = {each["name"]: each for each in container["env"]}[f"{PREFIX}SHARD"]
    service = manifests[f"Service {processes['serviceName']}"]["spec"]

    assert settings.shards == processes["replicas"]
    assert "pod-index" in numbered["valueFrom"]["fieldRef"]["fieldPath"]
    assert service["clusterIP"] == "None"
    assert service["selector"] == processes["template"]["metadata"]["labels"]
    urls = [f"http://{each}-{{shard}}.{each}." for each in ("emulator", "standby")]
    assert [url.partition("$")[0] for url in settings.shard_url] == urls
    assert f"http://{name}-{{shard}}.{processes['serviceName']}." in urls
    (public,) = (each for each in manifests if each == "Service voicebot-emulator")
    assert settings.public_url == f"http://{public.removeprefix('Service ')}:8080"


def test_processes_of_a_shard_differ_in_their_name_alone(manifests: dict[str, Json]) -> None:
    """Whichever has the worlds, its settings and its database are the same."""
    containers = [
        manifests[f"StatefulSet {name}"]["spec"]["template"]["spec"]["containers"][0]
        for name in ("emulator", "standby")
    ]
    (postgres,) = manifests["StatefulSet postgres"]["spec"]["template"]["spec"]["containers"]

    assert containers[0] == containers[1]
    url = urlsplit(values_of(containers[0])[f"{PREFIX}DATA"])
    assert f"Service {url.hostname}" in manifests
    assert url.username == values_of(postgres)["POSTGRES_USER"]
    secrets = {each["name"]: each.get("valueFrom") for each in containers[0]["env"]}
    passwords = {each["name"]: each.get("valueFrom") for each in postgres["env"]}
    assert secrets["PGPASSWORD"] == passwords["POSTGRES_PASSWORD"]


def test_worlds_fit_into_the_memory(manifests: dict[str, Json]) -> None:
    """A world that grows too large is refused before Kubernetes kills the process."""
    for name in ("emulator", "standby"):
        (container,) = manifests[f"StatefulSet {name}"]["spec"]["template"]["spec"]["containers"]

        memory = int(container["resources"]["limits"]["memory"].removesuffix("Gi")) << 30
        settings = settings_in(values_of(container) | {f"{PREFIX}SHARD": "0"})
        assert settings.max_bytes <= memory * 3 / 4


def test_loaded_image_is_used(manifests: dict[str, Json]) -> None:
    """Kubernetes would ask a registry for an image without a version, whether it has it or not."""
    pods = [
        each["spec"]["template"]["spec"]
        for each in manifests.values()
        if "template" in each.get("spec", {})
    ]
    containers = [
        one for pod in pods for one in (*pod["containers"], *pod.get("initContainers", []))
    ]
    own = [each for each in containers if each["image"] == "voicebot-emulator"]

    assert [each["imagePullPolicy"] for each in own] == ["IfNotPresent"] * 3


@needs_haproxy
def test_manifests_write_a_valid_configuration(manifests: dict[str, Json], tmp_path: Path) -> None:
    """HAProxy accepts it, and it knows the processes by the names that they have."""
    pod = manifests["Deployment emulator-proxy"]["spec"]["template"]["spec"]
    words = pod["initContainers"][0]["args"][0].replace("$(NAMESPACE)", "tests")
    processes = manifests["StatefulSet emulator"]["spec"]

    printed = command_of(words)

    assert checked(printed, tmp_path).returncode == 0
    last = processes["replicas"] - 1
    for name, kind in ((f"shard-{last}", "emulator"), (f"shard-{last}-1", "standby")):
        address = f"{kind}-{last}.{kind}.tests.svc.cluster.local:8080"
        assert f"server {name} {address} check" in printed
    assert f"backend shard-{last + 1}" not in printed
    container = processes["template"]["spec"]["containers"][0]
    urls = values_of(container)[f"{PREFIX}SHARD_URL"].replace("$(NAMESPACE)", "tests")
    assert all(url in words for url in urls.split(","))
