"""Egress rules: the addresses that callbacks may be sent to."""

import pytest

from emulator.callbacks.egress import Egress, EgressError
from tests.cases import each_case

HERE = [
    pytest.param("127.0.0.1", id="loopback"),
    pytest.param("127.8.9.10", id="loopback-network"),
    pytest.param("::1", id="loopback-v6"),
    pytest.param("10.1.2.3", id="private-10"),
    pytest.param("172.16.0.1", id="private-172"),
    pytest.param("192.168.1.1", id="private-192"),
    pytest.param("fd12:3456::1", id="unique-local"),
    pytest.param("::ffff:127.0.0.1", id="mapped-loopback"),
    pytest.param("::ffff:10.0.0.1", id="mapped-private"),
    pytest.param("64:ff9b::a00:1", id="nat64-private"),
    pytest.param("64:ff9b:1::a00:1", id="local-nat64-private"),
    pytest.param("::10.0.0.1", id="compatible-private"),
    pytest.param("::ffff:0:10.0.0.1", id="translated-private"),
    pytest.param("fd12:3456::a9fe:1", id="unique-local-with-part-of-metadata"),
]
PUBLIC = [
    pytest.param("8.8.8.8", id="public"),
    pytest.param("2001:4860:4860::8888", id="public-v6"),
    pytest.param("172.32.0.1", id="just-past-private"),
    pytest.param("100.64.0.1", id="carrier-grade-nat"),
    pytest.param("::ffff:8.8.8.8", id="mapped"),
    pytest.param("64:ff9b::808:808", id="nat64"),
    pytest.param("2002:808:808::1", id="6to4"),
    pytest.param("64:ff9b:1::808:808", id="local-nat64"),
    pytest.param("::8.8.8.8", id="compatible"),
    pytest.param("2001:0:808:808::f7f7:f7f7", id="teredo"),
    pytest.param("240.0.0.1", id="future-use"),
    pytest.param("::ffff:0:808:808", id="translated"),
    pytest.param("64:ff9b:1:808:8:800:a00:1", id="local-nat64-private-or-public"),
]
NEVER = [
    pytest.param("169.254.169.254", id="metadata"),
    pytest.param("169.254.1.1", id="link-local"),
    pytest.param("fe80::1", id="link-local-v6"),
    pytest.param("fe80::1%eth0", id="link-local-v6-with-zone"),
    pytest.param("100.100.100.200", id="alibaba-metadata"),
    pytest.param("fd00:ec2::254", id="amazon-metadata-v6"),
    pytest.param("192.0.0.192", id="oracle-metadata"),
    pytest.param("0.0.0.0", id="this-host"),  # noqa: S104  # an address to refuse
    pytest.param("::", id="unspecified-v6"),
    pytest.param("224.0.0.1", id="multicast"),
    pytest.param("ff02::1", id="multicast-v6"),
    pytest.param("255.255.255.255", id="broadcast"),
    pytest.param("::ffff:169.254.169.254", id="mapped-metadata"),
    pytest.param("64:ff9b::a9fe:a9fe", id="nat64-metadata"),
    pytest.param("2002:a9fe:a9fe::1", id="6to4-metadata"),
    pytest.param("64:ff9b:1::a9fe:a9fe", id="local-nat64-metadata"),
    pytest.param("64:ff9b:1:a9fe:a9:fe00::", id="local-nat64-metadata-split"),
    pytest.param("::169.254.169.254", id="compatible-metadata"),
    pytest.param("2001:0:a9fe:a9fe::1", id="teredo-server-metadata"),
    pytest.param("2001:0:808:808::5601:5601", id="teredo-client-metadata"),
    pytest.param("fd00::5efe:a9fe:a9fe", id="isatap-metadata"),
    pytest.param("fd00::200:5efe:a9fe:a9fe", id="isatap-unique-metadata"),
    pytest.param("fd20:ce::254", id="google-metadata-v6"),
    pytest.param("fd00:42::42", id="scaleway-metadata-v6"),
    pytest.param("168.63.129.16", id="azure-metadata"),
    pytest.param("::ffff:0:a9fe:a9fe", id="translated-metadata"),
    pytest.param("::ffff:0:169.254.169.254", id="translated-metadata-dotted"),
    pytest.param("0:0:0:0:ffff:0:a9fe:a9fe%1", id="translated-metadata-with-zone"),
    pytest.param("::ffff:0:100.100.100.200", id="translated-alibaba-metadata"),
    pytest.param("::ffff:0:224.0.0.1", id="translated-multicast"),
    pytest.param("64:ff9b:1:ab:cd::a9fe:a9fe", id="local-nat64-metadata-of-a-subnet"),
    pytest.param("64:ff9b:1:a9:fe:a9fe::", id="local-nat64-metadata-after-56"),
    pytest.param("64:ff9b:1:0:a9:fea9:fe00::", id="local-nat64-metadata-after-64"),
    pytest.param("2001:db8:a9fe:a9fe::", id="own-prefix-metadata-after-32"),
    pytest.param("2001:db8:1a9:fea9:fe::", id="own-prefix-metadata-after-40"),
    pytest.param("2001:db8:1:a9fe:a9:fe00::", id="own-prefix-metadata-after-48"),
    pytest.param("2001:db8:1:2a9:fe:a9fe::", id="own-prefix-metadata-after-56"),
    pytest.param("2001:db8:1:2:a9:fea9:fe00::", id="own-prefix-metadata-after-64"),
    pytest.param("2001:db8:1:2:3:4:a9fe:a9fe", id="own-prefix-metadata-after-96"),
    pytest.param("fd00:c1::a9fe:a9fe", id="oracle-metadata-v6"),
]


