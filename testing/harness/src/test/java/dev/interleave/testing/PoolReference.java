// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.NullMarked;

/** A pool of two of the objects 0 to 4. */
@NullMarked
final class PoolReference implements Reference {
  private final Set<Object> lent = new HashSet<>();

  @Override
  public Call random(Random random) {
    Object object = random.nextInt(3);
    return Reference.pick(
        random,
        new Call("acquire"),
        new Call("acquire"),
        new Call("tryAcquire"),
        new Call("timedAcquire"),
        new Call("release", object),
        new Call("release", object),
        new Call("release", object),
        new Call("lent"));
  }

  @Override
  public List<Outcome> outcomes(String thread, Call call) {
    return switch (call.name()) {
      case "acquire" -> objects();
      case "tryAcquire" -> lent.size() == 2 ? List.of(NULL) : objects();
      case "timedAcquire" ->
          lent.size() == 2 ? List.of(NULL, Outcome.threw(TimeoutException.class)) : objects();
      case "lent" -> List.of(Outcome.returned(lent.size()));
      default ->
          lent.contains(call.argument())
              ? List.of(DONE)
              : List.of(
                  Outcome.threw(IllegalStateException.class),
                  Outcome.threw(IllegalArgumentException.class));
    };
  }

  private List<Outcome> objects() {
    List<Outcome> free = new ArrayList<>();
    for (int object = 0; object < 10 && lent.size() < 2; object++) {
      if (!lent.contains(object)) {
        free.add(Outcome.returned(object));
      }
    }
    return free;
  }

  @Override
  public void apply(String thread, Call call, Outcome outcome) {
    if (call.name().equals("release")) {
      if (outcome.equals(DONE)) {
        lent.remove(call.argument());
      }
    } else if (outcome instanceof Outcome.Returned returned
        && returned.value() != null
        && !call.name().equals("lent")) {
      lent.add(returned.value());
    }
  }

  @Override
  public Reference copy() {
    PoolReference copy = new PoolReference();
    copy.lent.addAll(lent);
    return copy;
  }

  @Override
  public Outcome invent(Call call, Random random) {
    return switch (call.name()) {
      case "release" -> Reference.pick(random, DONE, Outcome.threw(IllegalStateException.class));
      case "acquire" -> Outcome.returned(random.nextInt(3));
      case "lent" -> Outcome.returned(random.nextInt(3));
      default ->
          Reference.pick(
              random,
              NULL,
              Outcome.returned(random.nextInt(3)),
              Outcome.threw(TimeoutException.class));
    };
  }
}
