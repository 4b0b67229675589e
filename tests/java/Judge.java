// Java's own client against the emulator: it offers HTTP/2 ("Upgrade: h2c") with every request
// until a connection has settled, and sends bodies of known and of unknown length.
// usage: java Judge.java BASE_URL; prints one line per exchange, "status body"

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

class Judge {
  static final int AT_ONCE = 20;

  static HttpRequest request(String url, String method, BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create(url))
        .header("Authorization", "Bearer java")
        .header("Content-Type", "application/json")
        .method(method, body)
        .build();
  }

  static String workflow(String name) {
    return "{\"name\": \"" + name + "\", \"workflow_type\": \"ROBOCALL\", \"message\": \"Hi [name]\"}";
  }

  static BodyPublisher chunked(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
  }

  static void print(HttpResponse<String> response) {
    System.out.println(response.statusCode() + " " + response.body());
  }

  public static void main(String[] args) throws Exception {
    String base = args[0];
    String workflows = base + "/intron/voicebot/v1/workflows";
    for (HttpClient.Version version : HttpClient.Version.values()) {
      HttpClient client = HttpClient.newBuilder().version(version).build();
      print(client.send(request(workflows, "POST", BodyPublishers.ofString(workflow("plain"))), BodyHandlers.ofString()));
      print(client.send(request(workflows, "POST", chunked(workflow("chunked"))), BodyHandlers.ofString()));
      print(client.send(request(workflows, "GET", BodyPublishers.noBody()), BodyHandlers.ofString()));
      print(client.send(request(base + "/_emulator/worlds", "POST", BodyPublishers.ofString("{\"name\": \"java-" + version + "\"}")), BodyHandlers.ofString()));
      print(client.send(request(base + "/_emulator/inbox/default/java", "POST", chunked("{\"from\": \"" + version + "\"}")), BodyHandlers.ofString()));
    }
    HttpClient client = HttpClient.newHttpClient();
    List<CompletableFuture<HttpResponse<String>>> pending = new ArrayList<>();
    for (int number = 0; number < AT_ONCE; number++) {
      HttpRequest one = request(workflows, "POST", BodyPublishers.ofString(workflow("at once " + number)));
      pending.add(client.sendAsync(one, BodyHandlers.ofString()));
    }
    for (CompletableFuture<HttpResponse<String>> each : pending) {
      print(each.get());
    }
  }
}
