"""What the control API can do with Bimpe's records that Bimpe's own API cannot."""

from typing import Final

from emulator.kit.operation import Operation
from emulator.platforms.bimpe.controls.actions import ActionCall, ActionResult, call_action
from emulator.platforms.bimpe.controls.agents import (
    ConnectionChange,
    connect_integration,
    set_channel,
)
from emulator.platforms.bimpe.controls.conversations import (
    AttentionChange,
    IncomingMessage,
    ReceivedMessage,
    change_conversation,
    list_streams,
    receive_message,
)
from emulator.platforms.bimpe.controls.keys import (
    ApiKeyChanges,
    ApiKeyView,
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
from emulator.platforms.bimpe.schemas.agents import ChannelResource
from emulator.platforms.bimpe.schemas.conversations import ConversationDetailsResource
from emulator.platforms.bimpe.schemas.integrations import IntegrationSummary
from emulator.platforms.bimpe.schemas.numbers import (
    NumberRequestResource,
    PhoneNumberDetailsResource,
)

controls: Final = (
    Operation(method="GET", path="/keys", handler=list_keys, gives=ApiKeyView, many=True),
    Operation(
        method="POST",
        path="/keys",
        handler=create_key,
        takes=ApiKeyChanges,
        gives=ApiKeyView,
        status=201,
    ),
    Operation(
        method="PATCH",
        path="/keys/{key_id}",
        handler=change_key,
        takes=ApiKeyChanges,
        gives=ApiKeyView,
    ),
    Operation(method="DELETE", path="/keys/{key_id}", handler=revoke_key, status=204),
    Operation(
        method="PUT",
        path="/agents/{agent_id}/channels/{type}",
        handler=set_channel,
        takes=ConnectionChange,
        gives=ChannelResource,
    ),
    Operation(
        method="PUT",
        path="/agents/{agent_id}/integrations/{integration_id}",
        handler=connect_integration,
        takes=ConnectionChange,
        gives=IntegrationSummary,
    ),
    Operation(
        method="POST",
        path="/agents/{agent_id}/actions/{action_id}/call",
        handler=call_action,
        takes=ActionCall,
        gives=ActionResult,
    ),
    Operation(
        method="POST",
        path="/agents/{agent_id}/messages",
        handler=receive_message,
        takes=IncomingMessage,
        gives=ReceivedMessage,
        status=201,
    ),
    Operation(
        method="PATCH",
        path="/conversations/{conversation_id}",
        handler=change_conversation,
        takes=AttentionChange,
        gives=ConversationDetailsResource,
    ),
    Operation(
        method="POST",
        path="/phone-numbers",
        handler=create_number,
        takes=AddPhoneNumber,
        gives=PhoneNumberDetailsResource,
        status=201,
    ),
    Operation(
        method="PATCH",
        path="/phone-numbers/{number_id}",
        handler=change_number,
        takes=InboundChange,
        gives=PhoneNumberDetailsResource,
    ),
    Operation(
        method="PATCH",
        path="/phone-number-requests/{request_id}",
        handler=settle_number_request,
        takes=NumberRequestDecision,
        gives=NumberRequestResource,
    ),
    Operation(method="GET", path="/streams", handler=list_streams),
)
