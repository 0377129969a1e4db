package io.raftlessons.cluster.admin;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.raftlessons.cluster.archive.ArchiveStatus;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The measurements of a node: process, JVM, and the state of its Raft server. Thread-safe. */
public final class NodeMetrics implements AutoCloseable {
  private static final List<String> ROLES = List.of("follower", "candidate", "leader");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();

  /** Begins to measure. */
  public NodeMetrics(NodeView node) {
    registry
        .config()
        .commonTags(Tags.of("cluster_name", node.clusterName(), "node_name", node.name()));
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
    Gauge.builder("raft.term", node, n -> n.state().term())
        .description("currentTerm")
        .register(registry);
    Gauge.builder("raft.leader.known", node, n -> n.state().leader().isPresent() ? 1 : 0)
        .description("1 if this server knows a leader")
        .register(registry);
    Gauge.builder("raft.log.last.index", node, n -> n.log().lastIndex())
        .description("index of the last entry of the log")
        .register(registry);
    Gauge.builder("raft.commit.index", node, n -> n.log().commitIndex())
        .description("commitIndex")
        .register(registry);
    Gauge.builder("raft.applied.index", node, n -> n.log().lastApplied())
        .description("lastApplied")
        .register(registry);
    Gauge.builder("raft.snapshot.index", node, n -> n.snapshots().lastIndex())
        .description("index at which this server's newest snapshot ends")
        .register(registry);
    Gauge.builder("raft.snapshot.sending", node, n -> n.snapshots().sending().size())
        .description("how many followers this leader is sending a snapshot")
        .register(registry);
    if (node.snapshots().archive().isPresent()) {
      archive("index", "index at which its newest snapshot ends", node, s -> s.newestIndex());
      archive("oldest.index", "index at which its oldest one ends", node, s -> s.oldestIndex());
      archive("copies", "snapshots that this node has copied", node, s -> s.copies());
      archive("failures", "attempts of this node that failed", node, s -> s.failures());
      archive("up", "1 if the last attempt succeeded", node, s -> s.problem().isPresent() ? 0 : 1);
    }
    for (String role : ROLES) {
      Gauge.builder("raft.role", node, n -> n.state().role().equals(role) ? 1 : 0)
          .description("1 for the role that this server has")
          .tag("role", role)
          .register(registry);
    }
  }

  private void archive(
      String name, String what, NodeView node, ToDoubleFunction<ArchiveStatus> value) {
    Gauge.builder(
            "raft.snapshot.archive." + name,
            node,
            n -> n.snapshots().archive().map(value::applyAsDouble).orElse(0.0))
        .description("the archive of snapshots: " + what)
        .register(registry);
  }

  /** For counters and timers of others. */
  public PrometheusMeterRegistry registry() {
    return registry;
  }

  /** In Prometheus' text format. */
  String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
