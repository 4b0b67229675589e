"""What Acme's tests contribute to the tests of OpenAPI documents."""

from tests.platforms.acme.support import TO, ask
from tests.platforms.contributions import Given
from tests.support import World


async def prepare(world: World) -> Given:
    """A call that has ended."""
    call = (await ask(world, "POST", "Calls.json", data={"To": TO})).json()
    await world.advance()
    return {"path.AccountSid": call["account_sid"], "path.Sid": call["sid"]}
