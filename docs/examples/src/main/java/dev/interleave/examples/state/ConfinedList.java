// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.state;

import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.state.ConfinedClosedException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;

/** Three threads that append to a {@link SharedList} and three that read it. */
public final class ConfinedList implements Example {
  private static final int APPENDERS = 3;
  private static final int ITEMS = 10;
  private static final int READERS = 3;
  private static final int SNAPSHOTS = 5;

  /** Made by the tour. */
  public ConfinedList() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new ConfinedList());
  }

  @Override
  public String shows() {
    return "A list that one thread owns and six use: no lock, nothing lost, and an index out of"
        + " range is its caller's error and nobody else's.";
  }

  @Override
  public List<Class<?>> sources() {
    return List.of(SharedList.class, getClass());
  }

  @Override
  public String run(PrintStream out) throws Exception {
    SharedList<String> list = new SharedList<>("items", 8);
    try (list) {
      CyclicBarrier start = new CyclicBarrier(APPENDERS + READERS);
      try (Crew crew = new Crew()) {
        for (int a = 0; a < APPENDERS; a++) {
          String name = "appender-" + a;
          crew.virtual(
              name,
              () -> {
                start.await();
                for (int i = 0; i < ITEMS; i++) {
                  list.append(name + "/" + i);
                  Expect.that("an appender sees its own", list.all().contains(name + "/" + i));
                }
              });
        }
        for (int r = 0; r < READERS; r++) {
          crew.platform(
              "reader-" + r,
              () -> {
                start.await();
                int before = 0;
                for (int i = 0; i < SNAPSHOTS; i++) {
                  int size = list.all().size();
                  Expect.that("a list to which is only appended grows", size >= before);
                  before = size;
                }
              });
        }
        crew.join();
      }
      Expect.equal("length", APPENDERS * ITEMS, list.size());

      CompletionException e = Expect.thrown(CompletionException.class, () -> list.get(30));
      out.println(e.getMessage());
      Expect.that("the caller has the cause", e.getCause() instanceof IndexOutOfBoundsException);
      Expect.equal("removing what is not there", false, list.remove("nobody/0"));
      Expect.equal("length after two misses", 30, list.size());
      Optional<String> last = list.pop();
      list.append(Expect.present("the last item", last.orElse(null)));
      out.println(list.stats());
    }
    ConfinedClosedException closed =
        Expect.thrown(ConfinedClosedException.class, () -> list.size());
    out.println(closed.getMessage());
    return "final length 30, a miss is its caller's error, and what comes too late is rejected";
  }
}
