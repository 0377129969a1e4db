package io.raftlessons.sim;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.raftlessons.runtime.Disk;
import io.raftlessons.sim.ProbedDisk.Call;
import io.raftlessons.sim.ProbedDisk.Fault;
import io.raftlessons.sim.SimDisk.CrashMode;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which line of a store's code met which fault on its disk how often. The lines that have to meet
 * them are read from the compiled classes, so a new call cannot be forgotten.
 */
public final class FaultTable {
  /** A fault, and what is demanded after it. */
  @FunctionalInterface
  public interface Trial {
    /**
     * Returns if the fault struck and all was well after what followed; else an assertion fails.
     *
     * @param call the number of the call that goes wrong, from 1
     * @param aftermath what the machine that goes down loses; empty if the process only restarts
     */
    void run(int call, Fault fault, Optional<CrashMode> aftermath) throws IOException;
  }

  private final TreeMap<String, String> methods = new TreeMap<>();
  private final TreeMap<String, TreeMap<String, Integer>> hits = new TreeMap<>();
  private final TreeSet<String> changing = new TreeSet<>();

  /**
   * @param code the classes, with those inside them, that call the disk
   */
  public FaultTable(Class<?>... code) {
    List<URL> all =
        Arrays.stream(code).flatMap(FaultTable::withInner).map(FaultTable::classFile).toList();
    for (JavaClass type : new ClassFileImporter().importUrls(all)) {
      for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
        boolean toDisk =
            call.getTargetOwner().isAssignableTo(Disk.class)
                || call.getTargetOwner().isAssignableTo(Disk.File.class);
        if (toDisk && !call.getName().equals("close")) {
          String place =
              call.getSourceCodeLocation().getSourceFileName() + ":" + call.getLineNumber();
          methods.put(key(place, call.getName()), call.getName());
        }
      }
    }
  }

  private static Stream<Class<?>> withInner(Class<?> type) {
    return Stream.concat(
        Stream.of(type), Arrays.stream(type.getDeclaredClasses()).flatMap(FaultTable::withInner));
  }

  /** To import a class by its name would go through the whole class path. */
  private static URL classFile(Class<?> type) {
    String name = type.getName().substring(type.getPackageName().length() + 1);
    return requireNonNull(type.getResource(name + ".class"));
  }

  private static String key(String place, String method) {
    return place + " " + method;
  }

  /** What may follow a fault: the machine goes down, or after an error the process only. */
  private static List<Optional<CrashMode>> aftermaths(Fault fault) {
    List<Optional<CrashMode>> all = new ArrayList<>();
    for (CrashMode mode : CrashMode.values()) {
      all.add(Optional.of(mode));
    }
    if (!fault.isCrash()) {
      all.add(Optional.empty());
    }
    return all;
  }

  private static String way(Fault fault, Optional<CrashMode> aftermath) {
    return fault + ", " + aftermath.map(CrashMode::name).orElse("restart");
  }

  /** Tries every fault of every call with every aftermath, and notes what was survived. */
  public void each(List<Call> calls, Trial trial) throws IOException {
    for (int i = 0; i < calls.size(); i++) {
      Call call = calls.get(i);
      for (Fault fault : call.faults()) {
        for (Optional<CrashMode> aftermath : aftermaths(fault)) {
          trial.run(i + 1, fault, aftermath);
          survived(call, fault, aftermath);
        }
      }
    }
  }

  private void survived(Call call, Fault fault, Optional<CrashMode> aftermath) {
    String key = key(call.place(), call.method());
    if (call.changes()) {
      changing.add(key);
    }
    hits.computeIfAbsent(key, k -> new TreeMap<>()).merge(way(fault, aftermath), 1, Integer::sum);
  }

  /** Every line has met every fault with every aftermath. Opening a file need not create it. */
  public void demandAll() {
    List<String> missing = new ArrayList<>();
    methods.forEach(
        (key, method) -> {
          boolean changes = changing.contains(key) || CHANGES.contains(method);
          for (Fault fault : new Call(key, method, changes).faults()) {
            for (Optional<CrashMode> aftermath : aftermaths(fault)) {
              if (!hits.getOrDefault(key, new TreeMap<>()).containsKey(way(fault, aftermath))) {
                missing.add(key + ": " + way(fault, aftermath));
              }
            }
          }
        });
    assertThat(missing).as("never happened").isEmpty();
    assertThat(hits.keySet()).as("lines that met a fault").isEqualTo(methods.keySet());
  }

  private static final List<String> CHANGES =
      List.of(
          "writeAt",
          "truncate",
          "sync",
          "rename",
          "delete",
          "deleteDirectory",
          "createDirectories",
          "syncDirectory");

  /** The table, a line of code in each row; a dash where a fault makes no sense. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(String.format("%-52s", "faults survived"));
    for (Fault fault : Fault.values()) {
      text.append(String.format("%13s", fault));
    }
    for (Map.Entry<String, TreeMap<String, Integer>> line : hits.entrySet()) {
      text.append(String.format("%n%-52s", line.getKey()));
      for (Fault fault : Fault.values()) {
        int sum =
            line.getValue().entrySet().stream()
                .filter(way -> way.getKey().startsWith(fault + ","))
                .collect(Collectors.summingInt(Map.Entry::getValue));
        text.append(String.format("%13s", sum == 0 ? "-" : sum));
      }
    }
    return text.toString();
  }
}
