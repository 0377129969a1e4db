package io.raftlessons.cluster.integration;

import java.util.List;
import java.util.Map;

/** What the cluster holds when all clients have ended; an absent counter is 0. */
record State(
    Map<String, List<String>> lists, Map<String, Long> counters, Map<String, String> registers) {}
