"""What the control API can do with Bimpe's records that Bimpe's own API cannot."""

from typing import Final

from emulator.kit.operation import Operation
from emulator.platforms.bimpe.controls.agents import (
    ConnectionChange,
    connect_integration,
    set_channel,
)
from emulator.platforms.bimpe.controls.conversations import (
    AttentionChange,
    IncomingMessage,
    change_conversation,
    list_streams,
    receive_message,
)
from emulator.platforms.bimpe.controls.keys import (
    ApiKeyChanges,
    change_key,
    create_key,
    list_keys,
    revoke_key,
)
from emulator.platforms.bimpe.controls.numbers import (
    AddPhoneNumber,
    InboundChange,
    NumberRequestDecision,
    change_number,
    create_number,
    settle_number_request,
)

controls: Final = (
    Operation(method="GET", path="/keys", handler=list_keys),
    Operation(method="POST", path="/keys", handler=create_key, takes=ApiKeyChanges, status=201),
    Operation(method="PATCH", path="/keys/{key_id}", handler=change_key, takes=ApiKeyChanges),
    Operation(method="DELETE", path="/keys/{key_id}", handler=revoke_key, status=204),
    Operation(
        method="PUT",
        path="/agents/{agent_id}/channels/{type}",
        handler=set_channel,
        takes=ConnectionChange,
    ),
    Operation(
        method="PUT",
        path="/agents/{agent_id}/integrations/{integration_id}",
        handler=connect_integration,
        takes=ConnectionChange,
    ),
    Operation(
        method="POST",
        path="/agents/{agent_id}/messages",
        handler=receive_message,
        takes=IncomingMessage,
        status=201,
    ),
    Operation(
        method="PATCH",
        path="/conversations/{conversation_id}",
        handler=change_conversation,
        takes=AttentionChange,
    ),
    Operation(
        method="POST",
        path="/phone-numbers",
        handler=create_number,
        takes=AddPhoneNumber,
        status=201,
    ),
    Operation(
        method="PATCH",
        path="/phone-numbers/{number_id}",
        handler=change_number,
        takes=InboundChange,
    ),
    Operation(
        method="PATCH",
        path="/phone-number-requests/{request_id}",
        handler=settle_number_request,
        takes=NumberRequestDecision,
    ),
    Operation(method="GET", path="/streams", handler=list_streams),
)
