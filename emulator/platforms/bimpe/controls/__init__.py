"""What the control API can do with Bimpe's records that Bimpe's own API cannot."""

from typing import Final

from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.platforms.bimpe.controls.actions import call_action
from emulator.platforms.bimpe.controls.agents import connect_integration, set_channel
from emulator.platforms.bimpe.controls.conversations import (
    change_conversation,
    list_streams,
    receive_message,
)
from emulator.platforms.bimpe.controls.keys import change_key, create_key, list_keys, revoke_key
from emulator.platforms.bimpe.controls.numbers import (
    change_number,
    create_number,
    settle_number_request,
)

with on_first_use():
    from emulator.platforms.bimpe.schemas import (
        agents as agent_schemas,
        controls as control_schemas,
        conversations as conversation_schemas,
        integrations as integration_schemas,
        numbers as number_schemas,
    )

controls: Final = (
    Operation(
        method="GET",
        path="/keys",
        handler=list_keys,
        gives=lambda: control_schemas.ApiKeyView,
        many=True,
    ),
    Operation(
        method="POST",
        path="/keys",
        handler=create_key,
        takes=lambda: control_schemas.ApiKeyChanges,
        gives=lambda: control_schemas.ApiKeyView,
        status=201,
    ),
    Operation(
        method="PATCH",
        path="/keys/{key_id}",
        handler=change_key,
        takes=lambda: control_schemas.ApiKeyChanges,
        gives=lambda: control_schemas.ApiKeyView,
    ),
    Operation(method="DELETE", path="/keys/{key_id}", handler=revoke_key, status=204),
    Operation(
        method="PUT",
        path="/agents/{agent_id}/channels/{type}",
        handler=set_channel,
        takes=lambda: control_schemas.ConnectionChange,
        gives=lambda: agent_schemas.ChannelResource,
    ),
    Operation(
        method="PUT",
        path="/agents/{agent_id}/integrations/{integration_id}",
        handler=connect_integration,
        takes=lambda: control_schemas.ConnectionChange,
        gives=lambda: integration_schemas.IntegrationSummary,
    ),
    Operation(
        method="POST",
        path="/agents/{agent_id}/actions/{action_id}/call",
        handler=call_action,
        takes=lambda: control_schemas.ActionCall,
        gives=lambda: control_schemas.ActionResult,
    ),
    Operation(
        method="POST",
        path="/agents/{agent_id}/messages",
        handler=receive_message,
        takes=lambda: control_schemas.IncomingMessage,
        gives=lambda: control_schemas.ReceivedMessage,
        status=201,
    ),
    Operation(
        method="PATCH",
        path="/conversations/{conversation_id}",
        handler=change_conversation,
        takes=lambda: control_schemas.AttentionChange,
        gives=lambda: conversation_schemas.ConversationDetailsResource,
    ),
    Operation(
        method="POST",
        path="/phone-numbers",
        handler=create_number,
        takes=lambda: control_schemas.AddPhoneNumber,
        gives=lambda: number_schemas.PhoneNumberDetailsResource,
        status=201,
    ),
    Operation(
        method="PATCH",
        path="/phone-numbers/{number_id}",
        handler=change_number,
        takes=lambda: control_schemas.InboundChange,
        gives=lambda: number_schemas.PhoneNumberDetailsResource,
    ),
    Operation(
        method="PATCH",
        path="/phone-number-requests/{request_id}",
        handler=settle_number_request,
        takes=lambda: control_schemas.NumberRequestDecision,
        gives=lambda: number_schemas.NumberRequestResource,
    ),
    Operation(method="GET", path="/streams", handler=list_streams),
)
