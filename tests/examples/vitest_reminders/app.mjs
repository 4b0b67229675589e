// A clinic's reminders: a request to Intron, which reports to an endpoint.
export async function remind({ baseUrl, apiKey, callbackUrl }, ...numbers) {
  const send = async (path, body) => {
    const response = await fetch(`${baseUrl}/voicebot/v1${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`Intron answered ${response.status}`);
    return (await response.json()).data;
  };
  const workflow = await send("/workflows", {
    name: "Reminder",
    workflow_type: "ROBOCALL",
    message: "Hello, see you at nine.",
    call_back_url: callbackUrl,
  });
  const workflow_params = numbers.map((phone_number) => ({ phone_number }));
  return send("/robocall/call", { workflow_id: workflow.id, workflow_params });
}
