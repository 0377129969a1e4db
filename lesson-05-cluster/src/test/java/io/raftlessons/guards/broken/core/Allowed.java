package io.raftlessons.guards.broken.core;

import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The ordered and seeded ways to do the same: no ban may report these. */
public final class Allowed {
  private Allowed() {}

  static Map<String, Integer> lengths(Collection<String> names) {
    return names.stream()
        .collect(Collectors.toMap(n -> n, String::length, Integer::sum, TreeMap::new));
  }

  static Map<String, List<String>> groups(Collection<String> names) {
    return names.stream()
        .collect(Collectors.groupingBy(n -> n, LinkedHashMap::new, Collectors.toList()));
  }

  static Set<String> copy(Collection<String> names) {
    return new TreeSet<>(names);
  }

  static Set<TimeUnit> units() {
    return EnumSet.of(TimeUnit.DAYS, TimeUnit.HOURS);
  }

  static int next(long seed) {
    return new Random(seed).nextInt();
  }

  static CompletableFuture<Integer> length(CompletableFuture<String> name, Executor loop) {
    return name.thenApplyAsync(String::length, loop);
  }

  static String present(Optional<String> value, Map<String, String> names) {
    return value.isPresent() ? value.get() : names.getOrDefault("", "");
  }
}
