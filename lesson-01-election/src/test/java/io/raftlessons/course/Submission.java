package io.raftlessons.course;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What a student handed in for a lesson, wherever it lay in their directory or zip: files are known
 * by their names, and nothing else is taken.
 *
 * @param exercises the source root with their parts in it; a part that is not among them is the
 *     starter
 * @param parts how many of the lesson's parts are theirs
 * @param tests the names of their own tests, which are beside the parts: {@code MyElectionTest}
 */
record Submission(Path exercises, int parts, List<String> tests) {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_FILES = 2_000;

  Submission {
    tests = List.copyOf(tests);
  }

  /**
   * @param source a directory or a zip
   * @param exercises where the files are put
   * @throws IOException if it cannot be read, is too large, or has two files of one name
   */
  static Submission stage(Lesson lesson, Path source, Path exercises) throws IOException {
    Map<String, String> files = Files.isDirectory(source) ? fromDirectory(source) : fromZip(source);
    List<StudentPart> parts = StudentPart.of(lesson);
    int theirs = 0;
    for (StudentPart part : parts) {
      String text = files.remove(part.name() + ".java");
      theirs += text == null ? 0 : 1;
      write(exercises.resolve(part.file()), text == null ? Starter.of(part) : text);
    }
    Path inPackage = exercises.resolve(parts.get(0).file()).resolveSibling("");
    List<String> tests = new ArrayList<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      if (file.getKey().matches("My\\w*Test\\.java")) {
        tests.add(file.getKey().replace(".java", ""));
        write(inPackage.resolve(file.getKey()), file.getValue());
      }
    }
    return new Submission(exercises, theirs, tests);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
  }

  private static Map<String, String> fromDirectory(Path directory) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.limit(MAX_FILES).sorted().toList()) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          try (InputStream in = Files.newInputStream(file)) {
            add(files, String.valueOf(file.getFileName()), in);
          }
        }
      }
    }
    return files;
  }

  private static Map<String, String> fromZip(Path zip) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (ZipFile archive = new ZipFile(zip.toFile())) {
      Enumeration<? extends ZipEntry> entries = archive.entries();
      for (int i = 0; i < MAX_FILES && entries.hasMoreElements(); i++) {
        ZipEntry entry = entries.nextElement();
        try (InputStream in = archive.getInputStream(entry)) {
          add(files, entry.getName().replaceAll(".*[/\\\\]", ""), in);
        }
      }
    }
    return files;
  }

  private static void add(Map<String, String> files, String name, InputStream in)
      throws IOException {
    if (name.matches("My\\w*\\.java")) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException(name + " is larger than " + MAX_BYTES + " bytes");
      }
      if (files.put(name, new String(bytes, StandardCharsets.UTF_8)) != null) {
        throw new IOException("there are two files " + name);
      }
    }
  }
}
