// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/**
 * The text of a schema. Types with components are named where they are used, and defined once, at
 * the end, in the order of their first use: so recursion ends, and a type that is used in many
 * places does not multiply.
 */
final class Schema {
  private static final int MAX_SHOWN = 300;

  private final Map<Handler, String> names = new HashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private final Queue<Handler> undefined = new ArrayDeque<>();

  private Schema() {}

  static String of(Handler root) {
    Schema schema = new Schema();
    StringBuilder text = new StringBuilder(root.schema(schema));
    for (Handler next = schema.undefined.poll(); next != null; next = schema.undefined.poll()) {
      text.append("; ").append(schema.names.get(next)).append(next.definition(schema));
    }
    return text.toString();
  }

  /**
   * The name of a type that has a definition; types of different packages may share {@code name}.
   */
  String name(Handler handler, String name) {
    String known = names.get(handler);
    if (known != null) {
      return known;
    }
    String unique = name;
    while (!taken.add(unique)) {
      unique = name + '#' + uses.merge(name, 1, Integer::sum);
    }
    names.put(handler, unique);
    undefined.add(handler);
    return unique;
  }

  /** For messages. */
  static String shortened(String schema) {
    return schema.length() <= MAX_SHOWN ? schema : schema.substring(0, MAX_SHOWN) + "...";
  }

  static int fingerprint(String schema) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(schema.getBytes(StandardCharsets.UTF_8));
      return new Decoder(digest).readInt();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has it", e);
    }
  }
}
