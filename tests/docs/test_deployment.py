"""The files of the folder ``deployment``: valid, and in agreement with the program."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

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
    """Each process has its own number and files, and all have the same URLs."""
    shards = {name: each for name, each in compose.items() if name.startswith("emulator-")}
    settings = [settings_in(each["environment"]) for each in shards.values()]

    assert [each.shard for each in settings] == [*range(len(shards))]
    assert {each.shards for each in settings} == {len(shards)}
    assert len({each["volumes"][0] for each in shards.values()}) == len(shards)
    for each in settings:
        assert shard_urls(each.shard_url, len(shards)) == [f"http://{name}:8080" for name in shards]
    assert {*compose["proxy"]["depends_on"]} == {"config", *shards}
    (alias,) = compose["proxy"]["networks"]["default"]["aliases"]
    assert {each.public_url for each in settings} == {f"http://{alias}:8080"}


@needs_haproxy
def test_compose_file_writes_a_valid_configuration(compose: Json, tmp_path: Path) -> None:
    """HAProxy accepts it, and it is about as many shards as there are."""
    printed = command_of(compose["config"]["command"][0])

    assert checked(printed, tmp_path).returncode == 0
    assert f"server shard-2 {[*compose][2]}:8080 check" in printed
    assert "backend shard-3" not in printed


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


def test_manifests_agree(manifests: dict[str, Json]) -> None:
    """As many processes as the variable says, whose names are those of the headless service."""
    processes = manifests["StatefulSet emulator"]["spec"]
    (container,) = processes["template"]["spec"]["containers"]
    settings = settings_in(values_of(container) | {f"{PREFIX}SHARD": "0"})
    numbered = {each["name"]: each for each in container["env"]}[f"{PREFIX}SHARD"]
    service = manifests[f"Service {processes['serviceName']}"]["spec"]

    assert settings.shards == processes["replicas"]
    assert "pod-index" in numbered["valueFrom"]["fieldRef"]["fieldPath"]
    assert service["clusterIP"] == "None"
    assert service["selector"] == processes["template"]["metadata"]["labels"]
    assert settings.shard_url[0].startswith(
        f"http://emulator-{{shard}}.{processes['serviceName']}."
    )
    (public,) = (name for name in manifests if name == "Service voicebot-emulator")
    assert settings.public_url == f"http://{public.removeprefix('Service ')}:8080"


@needs_haproxy
def test_manifests_write_a_valid_configuration(manifests: dict[str, Json], tmp_path: Path) -> None:
    """HAProxy accepts it, and it knows the processes by the names that they have."""
    pod = manifests["Deployment emulator-proxy"]["spec"]["template"]["spec"]
    words = pod["initContainers"][0]["args"][0].replace("$(NAMESPACE)", "tests")
    processes = manifests["StatefulSet emulator"]["spec"]

    printed = command_of(words)

    assert checked(printed, tmp_path).returncode == 0
    last = processes["replicas"] - 1
    assert f"server shard-{last} emulator-{last}.emulator.tests.svc.cluster.local:8080" in printed
    assert f"backend shard-{last + 1}" not in printed
    container = processes["template"]["spec"]["containers"][0]
    urls = values_of(container)[f"{PREFIX}SHARD_URL"].replace("$(NAMESPACE)", "tests")
    assert urls in words
