// The transcript of a call, whichever fields its vendor has for it.

const BOTS = new Set(["bot", "assistant", "agent", "ai"]);

export function turnsOf(call) {
  const found = call.details.transcript || call.details.conversation_logs || [];
  return found.map((turn) => {
    const who = turn.speaker || turn.role || turn.sender || "";
    const at = turn.at ?? turn.time ?? turn.timestamp ?? (turn.second === undefined ? "" : `${turn.second} s`);
    return { who, isBot: BOTS.has(String(who).toLowerCase()), text: turn.text ?? turn.message ?? turn.content ?? "", at: String(at) };
  });
}
