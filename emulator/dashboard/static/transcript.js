// What was said on a call, whichever words its vendor has for it.

const BOTS = new Set(["bot", "assistant", "agent", "ai"]);

export function turnsOf(call) {
  const told = call.details.transcript || call.details.conversation_logs || [];
  return told.map((turn) => {
    const who = turn.speaker || turn.role || turn.sender || "";
    const at = turn.at ?? turn.time ?? turn.timestamp ?? (turn.second === undefined ? "" : `${turn.second} s`);
    return { who, isBot: BOTS.has(String(who).toLowerCase()), text: turn.text ?? turn.message ?? turn.content ?? "", at: String(at) };
  });
}
