// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The virtual threads that are alive, as far as the JVM shows them. There is no list of them but
 * the thread dump, in which each has a block such as
 *
 * <pre>
 * #31 "name" virtual WAITING 2026-01-01T00:00:00Z
 *     java.base/java.lang.VirtualThread.park(VirtualThread.java:738)
 * </pre>
 */
final class VirtualThreads {
  private static final Pattern HEAD =
      Pattern.compile("^#(\\d+) \"(.*)\" virtual\\b.*$", Pattern.MULTILINE);

  private VirtualThreads() {}

  /** One of them, with what the dump says of it. */
  record Shown(long id, String name, String text) {}

  static List<Shown> alive() {
    List<Shown> shown = new ArrayList<>();
    for (String block : ThreadDump.allThreads().split("\\R\\R", -1)) {
      Matcher head = HEAD.matcher(block);
      if (head.find()) {
        long id = Long.parseLong(head.group(1));
        shown.add(new Shown(id, head.group(2), block.strip()));
      }
    }
    return shown;
  }
}
