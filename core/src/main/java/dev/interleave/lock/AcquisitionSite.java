// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a key was acquired: made there, and never thrown. */
final class AcquisitionSite extends Throwable {
  private static final long serialVersionUID = 1L;

  /** Whose frames are of no interest. */
  private static final Set<String> OURS =
      Set.of("AcquisitionSite", "KeyLocks", "KeyView", "OrderedLockManager");

  private static final String PACKAGE = AcquisitionSite.class.getPackageName() + '.';

  AcquisitionSite(Thread thread) {
    super("Acquired here by " + LockHolder.describe(thread));
  }

  /** The innermost frame of {@code site} that is not the manager's own, for messages. */
  static String place(@Nullable Throwable site) {
    if (site != null) {
      for (StackTraceElement frame : site.getStackTrace()) {
        if (!isOurs(frame.getClassName())) {
          return frame.toString();
        }
      }
    }
    return "a place that was not recorded";
  }

  private static boolean isOurs(String type) {
    if (!type.startsWith(PACKAGE)) {
      return false;
    }
    int nested = type.indexOf('$');
    return OURS.contains(type.substring(PACKAGE.length(), nested < 0 ? type.length() : nested));
  }
}
