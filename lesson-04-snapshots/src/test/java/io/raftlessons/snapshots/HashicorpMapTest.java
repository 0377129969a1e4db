package io.raftlessons.snapshots;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What {@code docs/hashicorp-map.md} says to be there is there, and it says all of {@link Raft}.
 */
class HashicorpMapTest {
  private static final List<String> PACKAGES =
      List.of("snapshots", "membership", "replication", "core", "election", "runtime", "wire");
  private static final String STATS = "Keys of the stats";
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern NAME =
      Pattern.compile("([A-Z][A-Za-z.]*)(?:#([A-Za-z_]+)(?:\\(([^)]*)\\))?)?");

  /** A row of a table. */
  private record Row(String section, List<String> go, List<String> here, String difference) {
    static Row of(String section, String line) {
      String[] cells = line.split("\\|", -1);
      assertThat(cells).as(line).hasSize(5);
      return new Row(section, codes(cells[1]), codes(cells[2]), cells[3].strip());
    }

    boolean leavesOut() {
      return here.isEmpty();
    }
  }

  private static List<String> codes(String cell) {
    Matcher code = CODE.matcher(cell);
    List<String> codes = new ArrayList<>();
    while (code.find()) {
      codes.add(code.group(1));
    }
    return codes;
  }

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    String section = "";
    for (String line : Files.readAllLines(Path.of("..", "docs", "hashicorp-map.md"))) {
      if (line.startsWith("## ")) {
        section = line.substring(3);
      } else if (line.startsWith("| ") && !line.startsWith("| Go ")) {
        rows.add(Row.of(section, line));
      }
    }
    assertThat(rows).hasSizeGreaterThan(100);
    return rows;
  }

  private static Stream<String> names(List<Row> rows) {
    return rows.stream()
        .filter(row -> !row.section().equals(STATS))
        .flatMap(row -> row.here().stream());
  }

  private static Optional<Class<?>> type(String name) {
    for (String directory : PACKAGES) {
      try {
        return Optional.of(
            Class.forName("io.raftlessons." + directory + "." + name.replace('.', '$')));
      } catch (ClassNotFoundException e) {
        continue;
      }
    }
    return Optional.empty();
  }

  private static String parameters(Executable method) {
    return Arrays.stream(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(Collectors.joining(", "));
  }

  private static boolean exists(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      return false;
    }
    Optional<Class<?>> type = type(parts.group(1));
    if (type.isEmpty() || !Modifier.isPublic(type.get().getModifiers())) {
      return false;
    }
    String member = parts.group(2);
    if (member == null) {
      return true;
    }
    String parameters = parts.group(3);
    return Arrays.stream(type.get().getMethods())
            .filter(method -> method.getName().equals(member))
            .anyMatch(method -> parameters == null || parameters(method).equals(parameters))
        || Arrays.stream(type.get().getFields()).map(Field::getName).anyMatch(member::equals);
  }

  @Test
  void everyNameIsInTheCode() throws IOException {
    Stream<String> inText =
        rows().stream()
            .flatMap(row -> codes(row.difference()).stream())
            .filter(name -> name.contains("#"));
    assertThat(Stream.concat(names(rows()), inText).filter(name -> !exists(name))).isEmpty();
  }

  @Test
  void aNameThatIsNotInTheCodeIsFound() {
    assertThat(exists("Raft#apply(byte[], Duration)")).isTrue();
    assertThat(exists("Entry.Type#NOOP")).isTrue();
    assertThat(exists("Raft#apply(byte[], int)")).isFalse();
    assertThat(exists("Raft#addPeer")).isFalse();
    assertThat(exists("NoSuchClass")).isFalse();
    assertThat(exists("Restores")).as("is not public").isFalse();
  }

  @Test
  void everyPublicMethodOfRaftIsThere() throws IOException {
    Set<String> named = names(rows()).collect(Collectors.toCollection(TreeSet::new));
    List<String> missing = new ArrayList<>();
    for (Method method : Raft.class.getDeclaredMethods()) {
      String name = "Raft#" + method.getName();
      boolean there = named.contains(name) || named.contains(name + "(" + parameters(method) + ")");
      if (Modifier.isPublic(method.getModifiers()) && !there) {
        missing.add(name + "(" + parameters(method) + ")");
      }
    }
    assertThat(missing).isEmpty();
  }

  /** An overloaded method is named with its parameters, or it would speak for the others. */
  @Test
  void overloadedMethodsAreNamedOneByOne() throws IOException {
    List<String> vague =
        names(rows())
            .filter(name -> name.startsWith("Raft#") && !name.contains("("))
            .filter(
                name ->
                    Arrays.stream(Raft.class.getMethods())
                            .filter(method -> ("Raft#" + method.getName()).equals(name))
                            .count()
                        > 1)
            .toList();
    assertThat(vague).isEmpty();
  }

  @Test
  void whatIsLeftOutHasAReason() throws IOException {
    List<String> permitted = List.of("String", "EncodePeer", "LogAddPeerDeprecated");
    assertThat(rows())
        .filteredOn(row -> row.leavesOut() && !row.section().equals(STATS))
        .allSatisfy(
            row ->
                assertThat(row.difference().isEmpty() && !permitted.contains(row.go().get(0)))
                    .as("%s", row.go())
                    .isFalse());
  }

  @Test
  void theStatsHaveTheKeysOfTheTable() throws IOException {
    HandRunRafts group = HandRunRafts.running(1);
    Set<String> keys = new TreeSet<>();
    for (Row row : rows()) {
      if (row.section().equals(STATS)) {
        keys.addAll(row.difference().equals("There is one of each") ? List.of() : row.go());
        keys.addAll(row.here());
      }
    }
    keys.remove("snapshot_sending_ID");
    assertThat(group.leader().stats().keySet()).isEqualTo(keys);
  }
}
