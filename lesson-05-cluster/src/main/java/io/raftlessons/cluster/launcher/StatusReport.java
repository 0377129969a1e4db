package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.node.ClusterIdentity;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The state of the cluster as JSON, which {@code status --json} prints, and as a table.
 *
 * <p>{@code leader} is the running node that leads in the highest term, as {@code "node-2"}, or
 * null.
 */
final class StatusReport {
  static final JsonMapper JSON = new JsonMapper();

  private StatusReport() {}

  /**
   * @param parts whose parts the nodes run
   * @param views what each node says of itself, empty for one that does not answer
   */
  static ObjectNode of(
      ClusterConfig config,
      ClusterIdentity identity,
      StudentParts parts,
      boolean ready,
      Collection<LocalNode> nodes,
      Map<Integer, JsonNode> views) {
    ObjectNode report = JSON.createObjectNode();
    report.put("cluster_name", identity.name());
    report.put("fingerprint", identity.fingerprintText());
    report.put("directory", config.dataDirectory().toString());
    report.put("student_parts", parts.lessons().isEmpty() ? null : parts.describe());
    report.put("launcher_pid", ProcessHandle.current().pid());
    report.put("ready", ready);
    report.put("leader", leader(views).map(view -> view.path("node").asString("")).orElse(null));
    var list = report.putArray("nodes");
    for (LocalNode node : nodes) {
      list.add(node(config, node, Optional.ofNullable(views.get(node.number()))));
    }
    return report;
  }

  private static Optional<JsonNode> leader(Map<Integer, JsonNode> views) {
    return views.values().stream()
        .filter(view -> view.path("role").asString("").equals("leader"))
        .max((a, b) -> Long.compare(a.path("term").asLong(0), b.path("term").asLong(0)));
  }

  /** Whether one of these nodes leads, and all of them that belong to its group know that. */
  static boolean agreed(Collection<LocalNode> nodes, Map<Integer, JsonNode> views) {
    Optional<JsonNode> leader = leader(views);
    if (leader.isEmpty()) {
      return false;
    }
    String name = leader.get().path("node").asString("");
    for (JsonNode member : leader.get().path("latest_configuration").path("members")) {
      int number = ClusterConfig.nodeNumber(member.path("name").asString(""));
      JsonNode view = views.get(number);
      boolean here = nodes.stream().anyMatch(node -> node.number() == number);
      if (here && (view == null || !leaderIn(view).equals(name))) {
        return false;
      }
    }
    return true;
  }

  private static ObjectNode node(ClusterConfig config, LocalNode node, Optional<JsonNode> view) {
    ObjectNode json = JSON.createObjectNode();
    json.put("node", node.name());
    json.put("address", config.advertised(node.number(), Listener.NODE));
    json.put("state", node.running() ? "running" : "stopped");
    json.put("end", node.end().isEmpty() ? null : node.end());
    json.put("pid", node.running() ? node.pid() : null);
    json.put("role", view.map(v -> v.path("role").asString("")).orElse(null));
    json.put("term", view.map(v -> v.path("term").asLong(0)).orElse(null));
    json.put("leader", view.map(StatusReport::leaderIn).filter(l -> !l.isEmpty()).orElse(null));
    ObjectNode ports = json.putObject("ports");
    for (Listener listener : Listener.values()) {
      ports.put(listener.label(), config.port(node.number(), listener));
    }
    return json;
  }

  /** The leader that a node names, "" if it knows none. */
  static String leaderIn(JsonNode view) {
    return view.path("leader").asString("");
  }

  /** For people. */
  static String table(JsonNode report) {
    Table table = new Table("NODE", "STATE", "PID", "ROLE", "TERM", "LEADER", "PORTS");
    for (JsonNode node : report.path("nodes")) {
      JsonNode ports = node.path("ports");
      StringBuilder listeners = new StringBuilder();
      for (Listener listener : Listener.values()) {
        listeners.append(listener.label()).append(' ');
        listeners.append(ports.path(listener.label()).asInt(0)).append("  ");
      }
      table.row(
          node.path("node").asString("-"),
          state(node),
          text(node.path("pid")),
          text(node.path("role")),
          text(node.path("term")),
          text(node.path("leader")),
          listeners.toString().strip());
    }
    JsonNode parts = report.path("student_parts");
    return "cluster %s in %s, leader %s%s%n%n%s"
        .formatted(
            report.path("cluster_name").asString("-"),
            report.path("directory").asString("-"),
            report.path("leader").asString("unknown"),
            parts.isNull() || parts.isMissingNode() ? "" : "; " + parts.asString(),
            table);
  }

  /** Where everything is, once the cluster is up. */
  static String urls(ClusterConfig config, JsonNode report) {
    Table table = new Table("NODE", "INGRESS", "ADMIN", "PEERS");
    for (JsonNode node : report.path("nodes")) {
      String name = node.path("node").asString("");
      int number = ClusterConfig.nodeNumber(name);
      table.row(
          name,
          "http://" + config.advertised(number, Listener.INGRESS),
          "http://" + config.advertised(number, Listener.ADMIN),
          config.advertised(number, Listener.NODE));
    }
    return table.toString();
  }

  private static String state(JsonNode node) {
    String state = node.path("state").asString("-");
    String end = node.path("end").asString("");
    return end.isEmpty() || end.equals(state) ? state : state + " (" + end + ")";
  }

  private static String text(JsonNode value) {
    return value.isNull() || value.isMissingNode() ? "-" : value.asString();
  }
}
