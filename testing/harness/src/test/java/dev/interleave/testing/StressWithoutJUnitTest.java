// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A run needs the JDK and the harness, and nothing else. */
class StressWithoutJUnitTest {

  @Test
  void runsWhereThereIsNoJUnit() throws Exception {
    URL harness = Stress.class.getProtectionDomain().getCodeSource().getLocation();
    URL tests = User.class.getProtectionDomain().getCodeSource().getLocation();
    try (URLClassLoader alone =
        new URLClassLoader(new URL[] {harness, tests}, ClassLoader.getPlatformClassLoader())) {
      assertThatThrownBy(() -> alone.loadClass("org.junit.jupiter.api.Test"))
          .isInstanceOf(ClassNotFoundException.class);
      Method call = alone.loadClass(User.class.getName()).getMethod("call");
      Object user = call.getDeclaringClass().getConstructor().newInstance();
      assertThat((String) call.invoke(user)).contains("holds").contains("AtomicLong");
    }
  }

  /** Loaded once more, by a class loader that knows no JUnit. */
  public static final class User implements Callable<String> {
    /** Made by reflection. */
    public User() {}

    @Override
    public String call() throws Exception {
      StressReport report =
          Stress.on(AtomicLong::new)
              .actor("a", AtomicLong::incrementAndGet)
              .actor("b", AtomicLong::incrementAndGet)
              .arbiter(AtomicLong::get)
              .expect(2, "both counted")
              .rounds(1_000)
              .run();
      report.assertHolds();
      return report.toString();
    }
  }
}
