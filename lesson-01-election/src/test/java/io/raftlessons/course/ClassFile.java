package io.raftlessons.course;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a class names, by its constant pool (JVMS 4.4): without reflection it reaches nothing else.
 *
 * @param types all types, as {@code java.lang.String}
 * @param members methods and fields that it uses, as {@code java.lang.System.exit}
 */
record ClassFile(Set<String> types, Set<String> members) {
  private static final int UTF8 = 1;
  private static final int CLASS = 7;
  private static final int NAME_AND_TYPE = 12;
  private static final int METHOD_TYPE = 16;
  private static final Pattern IN_DESCRIPTOR = Pattern.compile("L([^;<>]+)[;<]");

  static ClassFile read(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      in.skipNBytes(8); // magic and version
      return new Pool(in).resolve();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Pool {
    private final int[] tags;
    private final String[] texts;
    private final int[] first;
    private final int[] second;

    Pool(DataInputStream in) throws IOException {
      int count = in.readUnsignedShort();
      tags = new int[count];
      texts = new String[count];
      first = new int[count];
      second = new int[count];
      for (int i = 1; i < count; i++) {
        tags[i] = in.readUnsignedByte();
        switch (tags[i]) {
          case UTF8 -> texts[i] = in.readUTF();
          case 3, 4 -> in.skipNBytes(4); // int, float
          case 5, 6 -> {
            in.skipNBytes(8); // long, double: these take two places
            i++;
          }
          case CLASS, 8, METHOD_TYPE, 19, 20 -> first[i] = in.readUnsignedShort();
          case 9, 10, 11, NAME_AND_TYPE, 17, 18 -> {
            first[i] = in.readUnsignedShort();
            second[i] = in.readUnsignedShort();
          }
          case 15 -> in.skipNBytes(3); // a method handle: what it is of is in the pool itself
          default -> throw new IOException("no constant has the tag " + tags[i]);
        }
      }
    }

    ClassFile resolve() {
      Set<String> types = new TreeSet<>();
      Set<String> members = new TreeSet<>();
      for (int i = 1; i < tags.length; i++) {
        switch (tags[i]) {
          case CLASS -> addType(texts[first[i]], types);
          case METHOD_TYPE -> addDescribed(texts[first[i]], types);
          case NAME_AND_TYPE -> addDescribed(texts[second[i]], types);
          case 9, 10, 11 ->
              members.add(dotted(texts[first[first[i]]]) + "." + texts[first[second[i]]]);
          // descriptors of the class's own fields and methods, and signatures
          case UTF8 -> addDescribed(texts[i], types);
          default -> {}
        }
      }
      return new ClassFile(types, members);
    }

    private static void addType(String name, Set<String> types) {
      if (name.startsWith("[")) {
        addDescribed(name, types);
      } else {
        types.add(dotted(name));
      }
    }

    /** A string constant that looks like a descriptor counts as one: no harm is done by that. */
    private static void addDescribed(String descriptor, Set<String> types) {
      if (descriptor.matches("[\\[(<BCDFIJSZVLT+*].*")) {
        Matcher type = IN_DESCRIPTOR.matcher(descriptor);
        while (type.find()) {
          if (type.group(1).contains("/")) {
            types.add(dotted(type.group(1)));
          }
        }
      }
    }

    private static String dotted(String name) {
      return name.replace('/', '.');
    }
  }
}