def resolving(*addresses: str, allow_public: bool = False) -> Egress:
    """Return egress rules under which the name has these addresses."""

    async def resolve(host: str) -> list[str]:
        assert host == "receiver.example"
        return list(addresses)

    return Egress(allow_public=allow_public, resolve=resolve)


@each_case("address", HERE)
async def test_this_machine_and_private_networks_are_open(address: str) -> None:
    """Callbacks may be sent to loopback and private addresses, in every notation."""
    egress = resolving(address)

    assert await egress.addresses("receiver.example") == [address]


@each_case("address", PUBLIC)
async def test_public_address_is_refused_and_the_flag_named(address: str) -> None:
    """A callback to a public address is refused, and the error names the flag that allows it."""
    egress = resolving(address)

    with pytest.raises(EgressError, match="--allow-public-callbacks") as refused:
        await egress.addresses("receiver.example")

    assert "receiver.example" in str(refused.value)


@each_case("address", PUBLIC)
async def test_public_address_is_allowed_with_the_flag(address: str) -> None:
    """With --allow-public-callbacks, callbacks may be sent to public addresses."""
    assert await resolving(address, allow_public=True).addresses("receiver.example") == [address]


@each_case(
    "allow_public", [pytest.param(False, id="by-default"), pytest.param(True, id="with-the-flag")]
)
@each_case("address", NEVER)
async def test_metadata_and_reserved_addresses_are_never_called(
    address: str, allow_public: object
) -> None:
    """No flag allows link-local, metadata, multicast or unspecified addresses."""
    egress = resolving(address, allow_public=bool(allow_public))

    with pytest.raises(EgressError, match="link-local, metadata or reserved"):
        await egress.addresses("receiver.example")


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(("127.0.0.1", "169.254.169.254"), id="one-is-metadata"),
        pytest.param(("10.0.0.1", "8.8.8.8"), id="one-is-public"),
        pytest.param(("8.8.8.8", "::1"), id="the-first-is-public"),
    ],
)
async def test_name_with_one_refused_address_is_refused(addresses: tuple[str, ...]) -> None:
    """All addresses of a name must be allowed."""
    with pytest.raises(EgressError):
        await resolving(*addresses).addresses("receiver.example")


@each_case(
    "host",
    [
        pytest.param("2852039166", id="decimal"),
        pytest.param("0251.0376.0251.0376", id="octal"),
        pytest.param("0xA9FEA9FE", id="hexadecimal"),
        pytest.param("169.254.43518", id="three-parts"),
        pytest.param("169.16689662", id="two-parts"),
        pytest.param("127.1", id="short-loopback"),
        pytest.param("0x7f.1", id="mixed"),
        pytest.param("receiver.0x", id="name-that-ends-in-a-number"),
        pytest.param("169.254.169.254.", id="trailing-dot"),
        pytest.param("1.2.3.4.5", id="five-parts"),
        pytest.param("\u0661\u0666\u0669.1", id="arabic-digits"),
    ],
)
async def test_unusual_notation_of_an_address_is_refused(host: str) -> None:
    """A host that a resolver could read as an address is refused before it is resolved."""
    egress = Egress(allow_public=True, resolve=resolving().addresses)

    with pytest.raises(EgressError, match="an IP address in an unusual form"):
        await egress.addresses(host)


async def test_names_are_resolved_by_the_system() -> None:
    """Without a resolver of the test, names are resolved by the system."""
    found = await Egress(allow_public=False).addresses("localhost")

    assert set(found) <= {"127.0.0.1", "::1"}
    assert found
