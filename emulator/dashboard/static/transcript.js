// The transcript of a call, whichever fields its vendor has for it.

const BOTS = new Set(["bot", "assistant", "agent", "ai"]);

/** [{ isBot, text, moment }], with the time of each turn as far as it is known. */
export function turnsOf(call) {
  const found = call.details.transcript || call.details.conversation_logs || [];
  return found.map((turn) => {
    const who = turn.speaker || turn.role || turn.sender || "";
    return {
      isBot: BOTS.has(String(who).toLowerCase()),
      text: turn.text ?? turn.message ?? turn.content ?? "",
      moment: turn.at ?? turn.created_at ?? after(call.answered_at, turn.second) ?? call.answered_at,
    };
  });
}

function after(start, seconds) {
  return start && seconds !== undefined ? new Date(Date.parse(start) + seconds * 1000).toISOString() : undefined;
}
