package io.raftlessons.guards.broken.core;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One class for each ban, named after it. Every method of it breaks the ban. */
public final class Offences {
  private Offences() {}

  static final class HashOrder {
    Object map() {
      return new HashMap<String, String>();
    }

    Supplier<Set<String>> set() {
      return HashSet::new;
    }

    Object identityMap() {
      return new IdentityHashMap<String, String>();
    }

    Object concurrentSet() {
      return ConcurrentHashMap.newKeySet();
    }
  }

  static final class UnorderedFactories {
    Object set() {
      return Set.of("a", "b");
    }

    Object setCopy(List<String> names) {
      return Set.copyOf(names);
    }

    Object map() {
      return Map.of("a", 1);
    }

    Object mapOfEntries() {
      return Map.ofEntries(Map.entry("a", 1));
    }

    Object mapCopy(Map<String, String> map) {
      return Map.copyOf(map);
    }
  }

  static final class UnorderedCollectors {
    Object set(List<String> names) {
      return names.stream().collect(Collectors.toSet());
    }

    Object unmodifiableSet(List<String> names) {
      return names.stream().collect(Collectors.toUnmodifiableSet());
    }

    Object map(List<String> names) {
      return names.stream().collect(Collectors.toMap(n -> n, n -> n));
    }

    Object mergedMap(List<String> names) {
      return names.stream().collect(Collectors.toMap(n -> n, n -> n, (a, b) -> a));
    }

    Object groups(List<String> names) {
      return names.stream().collect(Collectors.groupingBy(n -> n));
    }

    Object counts(List<String> names) {
      return names.stream().collect(Collectors.groupingBy(n -> n, Collectors.counting()));
    }
  }

  static final class ParallelStreams {
    Object ofCollection(List<String> names) {
      return names.parallelStream();
    }

    Object ofStream(IntStream numbers) {
      return numbers.parallel();
    }
  }

  static final class AsyncWithoutExecutor {
    Object supply() {
      return CompletableFuture.supplyAsync(() -> 1);
    }

    Object then(CompletableFuture<String> future) {
      return future.thenApplyAsync(String::length);
    }

    Object complete(CompletableFuture<String> future) {
      return future.completeAsync(() -> "");
    }
  }

  static final class WaitingForAFuture {
    String join(CompletableFuture<String> future) {
      return future.join();
    }

    String get(Future<String> future) throws ExecutionException, InterruptedException {
      return future.get();
    }

    Object joinAll(List<CompletableFuture<String>> futures) {
      return futures.stream().map(CompletableFuture::join).toList();
    }
  }

  static final class FuturesWithAClock {
    Object timeout(CompletableFuture<String> future) {
      return future.orTimeout(1, TimeUnit.SECONDS);
    }

    Object late(CompletableFuture<String> future) {
      return future.completeOnTimeout("", 1, TimeUnit.SECONDS);
    }

    Executor later() {
      return CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);
    }
  }

  static final class Identities {
    Object random() {
      return UUID.randomUUID();
    }

    int ofObject(Object object) {
      return System.identityHashCode(object);
    }
  }

  static final class Clocks {
    LongSupplier nanos() {
      return System::nanoTime;
    }

    long millis() {
      return System.currentTimeMillis();
    }

    Object instant() {
      return Instant.now();
    }

    Object clock() {
      return Clock.systemUTC();
    }

    Object date() {
      return new Date();
    }
  }

  static final class Environment {
    Object variable() {
      return System.getenv("HOME");
    }

    Object property() {
      return System.getProperty("user.home");
    }

    Object flag() {
      return Boolean.getBoolean("flag");
    }
  }

  static final class UnseededRandom {
    double math() {
      return Math.random();
    }

    Object random() {
      return new Random();
    }

    Object splittable() {
      return new SplittableRandom();
    }

    void shuffle(List<String> names) {
      Collections.shuffle(names);
    }

    Object ofThread() {
      return ThreadLocalRandom.current();
    }

    Object secure() {
      return new SecureRandom();
    }

    Object generator() {
      return RandomGenerator.getDefault();
    }
  }

  static final class Threads {
    Object thread(Runnable task) {
      return new Thread(task);
    }

    void sleep() throws InterruptedException {
      Thread.sleep(1);
    }

    Object pool() {
      return Executors.newSingleThreadExecutor();
    }
  }

  static final class Network {
    Object socket() throws IOException {
      return new ServerSocket(0);
    }

    Object address() {
      return URI.create("http://localhost");
    }
  }

  static final class Files {
    Object file() {
      return new File("a");
    }

    Object path() {
      return Path.of("a");
    }

    boolean exists(Path path) {
      return java.nio.file.Files.exists(path);
    }

    Object randomAccess() throws IOException {
      return new RandomAccessFile("a", "r");
    }
  }

  static final class Locks {
    Object lock() {
      return new ReentrantLock();
    }

    Object latch() {
      return new CountDownLatch(1);
    }

    void tell(Object monitor) {
      monitor.notifyAll();
    }
  }
}
