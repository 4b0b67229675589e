// A clinic's service on Node: reminds patients through Intron, and records who confirmed.
import { createServer } from "node:http";

/** Start the service; `intron` has the base URL and key, which a test points at the emulator. */
export async function startClinic(intron) {
  const patients = new Map();

  async function post(path, body) {
    const response = await fetch(`${intron.baseUrl}/voicebot/v1${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${intron.apiKey}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`Intron answered ${response.status}`);
    return (await response.json()).data;
  }

  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    for (const call of JSON.parse(Buffer.concat(chunks).toString()).request_calls) {
      const confirmed = call.call_result_options_selected === "1";
      patients.set(call.phone_number, confirmed ? "confirmed" : "call again");
    }
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}/intron`;

  return {
    patients,
    async remind(...numbers) {
      const workflow = await post("/workflows", {
        name: "Reminder",
        workflow_type: "ROBOCALL",
        message: "Hello. Press 1 to confirm your appointment.",
        include_reply: true,
        option_one: "Confirm",
        option_two: "Cancel",
        call_back_url: url,
      });
      const workflow_params = numbers.map((phone_number) => ({ phone_number }));
      await post("/robocall/call", { workflow_id: workflow.id, workflow_params });
      for (const number of numbers) patients.set(number, "reminded");
    },
    stop: () => server.close(),
  };
}
