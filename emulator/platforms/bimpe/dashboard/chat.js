// A chat with an agent as a user has it, beside the stream of the conversation.

import { ORIGIN, ask, query, vendor, world } from "../../api.js";
import { attempt } from "../../dialog.js";
import * as format from "../../format.js";
import { h, show } from "../../h.js";
import { live } from "../../live.js";
import { go, href } from "../../router.js";
import { button, empty, panel, select } from "../../ui.js";

const VISITOR = "dashboard-visitor";
const SHOWN = 100;

export function screen({ id, filters }) {
  const node = h("div", { class: "page" });
  const said = h("ol", { class: "transcript thread", "aria-live": "polite", "aria-label": "Conversation" });
  const frames = h("pre", { tabindex: "0", role: "region", "aria-label": "Stream of the conversation" });
  const field = h("input", { name: "message", "aria-label": "Message", placeholder: "Hello, where is my order?", autocomplete: "off", required: true });
  const aborter = new AbortController();
  let agents = [];
  let credential = {};

  async function enter() {
    try {
      [agents, credential] = await Promise.all([ask(`/bots${query({ platform: "bimpe", limit: 200 })}`), world().then((each) => ({ Authorization: `Bearer ${each.credentials.bimpe.api_key}` }))]);
    } catch (error) {
      show(node, empty("Nothing to show", error.text || error.message));
      return;
    }
    if (!agents.length) {
      show(node, empty("No agent", "Agents are created through Bimpe's API:", `curl ${ORIGIN}/bimpe/api/v1/console/agents -H 'Authorization: ${credential.Authorization}'`));
      return;
    }
    if (!agents.some((each) => each.id === id)) {
      go(href("chat", agents[0].id), { replace: true });
      return;
    }
    draw();
    field.focus();
    if (filters.conversation) await open(filters.conversation);
  }

  function path(conversation) {
    return `/bimpe/api/v1/console/agents/${encodeURIComponent(id)}/conversations/${encodeURIComponent(conversation)}`;
  }

  async function open(conversation) {
    try {
      const { data } = await vendor(`${path(conversation)}/messages?limit=${SHOWN}`, { credential });
      for (const each of [...data].reverse()) say(each);
      const { data: { ticket } } = await vendor(`${path(conversation)}/stream-ticket`, { method: "POST", credential });
      await watch(`${path(conversation)}/stream?ticket=${encodeURIComponent(ticket)}`);
    } catch (error) {
      if (error.name !== "AbortError") frames.append(`\u2014 ${error.text || error.message}\n`);
    }
  }

  async function watch(address) {
    const response = await fetch(address, { headers: credential, signal: aborter.signal, cache: "no-store" });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    frames.append(`\u2014 ${response.status} the stream is open\n\n`);
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += value;
      const whole = text.split("\n\n");
      text = whole.pop();
      whole.forEach(hear);
    }
    frames.append("\u2014 the stream has ended\n");
  }

  function hear(frame) {
    frames.append(`${format.plain(frame)}\n\n`);
    while (frames.childNodes.length > SHOWN) frames.firstChild.remove();
    frames.scrollTop = frames.scrollHeight;
    const data = /^data: (.*)$/m.exec(frame);
    if (!data || !/^event: message$/m.test(frame)) return;
    try {
      say(JSON.parse(data[1]));
    } catch {
      // shown as it came
    }
  }

  function say(message) {
    const key = message.id ?? `${said.children.length}`;
    if (said.querySelector(`[data-key="${CSS.escape(key)}"]`)) return;
    const isBot = message.role === "assistant";
    said.append(h("li", { class: isBot ? "bot" : "person", "data-key": key }, h("span", { class: "who" }, message.role), h("p", {}, format.plain(message.message ?? "")), h("time", { datetime: message.created_at }, format.clock(message.created_at))));
    said.scrollTop = said.scrollHeight;
  }

  async function send(event) {
    event.preventDefault();
    const body = { message: field.value, channel_type: "webchat", channel_user_id: VISITOR };
    const sent = await attempt(() => ask(`/bimpe/agents/${encodeURIComponent(id)}/messages`, { method: "POST", body }));
    if (!sent) return;
    field.value = "";
    say(sent.message);
    if (!filters.conversation) {
      filters.conversation = sent.conversation.id;
      go(href("chat", id, filters), { replace: true, quiet: true });
      open(sent.conversation.id);
    }
  }

  function draw() {
    const frozen = () => live.state && live.state.clock.mode !== "live";
    show(node,
      h("div", { class: "bar" }, h("h1", {}, "Chat"),
        select("Agent", id, agents.map((each) => [each.id, each.name]), (agent) => go(href("chat", agent))),
        filters.conversation ? h("a", { class: "button", href: href("chat", id) }, "New conversation") : null),
      h("div", { class: "talk" },
        panel("Conversation", said,
          h("form", { class: "say", on: { submit: send } }, field, h("button", { type: "submit", class: "button primary" }, "Send")),
          h("p", { class: "quiet" }, "Sends messages to the agent as a visitor of its web chat. ", frozen() ? "The clock of this world is not live: advance it to get the agent's reply. " : "",
            frozen() ? button("Advance 5 s", () => attempt(() => ask("/clock/advance", { method: "POST", body: { seconds: 5 } })), { kind: "small" }) : null)),
        panel("Stream", h("p", { class: "quiet" }, "The server-sent events of Bimpe's API, as they arrive."), h("div", { class: "code frames" }, frames))));
  }

  return { title: () => "Chat", node, enter, leave: () => aborter.abort() };
}
