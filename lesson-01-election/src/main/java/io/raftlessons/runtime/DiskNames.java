package io.raftlessons.runtime;

/**
 * The rules for names on a {@link Disk}: components of 1 to 255 characters separated by {@code /};
 * nothing that leads out of the root.
 */
public final class DiskNames {
  private static final int MAX_COMPONENT = 255;

  private DiskNames() {}

  /**
   * The name of a file.
   *
   * @throws IllegalArgumentException if it is empty, absolute, or has a component that is empty,
   *     {@code .} or {@code ..}, too long, or contains a backslash, a colon or a control character
   */
  public static String file(String name) {
    for (String component : name.split("/", -1)) {
      if (component.isEmpty()
          || component.equals(".")
          || component.equals("..")
          || component.length() > MAX_COMPONENT
          || component.chars().anyMatch(c -> c < ' ' || c == '\\' || c == ':')) {
        throw new IllegalArgumentException("not a name on a disk: '" + name + "'");
      }
    }
    return name;
  }

  /** The name of a directory: as a file's, or empty for the root. */
  public static String directory(String name) {
    return name.isEmpty() ? name : file(name);
  }

  /** The directory of a file or directory; "" is the root. */
  public static String parent(String name) {
    int slash = name.lastIndexOf('/');
    return slash < 0 ? "" : name.substring(0, slash);
  }

  /** The name without its directory. */
  public static String leaf(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /** The name of a file or directory inside a directory. */
  public static String in(String directory, String leaf) {
    return directory.isEmpty() ? leaf : directory + "/" + leaf;
  }

  /**
   * Checks a renaming, which stays inside one directory: then one directory sync makes it durable.
   *
   * @throws IllegalArgumentException if it does not, or a name is not one
   */
  public static void renaming(String from, String to) {
    if (!parent(file(from)).equals(parent(file(to)))) {
      throw new IllegalArgumentException(
          "a file is renamed inside its directory only: " + from + " -> " + to);
    }
  }
}
