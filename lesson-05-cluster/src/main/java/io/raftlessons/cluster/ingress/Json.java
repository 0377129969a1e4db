package io.raftlessons.cluster.ingress;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * Canonical JSON: equal values are equal texts. No white space; members sorted by name as RFC 8785
 * does; strings with only the escapes they need; numbers exact and normalised, so that {@code 1},
 * {@code 1.0} and {@code 10e-1} are all {@code 1}. Numbers from 1e-20 to 1e40 have no exponent.
 *
 * <p>Refused are: bytes that are not UTF-8, half surrogate pairs, a name twice in one object, more
 * than one value, depth over {@value #MAX_DEPTH}, numbers of over {@value #MAX_NUMBER} characters
 * and over {@value #MAX_TOKENS} tokens, which bounds the memory a text takes while it is read.
 *
 * <p>All methods throw an {@link HttpError} 400 for what they refuse.
 */
final class Json {
  static final int MAX_DEPTH = 100;
  static final int MAX_NUMBER = 1_000;
  static final int MAX_TOKENS = 100_000;

  private static final String LIMITS =
      "the body has more than "
          + MAX_DEPTH
          + " levels, "
          + MAX_TOKENS
          + " tokens, or "
          + MAX_NUMBER
          + " characters in a number";

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_NUMBER)
                  .maxTokenCount(MAX_TOKENS)
                  .maxStringLength(Body.MAX_BYTES)
                  .maxNameLength(Body.MAX_BYTES)
                  .build())
          .build();

  private Json() {}

  /** What is made of the one value of a text. */
  private interface Reader<T> {
    T read(JsonParser parser);
  }

  /** The value. */
  static String canonical(byte[] text) {
    return read(
        text,
        parser -> {
          StringBuilder out = new StringBuilder();
          write(parser, out);
          return out.toString();
        });
  }

  /** The members of an object by name, each in canonical form. */
  static Map<String, String> members(byte[] text) {
    return read(
        text,
        parser -> {
          expect(parser, JsonToken.START_OBJECT, "an object");
          return members(parser);
        });
  }

  /** The characters of a string. */
  static String string(byte[] text) {
    return read(
        text,
        parser -> {
          expect(parser, JsonToken.VALUE_STRING, "a string");
          return wellFormed(parser.getString());
        });
  }

  /** The text as a JSON string. */
  static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2);
    quote(text, out);
    return out.toString();
  }

  private static <T> T read(byte[] text, Reader<T> reader) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), decode(text))) {
      if (parser.nextToken() == null) {
        throw HttpError.badRequest("the body is empty, JSON is expected");
      }
      T value = reader.read(parser);
      if (parser.nextToken() != null) {
        throw HttpError.badRequest("the body has more than one JSON value");
      }
      return value;
    } catch (StreamConstraintsException e) {
      throw HttpError.badRequest(LIMITS);
    } catch (JacksonException e) {
      throw HttpError.badRequest("the body is not JSON" + where(e.getLocation()));
    }
  }

  private static String where(@Nullable TokenStreamLocation place) {
    return place == null ? "" : ": line " + place.getLineNr() + ", column " + place.getColumnNr();
  }

  private static String decode(byte[] text) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    } catch (CharacterCodingException e) {
      throw HttpError.badRequest("the body is not UTF-8");
    }
  }

  private static void expect(JsonParser parser, JsonToken token, String what) {
    if (parser.currentToken() != token) {
      throw HttpError.badRequest("the body must be " + what);
    }
  }

  private static void write(JsonParser parser, StringBuilder out) {
    switch (parser.currentToken()) {
      case START_OBJECT -> writeObject(members(parser), out);
      case START_ARRAY -> {
        out.append('[');
        for (String comma = ""; parser.nextToken() != JsonToken.END_ARRAY; comma = ",") {
          out.append(comma);
          write(parser, out);
        }
        out.append(']');
      }
      case VALUE_STRING -> quote(wellFormed(parser.getString()), out);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> out.append(number(parser));
      default -> out.append(parser.getString());
    }
  }

  private static void writeObject(Map<String, String> members, StringBuilder out) {
    char before = '{';
    for (Map.Entry<String, String> member : members.entrySet()) {
      out.append(before);
      quote(member.getKey(), out);
      out.append(':').append(member.getValue());
      before = ',';
    }
    out.append(members.isEmpty() ? "{}" : "}");
  }

  private static Map<String, String> members(JsonParser parser) {
    Map<String, String> members = new TreeMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = wellFormed(parser.currentName());
      parser.nextToken();
      StringBuilder value = new StringBuilder();
      write(parser, value);
      if (members.put(name, value.toString()) != null) {
        throw HttpError.badRequest("an object has a name twice");
      }
    }
    return members;
  }

  private static String number(JsonParser parser) {
    BigDecimal exact;
    try {
      exact = parser.getDecimalValue().stripTrailingZeros();
    } catch (ArithmeticException | NumberFormatException e) {
      throw HttpError.badRequest("the exponent of a number is too large");
    }
    long magnitude = (long) exact.precision() - exact.scale();
    return magnitude > -20 && magnitude <= 40 ? exact.toPlainString() : exact.toString();
  }

  /** Half a surrogate pair has no UTF-8 form and would come back as another character. */
  private static String wellFormed(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw HttpError.badRequest("a string has half a surrogate pair");
    }
    return text;
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append("\\u00").append(c < 0x10 ? '0' : '1').append(Character.forDigit(c & 15, 16));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
